"""A crawl asks for a robots.txt once, and for one that cannot be read not on every page."""

import pytest
from fixed_web import Web

from checks.values import Link, Links, PageArtifacts
from service.browser import VisitOutcome
from service.scans.crawling import RobotsFiles
from service.scans.values import Crawl

SITE = "https://library.example"
ROBOTS = f"{SITE}/robots.txt"


def outcome() -> VisitOutcome:
    artifacts = PageArtifacts(
        url=f"{SITE}/", final_url=f"{SITE}/", status=200, content_type="text/html", title="",
        language="en", axe={}, elements={}, links=Links(found=(Link(url=f"{SITE}/next"),)),
    )  # fmt: skip
    return VisitOutcome(
        state="examined", partial=False, partial_reasons=(), error=None, artifacts=artifacts,
        timings_ms={}, browser_version=None, axe_version=None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "retry_s", "asked"),
    [
        pytest.param("User-agent: *", 60, 1, id="readable"),
        pytest.param(500, 60, 1, id="not readable"),
        pytest.param(500, 0, 3, id="not readable, long ago"),
    ],
)
def test_robots_txt_is_not_asked_for_on_every_page(answer, retry_s, asked):
    web, files = Web({ROBOTS: answer}), RobotsFiles(retry_s)
    for _ in range(3):
        (judged,), _links = files.judge(web, "scan", Crawl(start=f"{SITE}/"), (outcome(),))
        assert judged.partial is (answer == 500)
    assert web.asked == [ROBOTS] * asked
