"""Real-looking names for people: Faker fills a pool once per locale, and people draw from the pools."""

from dataclasses import dataclass
from functools import cache
from typing import Final

from faker import Faker

_POOL_SIZE: Final = 200
_POOL_SEED: Final = 2022


@dataclass(frozen=True, slots=True)
class Locale:
    """Where a person lives: language and country as OneSignal spells them, and how a phone number starts."""

    name: str
    language: str
    country: str
    timezone: str
    calling_code: str


LOCALES: Final = (
    Locale("en_US", "en", "US", "America/New_York", "+1"),
    Locale("en_GB", "en", "GB", "Europe/London", "+44"),
    Locale("de_DE", "de", "DE", "Europe/Berlin", "+49"),
    Locale("fr_FR", "fr", "FR", "Europe/Paris", "+33"),
    Locale("es_ES", "es", "ES", "Europe/Madrid", "+34"),
    Locale("it_IT", "it", "IT", "Europe/Rome", "+39"),
    Locale("pt_BR", "pt", "BR", "America/Sao_Paulo", "+55"),
    Locale("ja_JP", "ja", "JP", "Asia/Tokyo", "+81"),
)


@dataclass(frozen=True, slots=True)
class Pool:
    """Names and user names of one locale."""

    names: tuple[str, ...]
    user_names: tuple[str, ...]


@cache
def pool(locale: str) -> Pool:
    """Fill the pool of `locale`, the same one in every process."""
    faker = Faker(locale)
    faker.seed_instance(_POOL_SEED)
    return Pool(
        names=tuple(faker.name() for _ in range(_POOL_SIZE)),
        user_names=tuple(faker.user_name() for _ in range(_POOL_SIZE)),
    )
