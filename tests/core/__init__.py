"""The pure core: money, periods, positions, matching, statuses, push decisions, control totals."""
