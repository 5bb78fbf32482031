"""Do defects keep their identity while the page around them changes, and no two share one?"""
