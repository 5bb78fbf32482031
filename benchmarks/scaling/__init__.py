"""What one more lane brings, and what one more page costs to keep."""
