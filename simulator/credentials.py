"""The keys of a street, by house and by the name that the vendor gives them."""

from typing import Final

from simulator.simulation import Simulation

KEYS: Final = (  # what no tape may hold, and what it says instead
    "onesignal.app_id",
    "onesignal.rest_api_key",
    "onesignal.organization_api_key",
    "bridge.secret",
    *(f"amplitude_{region}.{key}" for region in ("us", "eu") for key in ("api_key", "secret_key")),
)

Credentials = dict[str, dict[str, str]]


def credentials(simulation: Simulation) -> Credentials:
    """Give every key with which a program may come in: OneSignal, the bridge, Amplitude in both regions."""
    connection = simulation.connection
    return {
        "onesignal": {
            "app_id": simulation.app.id,
            "rest_api_key": simulation.app.rest_api_key,
            "organization_api_key": simulation.onesignal.organization_api_key,
        },
        "bridge": {"connection": connection.name, "secret": connection.secret} if connection else {},
        **{
            f"amplitude_{region.lower()}": {"api_key": project.api_key, "secret_key": project.secret_key}
            for region, project in simulation.projects.items()
        },
    }
