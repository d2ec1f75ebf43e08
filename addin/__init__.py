"""The installation's outermost part: the program as installed, and what Excel runs of it."""

COMPANION, COMPANION_ID = "Tieout.Companion", "{5B1F7C52-94E3-4B0B-8E57-2D6C1A3F0E71}"
"""The companion's name and its id, by which Windows finds and starts it."""
LEAVE = "Local\\Tieout.Companion.Leave"
"""Windows' event that a companion waits for beside calls: it ends as soon as no task is under way."""
OPENED = "opened"
"""The task that no button has: the macro that Excel runs when it opens the workbook asks for it by this name."""
