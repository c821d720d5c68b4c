"""The pytest plugin: one fixture, `simulation`."""
