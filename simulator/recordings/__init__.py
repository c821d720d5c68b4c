"""Recordings: what came from outside, kept as a tape, and written out as a scenario, a pytest test or a Locust user."""
