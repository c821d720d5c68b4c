"""Stories that QA people play back: one story, one file, `play(simulation, **parameters)`."""
