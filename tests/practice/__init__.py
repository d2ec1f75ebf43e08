"""The practice site that stands in for Manage."""
