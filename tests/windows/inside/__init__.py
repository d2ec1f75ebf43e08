"""What runs in the Windows itself, started by `test_suite`."""
