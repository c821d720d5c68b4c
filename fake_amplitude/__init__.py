"""A stateful, wire-faithful stand-in for Amplitude; rules of cohorts are in `rules`, what it keeps in `records`."""

from fake_amplitude.fake import FakeAmplitude

__all__ = ["FakeAmplitude"]
