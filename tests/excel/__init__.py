"""Two stand-ins for Excel: LibreOffice behind xlwings, and a strict sheet in memory."""
