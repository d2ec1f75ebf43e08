"""Cells in and out of Open XML files; knows nothing of payments."""
