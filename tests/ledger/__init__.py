"""The ledger on real files: what it remembers, and what it refuses to be talked out of."""
