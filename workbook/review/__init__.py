"""The reconciliation file: written for review, read back for its decisions."""
