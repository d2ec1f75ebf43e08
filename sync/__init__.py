"""The engine: reads Sage and Manage, reconciles, pushes and keeps the ledger."""
