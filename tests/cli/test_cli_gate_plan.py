"""Which scans a gate makes of a policy and of the command line."""

import pytest

from service.barriers.gate.policy import read_policy
from service.browser import Cookie, Login
from service.cli.gate_plan import Targets, plan_of
from service.cli.words import CannotRun
from service.scans import Commit, Crawl

BASE = "https://preview.example:8443/app/"


def planned(policy="", *, base_url=BASE, **targets):
    return plan_of(
        read_policy(policy, name="luiska.toml"),
        Targets(**targets),
        base_url=base_url,
        standard=None,
        viewports=(),
        commit=Commit(),
    )


def test_the_policy_s_paths_are_of_the_base():
    plan = planned('urls = ["/", "haku"]\nsitemap = "/sitemap.xml"\nviewports = ["320x640"]\n')
    named, found = plan.requests
    assert named.urls == ("https://preview.example:8443/", "https://preview.example:8443/app/haku")
    assert (named.sitemap, named.viewports, named.approach.frozen) == (None, ((320, 640),), True)
    assert (found.urls, found.sitemap) == ((), "https://preview.example:8443/sitemap.xml")
    assert plan.origins == ("https://preview.example:8443",)


def test_the_command_line_s_targets_go_before_the_policy_s():
    plan = planned(
        'urls = ["/"]\n[[page]]\nurl = "/b"\nstate = "open"\n', urls=("/a",),
        crawl=Crawl(start="/c"),
    )  # fmt: skip
    assert [(each.urls, each.crawl and each.crawl.start) for each in plan.requests] == [
        (("https://preview.example:8443/a",), None), ((), "https://preview.example:8443/c"),
    ]  # fmt: skip


def test_pages_that_are_approached_alike_are_one_scan():
    plan = planned(
        """
urls = ["/", "/plain"]
must_contain = "main"
[headers]
X-Preview = "yes"
[[cookie]]
name = "look"
value = "new"
[[page]]
url = "/own"
login = "owner"
[[page]]
url = "/own/orders"
login = "owner"
[[page]]
url = "/plain"
wait_for = "#late"
[[page]]
url = "/"
state = "menu open"
actions = ["click element #menu"]
final_url = "/#menu"
[login.owner]
url = "/sign-in"
actions = ["set field #pin to ${LUISKA_SECRET_PIN}", "click element #go"]
"""
    )
    site = "https://preview.example:8443"
    login = Login(
        name="owner",
        url=f"{site}/sign-in",
        actions=("set field #pin to ${LUISKA_SECRET_PIN}", "click element #go"),
    )
    assert [
        (each.urls, each.page_state, each.wait_for, each.approach.login) for each in plan.requests
    ] == [
        ((f"{site}/",), "", None, None),
        ((f"{site}/own", f"{site}/own/orders"), "", None, login),
        ((f"{site}/plain",), "", "#late", None),
        ((f"{site}/",), "menu open", None, None),
    ]
    assert plan.requests[3].approach.actions == ("click element #menu",)
    for each in plan.requests:
        assert each.approach.must_contain == "main"
        assert each.approach.headers == (("X-Preview", "yes"),)
        assert each.approach.cookies == (Cookie(name="look", value="new"),)
    assert plan.final_urls == {f"{site}/": f"{site}/#menu"}


def test_pages_are_visited_again_as_they_were_the_first_time():
    plan = planned(
        'urls = ["/", "/b"]\nsitemap = "/s.xml"\n[[page]]\nurl = "/b"\nstate = "open"\n'
        'actions = ["click element #menu"]\n'
    )
    site = "https://preview.example:8443"
    again = plan.again([f"{site}/b", f"{site}/found"])
    assert [(each.urls, each.page_state, each.sitemap, each.fresh) for each in again] == [
        ((f"{site}/b",), "", None, True),
        ((f"{site}/b",), "open", None, True),
        ((f"{site}/found",), "", None, True),
    ]
    assert plan.again([]) == ()


def test_a_page_s_own_words_hold_however_its_address_is_written():
    policy = '[[page]]\nurl = "/b"\nmust_contain = "#order"\n'
    site = "https://preview.example:8443"
    for url in (f"{site}/b#top", f"{site}/b?utm_source=mail", "/b#top"):
        for plan in (planned(policy, urls=(url,)), planned(f'urls = ["{url}"]\n{policy}')):
            (request,) = plan.requests
            assert (request.urls, request.approach.must_contain) == ((f"{site}/b",), "#order")


def test_pages_of_many_sites_keep_their_hosts():
    plan = planned(base_url=None, urls=("https://a.example/", "https://b.example/"))
    assert plan.origins == ()


@pytest.mark.parametrize(
    ("policy", "base_url", "told"),
    [
        ("", BASE, "Name pages: as URLs"),
        ('urls = ["/"]', None, "/: is no whole address; say with --base-url where the site is."),
        ('urls = ["/"]', "preview.example", "--base-url preview.example: write it like https://"),
        ('urls = ["/"]', "https://[::1", "--base-url https://[::1: write it like https://"),
        (
            '[[page]]\nurl = "/b"\nmust_contain = "h1"\n[[page]]\nurl = "/b#top"\n',
            BASE,
            "[[page]] /b#top is the page of another [[page]]: give each a state.",
        ),
        ('urls = ["/"]', "ftp://x.example/", "--base-url ftp://x.example/: write it like https://"),
    ],
)
def test_what_cannot_be_planned_is_told(policy, base_url, told):
    with pytest.raises(CannotRun) as error:
        planned(policy, base_url=base_url)
    assert str(error.value).startswith(told)
