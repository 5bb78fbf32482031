"""Crawls on both databases: order, viewports, another executor, an end in the middle."""

from crawls import crawl, visits, wait_for_examined
from fake_fleet import clean, linking
from scan_api import SITE


def test_links_are_followed_in_the_order_of_their_discovery_and_each_page_once(running, fleet):
    fleet.pages |= {
        "/": linking("/b", "/a", "/b/", "/#main", "https://elsewhere.example/", "/x.pdf"),
        "/b": linking("/", "/a", "/c"),
        "/a": clean,
        "/c": linking("/"),
    }
    scan = crawl(running)
    assert visits(running, scan) == [
        ("/", 0, None), ("/b", 1, "/"), ("/a", 1, "/"), ("/c", 2, "/b"),
    ]  # fmt: skip
    assert scan["state"] == "completed"
    assert scan["pages"] == {"requested": 4, "examined": 4, "failed": 0, "remaining": 0}
    assert (scan["left_out"], scan["notices"]) == ({}, [])
    assert scan["targets"]["crawl"] == {
        "start": f"{SITE}/", "max_pages": 10_000, "max_depth": 10, "include": [], "exclude": [],
        "ignore_robots": False,
    }  # fmt: skip
    assert sorted(fleet.paths) == ["/", "/a", "/b", "/c"]


def test_a_page_is_planned_in_every_viewport(running, fleet):
    fleet.pages |= {"/": linking("/a"), "/a": linking("/")}
    sizes = [{"width": 1280, "height": 1024}, {"width": 320, "height": 640}]
    answer = running.post_body({"crawl": {"start": f"{SITE}/"}, "viewports": sizes})
    scan = running.ended(answer.json()["id"])
    assert [(each["url"].removeprefix(SITE), each["viewport"]["width"], each["state"])
            for each in running.visits(scan["id"])] == [
        ("/", 1280, "examined"), ("/", 320, "examined"),
        ("/a", 1280, "examined"), ("/a", 320, "examined"),
    ]  # fmt: skip


def test_another_executor_goes_on_with_what_the_store_knows(api, make_runtime, fleet):
    """The first one ends in the middle: the frontier is made again from the rows."""
    fleet.pages |= {f"/{n}": linking(f"/{n + 1}", "/0", f"/{n}?utm_source=x") for n in range(8)}
    first = make_runtime(lanes=1)
    first.start()
    answer = api.post_body({"crawl": {"start": f"{SITE}/0", "max_depth": 100}})
    scan_id = answer.json()["id"]
    wait_for_examined(api, scan_id, 2)
    first.stop()
    assert api.get(f"/scans/{scan_id}")["state"] == "running"
    make_runtime(lanes=1).start()
    scan = api.ended(scan_id)
    assert [path for path, _, _ in visits(api, scan)] == [f"/{n}" for n in range(9)]
    assert [depth for _, depth, _ in visits(api, scan)] == list(range(9))


def test_a_cancelled_crawl_grows_no_more(running, fleet):
    def endless(request, cancelled):
        n = int(request.url.rpartition("/")[2])
        return linking(f"/{n + 1}")(request, cancelled)

    fleet.pages = {f"/{n}": endless for n in range(3000)}
    answer = running.post_body({"crawl": {"start": f"{SITE}/0", "max_depth": 100}})
    scan_id = answer.json()["id"]
    wait_for_examined(running, scan_id, 2)
    running.cancel(scan_id)
    requested = running.ended(scan_id)["pages"]["requested"]
    pages = running.get(f"/scans/{scan_id}")["pages"]
    assert pages["examined"] + pages["failed"] == pages["requested"] == requested < 101
