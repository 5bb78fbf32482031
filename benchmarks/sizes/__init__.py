"""What a second size of a page costs over its first."""
