"""What setting up asks and leaves."""
