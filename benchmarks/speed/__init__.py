"""Luiska and its peers side by side over one folder of pages."""
