"""How everything looks: formats, pages, columns, statuses."""
