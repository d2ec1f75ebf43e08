"""Tests of the reconciliation file: what is written, what is read back, and what is refused."""
