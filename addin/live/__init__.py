"""The open workbook in Excel; only here is xlwings imported."""
