"""The control workbook, Tieout.xlsm, and its sheets."""
