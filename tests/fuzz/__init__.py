"""Fuzzing of everything that reads what other people wrote: inputs made and broken on purpose, watched as they are read."""
