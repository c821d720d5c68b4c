"""Why Amplitude and OneSignal count differently: the catalogue of reasons, the clues to them, files and notes."""
