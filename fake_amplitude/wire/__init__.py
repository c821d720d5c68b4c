"""The wire: the only rooms where Amplitude's JSON keys are spelled."""
