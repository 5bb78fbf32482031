"""`luiska scan` with a sitemap or a crawl: without a store, with one, and on a server."""

import json
import re

import pytest
from fixed_web import urlset
from program import luiska


def page(title, body):
    return (
        f'<!doctype html><html lang="en"><head><title>{title}</title></head>'
        f"<body><main><h1>{title}</h1>{body}</main></body></html>"
    )


@pytest.fixture
def crawled(site, monkeypatch):
    """A small site: links made by a script, a canonical address, a trap, a robots.txt."""
    start = page(
        "Start",
        '<p id="more"></p><a href="/crawled/hidden">Hidden</a> <a href="mailto:a@b.fi">Write</a>'
        '<a href="/crawled/menu?ref=start">Menu</a> <a href="https://elsewhere.example/">Out</a>'
        "<script>document.getElementById('more').innerHTML = "
        "'<a href=\"/crawled/made/#main\">Made by a script</a>';</script>",
    )
    canonical = '<head><link rel="canonical" href="/crawled/menu">'
    menu = page("Menu", '<a href="/crawled/menu">Menu</a> <a href="/crawled/">Start</a>')
    trap = page("Endless", '<a href="a/b/a/b/a/b/">On</a> <a href="/crawled/made">Made</a>')
    pages = {
        "/crawled/": start,
        "/crawled/menu": menu.replace("<head>", canonical),
        "/crawled/made": trap,
        "/crawled/made/": trap,
        "/crawled/hidden": page("Hidden", ""),
        "/robots.txt": "User-agent: *\nDisallow: /crawled/hidden\n",
    }
    for path, content in pages.items():
        monkeypatch.setitem(site.pages, path, content)
    return site.url("/crawled/")


def examined(ended):
    return [(each["url"], each["title"], each["state"]) for each in json.loads(ended.out)["pages"]]


def test_a_crawl_follows_the_links_of_the_rendered_pages_alike_everywhere(
    here, site, crawled, tmp_path, served
):
    options = ("--crawl", crawled, "--max-depth", "3", "--exclude", "/nothing/*")
    ended = here("scan", *options, "--allow-host", site.host)
    assert ended.code == 0, ended.err
    assert examined(ended) == [
        (crawled, "Start", "examined"),
        (f"{crawled}made/", "Endless", "examined"),
        (f"{crawled}menu?ref=start", "Menu", "examined"),
    ]
    assert json.loads(ended.out)["summary"]["left_out"] == {"robots": 1, "traps": 1}
    told = ended.err.splitlines()
    assert told[:3] == [
        f"1/1 {crawled} examined",
        f"2/3 {crawled}made/ examined",
        f"3/3 {crawled}menu?ref=start examined",
    ]
    assert "Left out: robots 1, traps 1." in told
    stored = luiska(
        "scan", *options, "--allow-host", site.host, "--store", "sqlite:///x.db", folder=tmp_path
    )
    on_server = here("scan", *options, "--server", served.address, "--token", served.token)
    for other in (stored, on_server):
        assert other.code == 0, other.err
        assert examined(other) == examined(ended)
        assert json.loads(other.out)["summary"] == json.loads(ended.out)["summary"]


def test_the_pages_of_a_sitemap_are_examined_as_many_as_were_asked_for(
    here, site, crawled, monkeypatch
):
    listed = [site.url("/clean"), f"{crawled}menu", f"{crawled}made"]
    monkeypatch.setitem(site.pages, "/map", urlset(*listed))
    monkeypatch.setitem(site.pages, "/robots.txt", f"Sitemap: {site.url('/map')}\n")
    ended = here(
        "scan", "--sitemap", site.url("/robots.txt"), "--max-pages", "2", "--allow-host", site.host
    )
    assert ended.code == 0, ended.err
    assert [url for url, _, _ in examined(ended)] == listed[:2]
    assert "Left out: max_pages 1." in ended.err


def test_targets_that_cannot_be_read_end_the_command_with_the_reason_everywhere(
    here, site, tmp_path, served
):
    arguments = ("scan", "--sitemap", site.url("/gone.xml"))
    private = ("--allow-host", site.host)
    for ended in (
        here(*arguments, *private),
        luiska(*arguments, *private, "--store", "sqlite:///x.db", folder=tmp_path),
        here(*arguments, "--server", served.address, "--token", served.token),
    ):
        assert (ended.code, ended.out) == (1, "")
        assert ended.err == f"luiska: The sitemap {site.url('/gone.xml')} answers 404.\n"


def test_a_sitemap_at_a_private_address_is_not_read_unless_it_was_allowed(here, site):
    ended = here("scan", "--sitemap", site.url("/map"))
    assert (ended.code, ended.out) == (1, "")
    assert re.match(
        rf"luiska: The sitemap {site.url('/map')} cannot be read: blocked_address: .* loopback",
        ended.err,
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--max-depth", "2"], "--max-depth goes with --crawl."),
        (["--include", "/a"], "--include goes with --crawl."),
        (["--ignore-robots"], "--ignore-robots goes with --crawl."),
        (["https://a.example/", "--max-pages", "2"], "--max-pages goes with --sitemap or --crawl."),
        (["--crawl", "/a"], "--crawl: Give an absolute URL that begins with http:// or https://."),
        (["--sitemap", "x"], "--sitemap: Give an absolute URL that begins with http://"),
        (["--crawl", "https://a.example/", "--include", "a"], "--include: Begin a pattern with /"),
        (["--crawl", "https://a.example/", "--ignore-robots"],
         "--ignore-robots: only within a project's own origins; name the project with --project"),
    ],
)  # fmt: skip
def test_options_that_do_not_go_together_are_refused_by_name(here, arguments, words):
    ended = here("scan", *arguments)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith(f"luiska: {words}")


def test_robots_txt_of_a_project_without_origins_is_not_set_aside(tmp_path):
    ended = luiska(
        "scan", "--crawl", "https://a.example/", "--ignore-robots", "--store", "sqlite:///x.db",
        folder=tmp_path,
    )  # fmt: skip
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == (
        "luiska: --ignore-robots: robots.txt is set aside only for a site of one's own: give the "
        "project its origins first, and start within them.\n"
    )
