"""Which real host names belong to which house of the street."""

from typing import Final, Literal

Region = Literal["US", "EU"]

ONESIGNAL_HOSTS: Final = ("api.onesignal.com", "onesignal.com", "app.onesignal.com")
AMPLITUDE_HOSTS: Final[dict[Region, tuple[str, ...]]] = {
    "US": (
        "api2.amplitude.com",
        "api.amplitude.com",
        "amplitude.com",
        "analytics.amplitude.com",
        "profile-api.amplitude.com",
    ),
    "EU": ("api.eu.amplitude.com", "analytics.eu.amplitude.com"),
}
BRIDGE_HOST: Final = "bridge.test"

ONESIGNAL_URL: Final = "https://api.onesignal.com"
AMPLITUDE_REST_URL: Final[dict[Region, str]] = {
    "US": "https://amplitude.com",
    "EU": "https://analytics.eu.amplitude.com",
}
AMPLITUDE_INGESTION_URL: Final[dict[Region, str]] = {
    "US": "https://api2.amplitude.com",
    "EU": "https://api.eu.amplitude.com",
}
