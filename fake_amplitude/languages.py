"""Names languages in English, whatever the client called them (facts/amplitude-api.md 1.3).

The vendor's own table has some 1,400 rows and is approximated with the CLDR, as Babel carries it.
"""

from __future__ import annotations

from functools import cache, lru_cache

from babel import Locale, UnknownLocaleError

SELF_NAMED = (
    "ar", "bg", "ca", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "he", "hi", "hr", "hu", "id", "it",
    "ja", "ka", "ko", "lt", "lv", "mk", "ms", "nb", "nl", "nn", "pl", "pt", "ro", "ru", "sk", "sl", "sr", "sv", "sw",
    "th", "tr", "uk", "ur", "vi", "zh",
)  # fmt: skip
REMEMBERED = 4_096


@lru_cache(maxsize=REMEMBERED)
def english_name(said: str) -> str:
    """Answer `English` for `en-US`, `German` for `Deutsch`; what names no language stays as it was said."""
    names, told = _english_names(), said.strip().casefold()
    code = told.replace("_", "-").partition("-")[0]
    return names.get(code) or names.get(told) or _self_names().get(told) or said


@cache
def _english_names() -> dict[str, str]:
    named = {code.casefold(): name for code, name in Locale("en").languages.items() if "_" not in code}
    return {**{name.casefold(): name for name in named.values()}, **named}


@cache
def _self_names() -> dict[str, str]:
    names = {}
    for code in SELF_NAMED:
        try:
            own = Locale(code).get_language_name(code)
        except UnknownLocaleError:  # a Babel without this locale
            own = None
        if own:
            names[own.casefold()] = _english_names()[code]
    return names
