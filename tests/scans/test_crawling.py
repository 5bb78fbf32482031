"""Scans that follow links: what is planned while they run. On one database: both plan alike."""

import pytest
from crawls import crawl, visits
from fake_fleet import clean, linking, unreachable
from scan_api import SITE

ROBOTS = f"{SITE}/robots.txt"


@pytest.fixture
def database_url(sqlite_url):
    return sqlite_url


def test_only_a_crawl_asks_for_links(running, fleet):
    running.ended(running.scan("/plain"))
    crawl(running, start="/start")
    assert {request.url.removeprefix(SITE): request.wants_links for request in fleet.visits} == {
        "/plain": False, "/start": True,
    }  # fmt: skip


def test_the_limits_of_a_crawl_hold_and_what_they_cut_is_told(running, fleet):
    fleet.pages["/"] = linking("/a", "/b", "/c", "/list?page=1&sort=up&view=x&a=1&b=1&c=1&d=1")
    for path in "abc":
        fleet.pages[f"/{path}"] = linking(f"/{path}/deep")
    scan = crawl(running, max_pages=3, max_depth=1)
    assert visits(running, scan) == [("/", 0, None), ("/a", 1, "/"), ("/b", 1, "/")]
    assert scan["left_out"] == {"max_pages": 1, "traps": 1, "max_depth": 2}


def test_every_page_that_is_named_is_a_start(running, fleet):
    fleet.pages |= {"/named": linking("/from-named"), "/": linking("/named", "/a")}
    scan = crawl(running, urls=["/named"])
    assert sorted(visits(running, scan)) == [
        ("/", 0, None), ("/a", 1, "/"), ("/from-named", 1, "/named"), ("/named", 0, None),
    ]  # fmt: skip


def test_include_and_exclude_choose_pages(running, fleet):
    fleet.pages["/"] = linking("/services/a", "/services/old/b", "/news")
    scan = crawl(running, include=["/services/*"], exclude=["/services/old/*"])
    assert visits(running, scan) == [("/", 0, None), ("/services/a", 1, "/")]
    assert scan["left_out"] == {}


def test_robots_txt_is_honoured_and_read_once(running, fleet, web):
    web.pages[ROBOTS] = "User-agent: *\nDisallow: /hidden\nCrawl-delay: 30\n"
    fleet.pages |= {"/": linking("/hidden", "/a"), "/a": linking("/hidden/x", "/b")}
    scan = crawl(running)
    assert [path for path, _, _ in visits(running, scan)] == ["/", "/a", "/b"]
    assert scan["left_out"] == {"robots": 2}
    assert scan["notices"] == [
        f"{ROBOTS} asks for 30 s between two pages; that is not kept: a page takes seconds to "
        "examine, and no more than two of a host are examined at once."
    ]
    # Once before the crawl, and once for its links.
    assert web.asked == [ROBOTS, ROBOTS]


def test_robots_txt_is_set_aside_where_that_was_asked_for(running, fleet, web):
    web.pages[ROBOTS] = "User-agent: *\nDisallow: /\n"
    fleet.pages |= {"/": linking("/hidden")}
    scan = crawl(running, ignore_robots=True)
    assert [path for path, _, _ in visits(running, scan)] == ["/", "/hidden"]
    assert scan["notices"] == ["robots.txt was set aside, as asked for."]
    assert web.asked == []


@pytest.mark.parametrize(
    ("content", "failure"),
    [
        ("User-agent: *\nDisallow: /\n", f"{ROBOTS} does not allow {SITE}/ to be crawled."),
        (503, f"{ROBOTS} answers 503. Without it nothing may be crawled"),
        (0, f"{ROBOTS} cannot be read: connection refused. Without it nothing may be crawled"),
    ],
)
def test_a_crawl_that_may_not_start_has_failed_and_says_why(running, fleet, web, content, failure):
    web.pages[ROBOTS] = content
    scan = crawl(running)
    assert (scan["state"], scan["pages"]["requested"]) == ("failed", 0)
    assert scan["failure"].startswith(failure)
    assert fleet.paths == []


def test_when_robots_txt_cannot_be_read_any_more_the_scan_does_not_look_whole(running, fleet, web):
    def page(request, cancelled):
        web.pages[ROBOTS] = 503
        return linking("/a")(request, cancelled)

    fleet.pages["/"] = page
    scan = crawl(running)
    assert (scan["state"], scan["left_out"]) == ("incomplete", {"robots": 1})
    (visit,) = running.visits(scan["id"])
    assert visit["partial"] is True
    assert visit["partial_reasons"][0].startswith(f"links were not followed: {ROBOTS} answers 503")


def test_the_site_that_the_start_redirects_to_is_crawled_by_its_own_robots_txt(running, fleet, web):
    www = "https://www.library.example"
    web.pages[f"{www}/robots.txt"] = "User-agent: *\nDisallow: /hidden\n"
    fleet.pages |= {
        "/": linking("/a", "/hidden", landing=f"{www}/"),
        "/a": linking("/b", landing=f"{www}/a"),
    }
    answer = running.client.post(
        "/api/v1/projects/default/scans",
        headers=running.headers,
        json={"crawl": {"start": f"{SITE}/"}},
    )
    scan = running.ended(answer.json()["id"])
    assert [each["url"] for each in running.visits(scan["id"])] == [
        f"{SITE}/", f"{www}/a", f"{www}/b",
    ]  # fmt: skip
    assert scan["left_out"] == {"robots": 1}


def test_a_page_that_was_reached_by_a_redirect_is_not_examined_again(running, fleet):
    fleet.pages |= {
        "/": linking("/old"),
        "/old": linking("/new", "/?ref=old", landing=f"{SITE}/new"),
        "/new": clean,
    }
    scan = crawl(running)
    assert [path for path, _, _ in visits(running, scan)] == ["/", "/old", "/?ref=old"]
    assert running.visits(scan["id"])[1]["final_url"] == f"{SITE}/new"


def test_what_a_page_says_its_own_address_is_is_kept_and_not_visited_again(running, fleet):
    fleet.pages |= {
        "/": linking("/b?ref=menu"),
        "/b": linking("/b", canonical=f"{SITE}/b"),
    }
    scan = crawl(running)
    assert [path for path, _, _ in visits(running, scan)] == ["/", "/b?ref=menu"]
    assert running.visits(scan["id"])[1]["canonical"] == f"{SITE}/b"


def test_a_page_that_cannot_be_examined_leads_nowhere_and_makes_the_crawl_incomplete(
    running, fleet
):
    fleet.pages |= {"/": linking("/gone", "/a"), "/gone": unreachable}
    scan = crawl(running)
    assert scan["state"] == "incomplete"
    assert scan["pages"] == {"requested": 3, "examined": 2, "failed": 1, "remaining": 0}
