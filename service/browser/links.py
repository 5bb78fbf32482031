"""The links of a page as it is rendered, for a crawl."""

import json

from checks.values import Link, Links
from service.browser.failures import Clock
from service.browser.world import World

MAX_LINKS = 5_000
"""More than these are counted only."""
_LONGEST_ADDRESS = 4_000


def gather_links(world: World, clock: Clock) -> Links:
    """Every address once, in the order of the document. Raises what `World.evaluate` raises."""
    told = json.loads(world.call("links", MAX_LINKS, timeout_s=clock.left_s()))
    canonical = told["canonical"]
    return Links(
        found=tuple(
            Link(url=url, nofollow=nofollow)
            for url, nofollow in told["found"]
            if len(url) <= _LONGEST_ADDRESS
        ),
        cut=told["cut"],
        canonical=canonical if canonical and len(canonical) <= _LONGEST_ADDRESS else None,
    )
