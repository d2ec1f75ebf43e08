"""Speed and cost, beside their floors: each stage is measured in the same run on the same machine as its floor.

A module a stage; each has `figures(runs, scale)`, which measures it and says its lines of the table. Figures are ratios
of two things measured side by side, never seconds by themselves. `uv run python -m tests.bench` prints the table.
"""
