"""Names languages in English, whatever the client called them (facts/amplitude-api.md 1.3).

The vendor's own table has some 1,400 rows and is approximated with the CLDR, as Babel carries it.
"""

from __future__ import annotations

from functools import cache, lru_cache

from babel import Locale

SELF_NAMED = {  # as speakers write them; reading each locale of the CLDR for its own name takes a second
    "العربية": "ar", "български": "bg", "català": "ca", "čeština": "cs", "dansk": "da", "deutsch": "de",
    "ελληνικά": "el", "español": "es", "eesti": "et", "فارسی": "fa", "suomi": "fi", "français": "fr", "עברית": "he",
    "हिन्दी": "hi", "hrvatski": "hr", "magyar": "hu", "indonesia": "id", "bahasa indonesia": "id", "italiano": "it",
    "日本語": "ja", "한국어": "ko", "lietuvių": "lt", "latviešu": "lv", "melayu": "ms", "nederlands": "nl",
    "norsk bokmål": "nb", "norsk": "no", "polski": "pl", "português": "pt", "română": "ro", "русский": "ru",
    "slovenčina": "sk", "slovenščina": "sl", "српски": "sr", "svenska": "sv", "ไทย": "th", "türkçe": "tr",
    "українська": "uk", "اردو": "ur", "tiếng việt": "vi", "中文": "zh",
}  # fmt: skip
REMEMBERED = 4_096


@lru_cache(maxsize=REMEMBERED)
def english_name(said: str) -> str:
    """Answer `English` for `en-US`, `German` for `Deutsch`; what names no language stays as it was said."""
    names, told = _english_names(), said.strip().casefold()
    code = SELF_NAMED.get(told) or told.replace("_", "-").partition("-")[0]
    return names.get(code) or names.get(told) or said


@cache
def _english_names() -> dict[str, str]:
    named = {code.casefold(): name for code, name in Locale("en").languages.items() if "_" not in code}
    return {**{name.casefold(): name for name in named.values()}, **named}
