"""Settings, profiles, secrets, and the questions that set them."""
