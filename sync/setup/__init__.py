"""Setting up: what is asked, how each answer is tested, and the settings file that comes of it."""
