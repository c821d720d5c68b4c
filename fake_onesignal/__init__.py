"""A stateful, wire-faithful stand-in for OneSignal."""

from fake_onesignal.fake import FakeOneSignal

__all__ = ["FakeOneSignal"]
