"""The pure heart of Tieout: values and decisions, no input and no output."""
