"""The results of a study: its facts, the figures made of them, and what of these is shared.

`values` loads nothing heavy. The other modules load the statistics, and are imported where a
result is asked for.
"""
