"""Text as every database takes it."""


def storable(text: str) -> str:
    """A page's text without what no database keeps: NUL and lone surrogates become U+FFFD."""
    return (
        text.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    )
