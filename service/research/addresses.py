"""Which of the addresses that people write down are pages."""

from urllib.parse import urlsplit


def page_url_problem(url: str) -> str | None:
    """Why `url` is no page of a service (`https://…`, `http://…` or a path), or None when it is."""
    try:
        parts = urlsplit(url)
        if parts.netloc:
            _ = parts.port
    except ValueError:
        return "This address cannot be read."
    if parts.scheme in {"http", "https"}:
        return None if parts.hostname else "This address names no host."
    if parts.scheme or parts.netloc or not url.startswith("/"):
        return "Use an address that starts with https:// or http://, or a path that starts with /."
    return None
