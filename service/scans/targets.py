"""Which URLs may be asked for: absolute, http or https, within the project's origins."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from service.errors import FieldError, Malformed
from service.projects import Project, is_own


def refuse_bad_urls(project: Project, urls: Sequence[str], *, field: str = "urls") -> None:
    """Raise `Malformed` that names each URL that cannot be scanned, and why."""
    errors = [
        FieldError(pointer=f"/{field}/{index}", detail=fault)
        for index, url in enumerate(urls)
        if (fault := _fault(project, url)) is not None
    ]
    if errors:
        raise Malformed("Some URLs cannot be scanned; see errors.", errors=tuple(errors))


def _fault(project: Project, url: str) -> str | None:
    try:
        parts = urlsplit(url)
        port_is_readable = parts.port is None or parts.port > 0
    except ValueError as error:
        return f"Not a URL: {error}."
    if parts.scheme not in {"http", "https"} or not parts.hostname or not port_is_readable:
        return "Give an absolute URL that begins with http:// or https://."
    if parts.username is not None or parts.password is not None:
        return "A user name or password in a URL would be stored with the page; leave it out."
    if project.origins and not is_own(project, url):
        known = ", ".join(project.origins)
        return f"Not within the project's origins ({known}); add its origin to the project."
    return None
