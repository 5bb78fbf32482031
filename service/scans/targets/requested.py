"""Which addresses may be asked for: absolute, http or https, within the project's origins."""

from urllib.parse import urlsplit

from service.errors import FieldError, Malformed
from service.projects import Project, is_own
from service.scans.values import Crawl, ScanRequest

LONGEST_URL = 4000
_LONGEST_PATTERN = 500


def refuse_bad_targets(project: Project, request: ScanRequest) -> None:
    """Raise `Malformed` that names each target that cannot be scanned, and why."""
    errors = [
        error
        for index, url in enumerate(request.urls)
        for error in address_faults(project, url, f"/urls/{index}")
    ]
    if request.sitemap is not None:
        errors += address_faults(project, request.sitemap, "/sitemap")
    if request.crawl is not None:
        errors += _bad_crawl(project, request.crawl)
    if not request.urls and request.sitemap is None and request.crawl is None:
        errors.append(
            FieldError(pointer="/urls", detail="Name urls, a sitemap or a crawl; one at the least.")
        )
    if errors:
        raise Malformed("Some targets cannot be scanned; see errors.", errors=tuple(errors))


def address_fault(url: str) -> str | None:
    """Why nothing at this address can be asked for, or None."""
    if len(url) > LONGEST_URL:
        return f"Longer than {LONGEST_URL} characters."
    if not url.isprintable():
        return "A URL has no control characters; write them with %."
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        return f"Not a URL: {error}."
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return "Give an absolute URL that begins with http:// or https://."
    if port == 0:
        return "No server answers at port 0; name another, or none."
    if " " in parts.netloc:
        return "A host has no spaces."
    if " " in url:
        return "A URL has no spaces; write them as %20."
    if parts.username is not None or parts.password is not None:
        return "A user name or password in a URL would be stored with the page; leave it out."
    return None


def address_faults(project: Project | None, url: str, pointer: str) -> list[FieldError]:
    """Why this address cannot be asked for, within the project's origins where it has some."""
    fault = address_fault(url)
    if fault is None and project and project.origins and not is_own(project, url):
        known = ", ".join(project.origins)
        fault = f"Not within the project's origins ({known}); add its origin to the project."
    return [] if fault is None else [FieldError(pointer=pointer, detail=fault)]


def _bad_crawl(project: Project, crawl: Crawl) -> list[FieldError]:
    errors = address_faults(project, crawl.start, "/crawl/start")
    for name, patterns in (("include", crawl.include), ("exclude", crawl.exclude)):
        errors += [
            FieldError(
                pointer=f"/crawl/{name}/{index}",
                detail="Begin a pattern with / or *, such as /archive/*; 500 characters at most.",
            )
            for index, pattern in enumerate(patterns)
            if not pattern.startswith(("/", "*")) or len(pattern) > _LONGEST_PATTERN
        ]
    if crawl.ignore_robots and not project.origins:
        errors.append(
            FieldError(
                pointer="/crawl/ignore_robots",
                detail="robots.txt is set aside only for a site of one's own: give the project "
                "its origins first, and start within them.",
            )
        )
    return errors
