"""A folder of real pages that others made, built from packages that carry built pages."""
