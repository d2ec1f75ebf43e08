"""Lists and reports as data, and how they are drawn."""
