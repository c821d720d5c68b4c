"""A stateful, wire-faithful stand-in for OneSignal."""
