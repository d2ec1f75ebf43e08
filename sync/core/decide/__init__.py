"""What follows from what was read: positions, matches, proposals, and what may be written or taken back."""
