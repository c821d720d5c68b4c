"""What both fakes cover of their vendors: one row an operation, with its level and the test that proves it."""

from dataclasses import dataclass

from fake_amplitude.fake import FakeAmplitude
from fake_onesignal import FakeOneSignal


@dataclass(frozen=True, slots=True)
class Row:
    """One operation of a vendor: `level` is stateful, derived, static or 501; `proof` names a test."""

    vendor: str
    method: str
    path: str
    operation: str
    level: str
    proof: str


def operations() -> list[Row]:
    """List every operation of both vendors, in the order of their own lists."""
    return [
        Row(vendor, each.method, each.path, each.operation, each.level, each.proof)
        for vendor, fake in (("OneSignal", FakeOneSignal), ("Amplitude", FakeAmplitude))
        for each in fake.operations()
    ]
