"""A stateful, wire-faithful stand-in for OneSignal."""

from fake_onesignal.carrier import Accepted, Envelope, Outcome, Refused
from fake_onesignal.fake import FakeOneSignal

__all__ = ["Accepted", "Envelope", "FakeOneSignal", "Outcome", "Refused"]
