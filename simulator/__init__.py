"""The street: clock, network, people and devices, and the account of what differs."""
