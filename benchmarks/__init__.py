"""Measured claims: programs that measure Luiska and its peers. Not part of what is shipped."""
