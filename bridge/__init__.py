"""The real engine between OneSignal and Amplitude; it knows nothing of any simulator."""

from bridge.bridge import Bridge
from bridge.settings import AmplitudeProject, Connection, OneSignalApp, Settings

__all__ = ["AmplitudeProject", "Bridge", "Connection", "OneSignalApp", "Settings"]
