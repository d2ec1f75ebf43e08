"""This computer: files and folders, the clock, the lock, and what the operating system says of them."""
