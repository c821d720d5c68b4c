"""The real engine between OneSignal and Amplitude; it knows nothing of any simulator."""
