"""Which page a URL means."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.projects import Project, is_own, page_address, page_key


def a_project(*origins: str) -> Project:
    return Project(
        slug="x", name="X", origins=list(origins), created_at=datetime(2026, 11, 22, tzinfo=UTC)
    )


LIBRARY = a_project(
    "https://library.example",
    "http://localhost:*",
    "https://preview.example:8443",
    "https://xn--ni-uiaa.example",
    "https://[2001:db8::1]",
)
ANYWHERE = a_project()


@pytest.mark.parametrize(
    "url",
    [
        "https://library.example/haku",
        "https://LIBRARY.example:443/haku",
        "https://library.example./haku",
        "http://localhost:3000/haku",
        "http://localhost/haku",
        "https://preview.example:8443/haku",
        "https://ääni.example/haku",
        "https://XN--NI-UIAA.example/haku",
        "https://[2001:DB8::1]/haku",
        "/haku",
    ],
)
def test_every_alias_of_the_site_means_the_same_page(url):
    assert page_key(LIBRARY, url) == "/haku"


@pytest.mark.parametrize(
    "url",
    [
        "http://library.example/haku",
        "https://library.example:8443/haku",
        "https://preview.example/haku",
        "https://localhost:3000/haku",
        "https://library.example.evil.example/haku",
        "https://evil.example/https://library.example/haku",
        "https://library.example@evil.example/haku",
    ],
)
def test_another_scheme_port_or_host_is_not_the_site(url):
    assert not is_own(LIBRARY, url)
    assert page_key(LIBRARY, url).startswith("//")


def test_in_a_project_without_origins_the_host_and_port_belong_to_the_page():
    assert page_key(ANYWHERE, "https://a.example/x") == "//a.example:443/x"
    assert page_key(ANYWHERE, "http://a.example/x") == "//a.example:80/x"
    assert page_key(ANYWHERE, "http://A.example:8080") == "//a.example:8080/"
    assert page_key(ANYWHERE, "https://ääni.example/") == "//xn--ni-uiaa.example:443/"
    assert page_key(ANYWHERE, "https://[2001:db8::2]/x") == "//[2001:db8::2]:443/x"
    assert page_key(ANYWHERE, "/x") == "/x"


@pytest.mark.parametrize(
    "query",
    [
        "utm_source=a&utm_campaign=b", "fbclid=1", "gclid=1", "msclkid=1", "mc_cid=1", "_ga=2",
        "UTM_Source=a", "PHPSESSID=1", "jsessionid=1", "ASP.NET_SessionId=1", "CFTOKEN=1",
    ],
)  # fmt: skip
def test_tracking_and_session_ids_are_no_part_of_a_page(query):
    assert page_key(LIBRARY, f"/haku?{query}") == "/haku"
    assert page_key(LIBRARY, f"/haku?sana=x&{query}") == "/haku?sana=x"


def test_a_session_id_in_the_path_is_no_part_of_a_page():
    assert page_key(LIBRARY, "/haku;jsessionid=1A2B.node1/tulos?x=1") == "/haku/tulos?x=1"


def test_what_only_looks_like_tracking_stays():
    assert (
        page_key(LIBRARY, "/x?utmost=1&my_ga=2&phpsessid2=3") == "/x?my_ga=2&phpsessid2=3&utmost=1"
    )


def test_the_rest_of_the_query_is_sorted_and_keeps_repeats_and_blanks():
    assert page_key(LIBRARY, "/x?b=2&a=&b=1&a") == "/x?a=&a=&b=1&b=2"


def test_a_fragment_is_a_page_only_where_it_is_a_route():
    assert page_key(LIBRARY, "/x#main") == "/x"
    assert page_key(LIBRARY, "/x#/haku?sana=1") == "/x#/haku?sana=1"
    assert page_key(LIBRARY, "/x#!haku") == "/x#!haku"
    assert page_key(LIBRARY, "/x#") == "/x"


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("https://a.example", "https://a.example/"),
        ("https://a.example/x/?b=2&a=%20&utm_source=m#main", "https://a.example/x/?b=2&a=%20"),
        ("https://a.example/x;jsessionid=1A.n2?PHPSESSID=1&flag", "https://a.example/x?flag"),
        ("https://a.example/x?utm%5Fsource=m", "https://a.example/x"),
        ("https://a.example/x#/route?a=1", "https://a.example/x#/route?a=1"),
    ],
)
def test_the_address_of_a_page_is_asked_for_without_what_is_no_part_of_it(url, asked):
    assert page_address(url) == asked


def test_escapes_of_one_character_are_one_spelling():
    assert page_key(LIBRARY, "/%7Euser/h%c3%a4n") == "/~user/h%C3%A4n"
    assert page_key(LIBRARY, "/~user/hän") == "/~user/h%C3%A4n"
    assert page_key(LIBRARY, "/a%20b") == page_key(LIBRARY, "/a b") == "/a%20b"
    assert page_key(LIBRARY, "/100%") == page_key(LIBRARY, "/100%25") == "/100%25"
    assert page_key(LIBRARY, "/x?n=a%20b") == page_key(LIBRARY, "/x?n=a+b") == "/x?n=a+b"


def test_an_escaped_slash_is_no_slash():
    assert page_key(LIBRARY, "/a%2Fb") == "/a%2Fb"
    assert page_key(LIBRARY, "/a/b") == "/a/b"


def test_letters_of_old_encodings_stay_apart():
    # Latin-1: ä is E4, ö is F6.
    assert page_key(LIBRARY, "/h%E4n") == "/h%E4n"
    assert page_key(LIBRARY, "/h%F6n") == "/h%F6n"
    assert page_key(LIBRARY, "/x?n=%E4") == "/x?n=%E4"
    assert page_key(LIBRARY, "/x?n=%F6") == "/x?n=%F6"


def test_a_path_with_two_slashes_is_not_another_host():
    own = page_key(LIBRARY, "https://library.example//evil.example:443/x")
    assert own == "/%2Fevil.example:443/x"
    assert own != page_key(LIBRARY, "https://evil.example/x")


@pytest.mark.parametrize(
    "url",
    ["https://[::1/", "https://a.example:port/", "https://a.example:99999/"],
)
def test_what_is_no_url_is_a_value_error(url):
    with pytest.raises(ValueError, match=r"."):
        page_key(LIBRARY, url)


def test_a_host_that_no_network_knows_is_still_one_spelling():
    assert page_key(LIBRARY, "https://ä..fi/") == "//%C3%A4..fi:443/"
    assert page_key(LIBRARY, "https://a b/") == "//a%20b:443/"


def test_a_lone_surrogate_becomes_the_replacement_character():
    assert page_key(LIBRARY, "/\ud800?\ud800=1#/\ud800") == ("/%EF%BF%BD?%EF%BF%BD=1#/%EF%BF%BD")


@given(st.text(st.characters(), max_size=60), st.sampled_from(["", "/", "https://", "https://h/"]))
def test_odd_input_gives_an_ascii_key_or_a_value_error(text, before):
    try:
        key = page_key(LIBRARY, before + text)
    except ValueError:
        return
    assert key.isascii()
    assert key.isprintable()


@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_the_key_of_a_key_is_the_key(text):
    key = page_key(LIBRARY, re.sub("/+", "/", "/" + text.replace("#", "")))
    assert page_key(LIBRARY, key) == key


@pytest.mark.parametrize("long", ["/?q=" + "," * 3000, "/" + "ä" * 3000, "/#/" + "ö" * 3000])
@pytest.mark.parametrize("site", ["", "https://library.example"])
def test_a_long_address_has_a_key_of_its_own_that_an_index_holds(long, site):
    project = Project(slug="p", name="P", origins=[])
    keys = {page_key(project, f"{site}{long}{end}") for end in ("", "a", "b", "b")}
    assert len(keys) == 3
    assert all(len(key.encode()) < 1100 for key in keys)
