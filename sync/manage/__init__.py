"""ConnectWise Manage over its REST API."""
