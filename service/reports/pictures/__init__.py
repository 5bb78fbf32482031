"""Pictures of a study's results. `values` and `of_study` are light; `drawing` loads Matplotlib."""
