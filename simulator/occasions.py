"""When something goes wrong: which calls are meant, by number, host, method, path, text, user, time and chance."""

from dataclasses import dataclass, replace
from datetime import datetime
from fnmatch import fnmatchcase
from urllib.parse import parse_qs, unquote, urlsplit

import orjson


@dataclass(frozen=True, slots=True)
class When:
    """Which calls are meant: `first(3).to("api.onesignal.com").at("/apps/*")`; what is not said does not matter.

    `numbers` counts the calls that match everything else, from 1 on; `chance` is a probability for each of them.
    """

    numbers: range | None = None
    chance: float = 1.0
    host: str | None = None
    method: str | None = None
    path: str | None = None
    text: str | None = None
    user: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def to(self, host: str) -> "When":
        """Only calls to `host`."""
        return replace(self, host=host)

    def by(self, method: str) -> "When":
        """Only calls with `method`."""
        return replace(self, method=method)

    def at(self, path: str) -> "When":
        """Only calls to paths like `path`, in which * stands for anything."""
        return replace(self, path=path)

    def about(self, text: str) -> "When":
        """Only calls whose URL or body has `text` in it: a user's id, a cohort's name."""
        return replace(self, text=text)

    def of(self, user: str) -> "When":
        """Only calls that name the user with this id, whole: in a path, a query, or as a text of a JSON body."""
        return replace(self, user=user)

    def between(self, since: datetime, until: datetime) -> "When":
        """Only calls from `since` on and before `until`."""
        return replace(self, since=since, until=until)

    def means(self, method: str, url: str, body: bytes, now: datetime) -> bool:
        """Whether a call is meant, its number and chance aside."""
        return (
            self.host in {None, urlsplit(url).hostname}
            and self.method in {None, method}
            and (self.path is None or fnmatchcase(urlsplit(url).path, self.path))
            and (self.text is None or self.text in url or self.text.encode() in body)
            and (self.user is None or _names(self.user, url, body))
            and (self.since is None or self.since <= now)
            and (self.until is None or now < self.until)
        )

    def covers(self, other: "When") -> bool:
        """Whether every call that `other` means is meant here, too; numbers and chance aside."""
        narrows = ((self.host, other.host), (self.method, other.method), (self.path, other.path))
        named = ((self.text, other.text), (self.user, other.user))
        return (
            all(ours in {None, theirs} for ours, theirs in (*narrows, *named))
            and (self.since is None or (other.since is not None and self.since <= other.since))
            and (self.until is None or (other.until is not None and other.until <= self.until))
        )

    def __str__(self) -> str:
        which = "every call" if self.numbers is None else f"calls {self.numbers.start} to {self.numbers.stop - 1}"
        said = (
            ("by", self.method),
            ("to", self.host),
            ("at", self.path),
            ("about", self.text),
            ("of", self.user),
            ("from", self.since and f"{self.since:%H:%M:%S}"),
            ("until", self.until and f"{self.until:%H:%M:%S}"),
        )
        meant = which if self.chance == 1 else f"{self.chance:.0%} of {which}"
        return " ".join([meant, *(f"{word} {value}" for word, value in said if value is not None)])


def always() -> When:
    """Mean every call."""
    return When()


def first(count: int) -> When:
    """Mean the first `count` calls."""
    return When(numbers=range(1, count + 1))


def nth(number: int) -> When:
    """Mean the call with this number, counted from 1."""
    return When(numbers=range(number, number + 1))


def chance(share: float) -> When:
    """Mean a share of the calls, each by its own luck."""
    return When(chance=share)


def _names(user: str, url: str, body: bytes) -> bool:
    parts = urlsplit(url)
    in_query = any(user in values for values in parse_qs(parts.query).values())
    return user in map(unquote, parts.path.split("/")) or in_query or orjson.dumps(user) in body
