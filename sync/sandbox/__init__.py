"""A stand-in for Manage on this computer, with its Invoice Search page."""
