"""How soon a note is stored while many write and a scan runs on the same SQLite file."""
