"""What shows that nothing was lost: completeness, control totals, the tie-out, and what a pack says."""
