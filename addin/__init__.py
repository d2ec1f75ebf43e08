"""Entry points: the command line as installed, and what Excel calls."""
