"""Tests of numbered faults that no other folder is the place for: see `tests/faults.toml`."""
