"""Sheets as data: records to cells, and cells back to decisions."""
