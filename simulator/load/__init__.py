"""Load: Locust drives the live street from a process of its own."""
