"""What a second scan of an unchanged site costs."""
