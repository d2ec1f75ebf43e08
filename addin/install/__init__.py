"""Puts the workbook, the add-in, the shortcut and the schedule in place."""
