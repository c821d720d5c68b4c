"""Who lives here: people, their devices, and how each of them stands between the two services."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import accumulate
from math import inf
from typing import Final, NamedTuple

from simulator.errors import MOST, WrongUsageError, require_shares
from simulator.names import LOCALES, Locale, pool


class Standing(Enum):
    """How a person is known; each explains one kind of difference (`facts/integration.md` 2.5)."""

    KNOWN = "known to both services under the same id"
    ANONYMOUS = "Amplitude knows no user_id (A02)"
    ABSENT = "never met OneSignal (A03)"
    MISSPELT = "in OneSignal under another spelling of the id (A04, A05)"
    WITHOUT_SUBSCRIPTION = "in OneSignal without any subscription (A10)"
    UNSUBSCRIBED = "unsubscribed on every device (A11)"


class Device(NamedTuple):
    """One channel of a person: a subscription type as OneSignal spells it, its token, and whether it is subscribed."""

    type: str
    token: str
    subscribed: bool


class Person(NamedTuple):
    """One person: the id that the company's own backend gave, and everything both services may hear."""

    number: int
    external_id: str
    name: str
    email: str
    phone: str
    locale: Locale
    standing: Standing
    devices: tuple[Device, ...]

    @property
    def onesignal_external_id(self) -> str:
        """The id under which OneSignal knows this person."""
        return misspelt(self) if self.standing is Standing.MISSPELT else self.external_id

    @property
    def amplitude_user_id(self) -> str | None:
        """The id under which Amplitude knows this person; None for an anonymous one."""
        return None if self.standing is Standing.ANONYMOUS else self.external_id


@dataclass(frozen=True, slots=True)
class Population:
    """How people are distributed; every share is a probability, every tuple holds weights.

    `devices` weighs having 1, 2, 3 ... channels; `unsubscribed_device` is the share of single channels that are
    unsubscribed although the person is reachable elsewhere.
    """

    devices: tuple[float, ...] = (0.38, 0.29, 0.18, 0.10, 0.05)
    anonymous: float = 0.02
    absent: float = 0.04
    misspelt: float = 0.02
    without_subscription: float = 0.012
    unsubscribed: float = 0.045
    unsubscribed_device: float = 0.12

    def __post_init__(self) -> None:
        """Refuse what is no distribution."""
        shares = {
            "anonymous": self.anonymous,
            "absent": self.absent,
            "misspelt": self.misspelt,
            "without_subscription": self.without_subscription,
            "unsubscribed": self.unsubscribed,
        }
        require_shares(**shares, unsubscribed_device=self.unsubscribed_device)
        if sum(shares.values()) > 1:
            raise WrongUsageError(f"{', '.join(shares)} add up to 1 at most, not {sum(shares.values()):.4g}")
        if not all(weight >= 0 for weight in self.devices) or not 0 < sum(self.devices) < inf:
            raise WrongUsageError("devices are weights for 1, 2, 3 ... devices, none negative and not all zero")

    def people(self, count: int, luck: random.Random, *, first: int = 0) -> Iterator[Person]:
        """Draw `count` people, numbered from `first`; the same luck draws the same people."""
        if not 0 <= count <= MOST:
            raise WrongUsageError(f"there cannot be {count:,} people")
        draw = _Draw(self, luck)
        for number in range(first, first + count):
            yield draw.person(number)


USUAL: Final = Population()
EVERYBODY_IS_REACHED: Final = Population(
    anonymous=0, absent=0, misspelt=0, without_subscription=0, unsubscribed=0, unsubscribed_device=0
)

_CHANNELS: Final = ("iOSPush", "AndroidPush", "ChromePush", "FirefoxPush", "SafariPush", "HuaweiPush", "Email", "SMS")
_CHANNEL_WEIGHTS: Final = tuple(accumulate((0.31, 0.33, 0.09, 0.03, 0.03, 0.02, 0.13, 0.06)))
_ONE_PER_PERSON: Final = frozenset({"Email", "SMS"})


class _Draw:
    """Draws people one after the other."""

    def __init__(self, population: Population, luck: random.Random) -> None:
        self._luck = luck
        self._unsubscribed_device = population.unsubscribed_device
        self._device_weights = tuple(accumulate(population.devices))
        self._device_counts = range(1, len(population.devices) + 1)
        shares = (
            population.anonymous,
            population.absent,
            population.misspelt,
            population.without_subscription,
            population.unsubscribed,
        )
        self._standings = (*Standing.__members__.values(),)
        self._standing_weights = tuple(accumulate((1 - sum(shares), *shares)))

    def person(self, number: int) -> Person:
        luck = self._luck
        locale = LOCALES[int(luck.random() * len(LOCALES))]
        names = pool(locale.name)
        user_name = names.user_names[int(luck.random() * len(names.user_names))]
        email = f"{user_name}.{number}@example.com"
        phone = f"{locale.calling_code}555{number:07d}"
        standing = luck.choices(self._standings, cum_weights=self._standing_weights)[0]
        return Person(
            number=number,
            external_id=f"usr_{number:06d}{luck.getrandbits(24):06x}",
            name=names.names[int(luck.random() * len(names.names))],
            email=email,
            phone=phone,
            locale=locale,
            standing=standing,
            devices=self._devices(standing, email, phone),
        )

    def _devices(self, standing: Standing, email: str, phone: str) -> tuple[Device, ...]:
        if standing is Standing.WITHOUT_SUBSCRIPTION:
            return ()
        luck = self._luck
        devices: dict[str, Device] = {}
        count = luck.choices(self._device_counts, cum_weights=self._device_weights)[0]
        for kind in luck.choices(_CHANNELS, cum_weights=_CHANNEL_WEIGHTS, k=count):
            taken = kind in _ONE_PER_PERSON and kind in devices
            channel = "AndroidPush" if taken else kind
            token = {"Email": email, "SMS": phone}.get(channel) or f"{luck.getrandbits(256):064x}"
            subscribed = standing is not Standing.UNSUBSCRIBED and luck.random() >= self._unsubscribed_device
            devices[channel if channel in _ONE_PER_PERSON else token] = Device(channel, token, subscribed)
        return tuple(devices.values())


def misspelt(person: Person) -> str:
    """Write a person's id the way a careless backend does: another case, a stray blank, or the e-mail address."""
    spellings = (person.external_id.upper(), f" {person.external_id}", person.email)
    return spellings[person.number % len(spellings)]
