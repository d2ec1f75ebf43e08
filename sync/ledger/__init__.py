"""The append-only, hash-chained record of every run, decision, intent and outcome."""
