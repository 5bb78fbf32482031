"""Scans of sitemaps: what is planned, what is left out, what fails and says why."""

from hashlib import sha256

from fixed_web import index, packed, urlset
from scan_api import SITE

MAP = f"{SITE}/sitemap.xml"


def sitemap_scan(api, **more):
    answer = api.post_body({"sitemap": MAP, **more})
    assert answer.status_code == 202, answer.text
    return api.ended(answer.json()["id"])


def paths(api, scan):
    return [visit["url"].removeprefix(SITE) for visit in api.visits(scan["id"])]


def test_the_pages_of_a_sitemap_are_planned_by_the_job_and_examined_in_its_order(running, web):
    web.pages |= {MAP: index(f"{SITE}/1.xml.gz"), f"{SITE}/1.xml.gz": packed(urlset(
        f"{SITE}/b", f"{SITE}/a", f"{SITE}/b#top"))}  # fmt: skip
    answer = running.post_body({"sitemap": MAP})
    assert answer.json()["pages"] == {"requested": 0, "examined": 0, "failed": 0, "remaining": 0}
    scan = running.ended(answer.json()["id"])
    assert (scan["state"], scan["failure"]) == ("completed", None)
    assert scan["pages"] == {"requested": 2, "examined": 2, "failed": 0, "remaining": 0}
    assert paths(running, scan) == ["/b", "/a"]
    assert scan["targets"] == {"urls": 0, "sitemap": MAP, "crawl": None, "max_pages": 10_000}
    assert (scan["left_out"], scan["notices"]) == ({}, [])


def test_urls_come_before_the_sitemap_and_each_page_once_in_every_viewport(running, web):
    web.pages[MAP] = urlset(f"{SITE}/a", f"{SITE}/b")
    sizes = [{"width": 1280, "height": 1024}, {"width": 320, "height": 640}]
    scan = sitemap_scan(running, urls=[f"{SITE}/b", f"{SITE}/c"], viewports=sizes)
    visits = [(each["url"].removeprefix(SITE), each["viewport"]["width"], each["depth"],
               each["found_on"]) for each in running.visits(scan["id"])]  # fmt: skip
    assert visits == [
        (path, width, 0, None) for path in ("/b", "/c", "/a") for width in (1280, 320)
    ]
    assert scan["targets"]["urls"] == 2


def test_pages_with_very_long_addresses_are_pages_of_their_own_on_every_database(running, web):
    words = "".join(sha256(str(n).encode()).hexdigest() for n in range(60))[:3800]
    web.pages[MAP] = urlset(f"{SITE}/{words}1", f"{SITE}/{words}2")
    scan = sitemap_scan(running)
    assert (scan["state"], scan["pages"]["examined"]) == ("completed", 2)
    assert paths(running, scan) == [f"/{words}1", f"/{words}2"]


def test_what_is_beyond_the_number_of_pages_or_on_another_site_is_told(running, web):
    listed = [f"{SITE}/{n}" for n in range(5)]
    web.pages |= {
        MAP: index(f"{SITE}/1", f"{SITE}/2"),
        f"{SITE}/1": urlset("https://elsewhere.example/", "/relative", *listed),
    }
    scan = sitemap_scan(running, urls=[f"{SITE}/first"], max_pages=3)
    assert paths(running, scan) == ["/first", "/0", "/1"]
    assert scan["state"] == "completed"
    assert scan["left_out"] == {"other_site": 1, "no_address": 1, "max_pages": 3, "sitemaps": 1}


def test_a_scan_whose_sitemap_gives_nothing_has_failed_and_says_why(running, web, fleet):
    elsewhere = urlset("https://elsewhere.example/a", "https://elsewhere.example/b")
    for content, failure in (
        (404, "answers 404."),
        (0, "cannot be read: connection refused."),
        (urlset(), "names no page that can be examined."),
        (elsewhere, "names no page that can be examined (left out: 2 other_site)."),
    ):
        web.pages[MAP] = content
        scan = sitemap_scan(running)
        assert (scan["state"], scan["result"]) == ("failed", "error")
        assert scan["failure"] == f"The sitemap {MAP} {failure}"
        assert scan["pages"]["requested"] == 0
        assert [event["event"] for event in running.events(scan["id"])] == ["done"]
    assert fleet.paths == []


def test_the_robots_txt_of_the_site_names_its_sitemaps(running, web):
    web.pages |= {f"{SITE}/robots.txt": f"Sitemap: {MAP}", MAP: urlset(f"{SITE}/a")}
    answer = running.post_body({"sitemap": f"{SITE}/robots.txt"})
    assert paths(running, running.ended(answer.json()["id"])) == ["/a"]


CRAWL = {"start": f"{SITE}/"}


REFUSED = [
        ({}, ["/urls"]),
        ({"urls": [], "sitemap": None, "crawl": None}, ["/urls"]),
        ({"sitemap": "/sitemap.xml"}, ["/sitemap"]),
        ({"sitemap": "https://elsewhere.example/sitemap.xml"}, ["/sitemap"]),
        ({"crawl": {}}, ["/crawl/start"]),
        ({"crawl": {"start": "https://elsewhere.example/"}}, ["/crawl/start"]),
        ({"crawl": {**CRAWL, "max_depth": -1, "max_pages": 0}},
         ["/crawl/max_pages", "/crawl/max_depth"]),
        ({"crawl": {**CRAWL, "include": ["/a", "b"], "exclude": [""]}}, ["/crawl/exclude/0"]),
        ({"crawl": {**CRAWL, "include": ["/a", "b"]}}, ["/crawl/include/1"]),
        ({"crawl": {**CRAWL, "depth": 3}}, ["/crawl/depth"]),
        ({"sitemap": MAP, "max_pages": 0}, ["/max_pages"]),
        ({"urls": [f"{SITE}/\x00"]}, ["/urls/0"]),
]  # fmt: skip


def test_targets_that_cannot_be_are_refused_with_a_pointer_to_them(api):
    for body, pointers in REFUSED:
        answer = api.post_body(body)
        assert answer.status_code == 422, answer.text
        assert [error["pointer"] for error in answer.json()["errors"]] == pointers


def test_robots_txt_is_set_aside_only_within_the_projects_own_origins(api):
    def ask(project_id, start):
        answer = api.client.post(
            f"/api/v1/projects/{project_id}/scans",
            headers=api.headers,
            json={"crawl": {"start": start, "ignore_robots": True}},
        )
        return answer.status_code, [each["pointer"] for each in answer.json().get("errors", [])]

    assert ask(api.project_id, f"{SITE}/") == (202, [])
    assert ask(api.project_id, "https://elsewhere.example/") == (422, ["/crawl/start"])
    assert ask("default", f"{SITE}/") == (422, ["/crawl/ignore_robots"])
