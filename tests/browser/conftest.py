import ssl
from collections.abc import Iterator

import pytest
import trustme
from changing_site import ChangingSite, serving
from hostile_site import Site
from visiting import AXE, TAGS, Visit

from service.browser import BrowserOptions, Fleet, Viewport, VisitOutcome, VisitRequest


@pytest.fixture(scope="session")
def peer() -> Iterator[Site]:
    with Site() as site:
        yield site


@pytest.fixture(scope="session")
def site(peer: Site) -> Iterator[Site]:
    with Site() as site:
        site.peer_origin = peer.origin
        yield site


@pytest.fixture(scope="session")
def untrusted_site() -> Iterator[Site]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with Site(tls=context) as site:
        yield site


@pytest.fixture(scope="session")
def fleet() -> Iterator[Fleet]:
    with Fleet(BrowserOptions(axe_path=AXE)) as fleet:
        yield fleet


@pytest.fixture
def visit(fleet: Fleet, site: Site) -> Visit:
    """Visit a path of the site, or a whole URL; the site's own host is allowed."""

    def go(target: str, **changes: object) -> VisitOutcome:
        settings: dict[str, object] = {
            "url": target if "://" in target else f"{site.origin}{target}",
            "viewport": Viewport(width=1280, height=1024),
            "axe_tags": TAGS,
            "allowed_hosts": site.hosts,
            "deadline_s": 20.0,
        }
        return fleet.visit(VisitRequest(**(settings | changes)))  # type: ignore[arg-type]

    return go


@pytest.fixture(scope="module")
def place() -> Iterator[ChangingSite]:
    """A site whose every part can be changed."""
    with serving() as site:
        yield site
