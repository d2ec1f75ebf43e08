"""The use cases, against stand-ins for Sage and Manage and the real ledger."""
