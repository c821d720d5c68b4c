"""Turns the ids of a recording into references: what was born in an answer is read from that answer again."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import unquote

from simulator.credentials import KEYS
from simulator.recordings.tape import Call

_AN_ID_HAS: Final = 6
_PIECES: Final = re.compile(r"([/?&=])")
_KEY: Final = re.compile(rf"\$\{{(?=(?:{'|'.join(map(re.escape, KEYS))})\}})(\w+)\.(\w+)\}}")
_WIDE: Final = 96


class References:
    """Writes the calls of a tape as Python: literals, names of keys, and references to earlier answers.

    A value of at least six characters that stands in an answer and in no request before it was born there, and every
    later request that uses it refers to it as `a3['identity']['onesignal_id']`.
    """

    def __init__(self) -> None:
        self._born: dict[str | int, str] = {}
        self._said: set[str | int] = set()
        self.used: set[int] = set()

    def learn(self, number: int, call: Call) -> None:
        """Know from now on what call `number` said and was answered."""
        self._said.update(value for _, value in _leaves(call.json, ""))
        self._said.update(unquote(piece) for piece in _PIECES.split(call.url))
        for path, value in _leaves(call.answer, f"a{number}"):
            if len(str(value)) >= _AN_ID_HAS and value not in self._said:
                self._born.setdefault(value, path)

    def url(self, url: str) -> str:
        """Write a URL: whole when an answer gave it, else with references for its pieces."""
        if url in self._born:
            return self._use(self._born[url])
        scheme, rest = url.split("://", 1)
        return _as_f_string(f"{scheme}://" + "".join(self._piece(piece) for piece in _PIECES.split(rest)))

    def value(self, value: Any, indent: int = 0) -> str:
        """Write a JSON value, over several lines when it is wide."""
        if isinstance(value, dict):
            return _block(
                "{", [f"{literal(key)}: {self.value(one, indent + 4)}" for key, one in value.items()], "}", indent
            )
        if isinstance(value, list):
            return _block("[", [self.value(one, indent + 4) for one in value], "]", indent)
        if isinstance(value, str):
            return self._use(self._born[value]) if value in self._born else _text(value)
        if type(value) is int and value in self._born:
            return self._use(self._born[value])
        return literal(value)

    def _piece(self, piece: str) -> str:
        named = self._born.get(unquote(piece))
        return _escaped(piece) if named is None else f"{{{self._use(named)}}}"

    def _use(self, path: str) -> str:
        self.used.add(int(path[1:].split("[", 1)[0]))
        return path


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str | int]]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _leaves(one, f"{path}[{key!r}]")
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from _leaves(one, f"{path}[{number}]")
    elif isinstance(value, str) or type(value) is int:
        yield path, value


def _text(text: str) -> str:
    return _as_f_string(_escaped(text)) if _KEY.search(text) else literal(text)


def literal(value: Any) -> str:
    """Write a plain value; a string in double quotes where that needs no escape."""
    written = repr(value)
    plain = isinstance(value, str) and written[0] == "'" and '"' not in written and "\\" not in written
    return f'"{written[1:-1]}"' if plain else written


def _escaped(text: str) -> str:
    """Double the braces that are no key's, for an f-string."""
    kept = _KEY.split(text)
    plain = [one.replace("{", "{{").replace("}", "}}") for one in kept[::3]]
    keys = [f"${{{house}.{name}}}" for house, name in zip(kept[1::3], kept[2::3], strict=True)]
    return "".join(one for pair in zip(plain, [*keys, ""], strict=True) for one in pair)


def _as_f_string(written: str) -> str:
    named = _KEY.sub(r"{keys['\1']['\2']}", written)
    quoted = json.dumps(named, ensure_ascii=False)  # Python reads every escape of JSON
    return f"f{quoted}" if "{" in named else quoted


def _block(opening: str, parts: list[str], closing: str, indent: int) -> str:
    flat = f"{opening}{', '.join(parts)}{closing}"
    if len(flat) + indent <= _WIDE and "\n" not in flat:
        return flat
    inner = "".join(f"{' ' * (indent + 4)}{part},\n" for part in parts)
    return f"{opening}\n{inner}{' ' * indent}{closing}"
