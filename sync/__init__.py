"""The engine: reads Sage and Manage, reconciles, pushes and keeps the ledger."""

__version__ = "0.1.0"
"""Written here and read by the build: asking for it as metadata takes longer than reading the settings."""
