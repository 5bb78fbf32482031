"""The links of a page as it is rendered."""

from collections.abc import Iterator

import pytest
from local_site import LocalSite
from visiting import Visit

from checks import Link, Links
from service.browser import links as browser_links

PAGE = """<!doctype html><html lang="en"><head><title>Links</title>
<link rel="stylesheet canonical" href="/tidy?x=1"></head><body><main><h1>Links</h1>
<a href="/a">A</a> <a href="b?x=1#top">B</a> <a href="/a">A again</a> <a name="no">None</a>
<a href="/c" rel="ugc NoFollow">C</a> <a href="/file.bin" download>File</a>
<a href="mailto:staff@library.example">Write</a> <a href="https://[bad">Bad</a>
<map name="m"><area href="/area" alt="Area"></map><div id="host"></div>
<svg width="9" height="9"><a href="/svg"><text>S</text></a></svg>
<script>
  document.querySelector("main").insertAdjacentHTML("beforeend", '<a href="/made">Made</a>');
  const shadow = document.getElementById("host").attachShadow({mode: "open"});
  shadow.innerHTML = '<a href="/shadow">S</a>';
  URL = Map = JSON = null;
</script></main></body></html>"""


@pytest.fixture
def library() -> Iterator[LocalSite]:
    with LocalSite({"/links": PAGE}) as library:
        yield library


def test_links_are_gathered_after_scripts_ran_each_once_in_their_order(visit: Visit, library):
    links = links_of(visit, library, wants_links=True)
    at = library.origin
    assert links.found == (
        Link(url=f"{at}/a"),
        Link(url=f"{at}/b?x=1#top"),
        Link(url=f"{at}/c", nofollow=True),
        Link(url="mailto:staff@library.example"),
        Link(url=f"{at}/area"),
        Link(url=f"{at}/shadow"),
        Link(url=f"{at}/svg"),
        Link(url=f"{at}/made"),
    )
    assert links.canonical == f"{at}/tidy?x=1"
    assert links.cut == 0


def test_links_beyond_the_limit_are_counted(visit: Visit, library, monkeypatch):
    monkeypatch.setattr(browser_links, "MAX_LINKS", 3)
    links = links_of(visit, library, wants_links=True)
    assert (len(links.found), links.cut) == (3, 5)


def test_links_are_gathered_only_where_they_are_wanted(visit: Visit, library):
    assert links_of(visit, library) is None


def links_of(visit: Visit, library: LocalSite, **more: bool) -> Links | None:
    hosts = frozenset({library.host})
    outcome = visit(library.url("/links"), allowed_hosts=hosts, **more)
    assert outcome.artifacts is not None, outcome.error
    return outcome.artifacts.links
