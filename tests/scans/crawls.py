"""Asking for a crawl, and what it planned."""

import time

from scan_api import SITE


def crawl(api, *, start="/", urls=(), **limits):
    body = {"urls": [SITE + each for each in urls], "crawl": {"start": SITE + start, **limits}}
    answer = api.post_body(body)
    assert answer.status_code == 202, answer.text
    return api.ended(answer.json()["id"])


def visits(api, scan):
    """Each page's path, depth and the path of the page that it was found on."""
    return [
        (
            each["url"].removeprefix(SITE),
            each["depth"],
            each["found_on"] and each["found_on"].removeprefix(SITE),
        )
        for each in api.visits(scan["id"])
    ]


def wait_for_examined(api, scan_id, at_least, within_s=30):
    """Until so many pages of a running scan are examined."""
    deadline = time.monotonic() + within_s
    while (pages := api.get(f"/scans/{scan_id}")["pages"])["examined"] < at_least:
        assert time.monotonic() < deadline, pages
        time.sleep(0.05)
