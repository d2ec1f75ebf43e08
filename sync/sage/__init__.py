"""Sage 50 Canada, read only: over ODBC, or over the embedded sample company."""
