"""One sitemap file: what it names, and what makes it none."""

import gzip
import tracemalloc
import zlib
from contextlib import suppress

import pytest
from fixed_web import index, packed, urlset
from hypothesis import given
from hypothesis import strategies as st

from service.scans.targets import SitemapError
from service.scans.targets.sitemap import Entry, read_sitemap

AT = "https://library.example/sitemap.xml"
A, B = "https://library.example/a", "https://library.example/b?x=1&amp;y=2"


def urls(body: bytes | str) -> list[str]:
    return [entry.url for entry in read(body)]


def read(body: bytes | str) -> list[Entry]:
    return list(read_sitemap(body.encode() if isinstance(body, str) else body, AT))


def fault(body: bytes | str) -> str:
    with pytest.raises(SitemapError) as caught:
        read(body)
    assert str(caught.value).startswith(f"The sitemap {AT} ")
    return str(caught.value).removeprefix(f"The sitemap {AT} ")


@pytest.mark.parametrize(
    "body",
    [
        urlset(A, B),
        urlset(A, B, namespace=None),
        urlset(A, B, namespace="http://www.google.com/schemas/sitemap/0.84"),
        "\ufeff" + urlset(A, B),
        "\n  " + urlset(A, B),
        urlset(f"\n   {A}\t", f" {B} "),
        urlset(A, f"<![CDATA[{B.replace('&amp;', '&')}]]>"),
        urlset(A, B).replace("UTF-8", "UTF-16").encode("utf-16"),
        packed(urlset(A, B)),
        gzip.compress(urlset(A, B)[:150].encode(), mtime=0)
        + gzip.compress(urlset(A, B)[150:].encode(), mtime=0),
        f"{A}\n{B.replace('&amp;', '&')}\n",
        f"\ufeff{A}\r\n\r\n  {B.replace('&amp;', '&')}",
        packed(f"{A}\r{B.replace('&amp;', '&')}"),
    ],
)
def test_pages_are_read_however_the_file_is_written(body):
    assert urls(body) == [A, B.replace("&amp;", "&")]


def test_an_index_names_sitemaps_and_a_urlset_pages():
    assert read(index(A)) == [Entry(url=A, is_sitemap=True)]
    assert read(urlset(A)) == [Entry(url=A, is_sitemap=False)]


def test_only_the_address_of_an_entry_is_one():
    body = urlset(A).replace(
        "</loc>",
        "</loc><lastmod>2026-01-01</lastmod>"
        '<i:image xmlns:i="http://www.google.com/schemas/sitemap-image/1.1">'
        "<i:loc>https://library.example/x.png</i:loc></i:image>"
        '<l:link xmlns:l="http://www.w3.org/1999/xhtml" rel="alternate" href="https://x.example"/>',
    )
    assert urls(body) == [A]
    assert urls(urlset()) == []


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", "is empty."),
        ("\ufeff \n", "is empty."),
        ("<!DOCTYPE html><html><body>Not here</body></html>", "is an HTML page; name the sitemap"),
        ('<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>', "is an HTML page"),
        ("<rss><channel/></rss>", "is XML, but no sitemap: its root element is <rss>."),
        (urlset(A)[:-12], "is not well-formed XML: "),
        (urlset("https://library.example/?a=1&b=2"), "is not well-formed XML: "),
        ('{"urls": []}', "is neither XML nor a list with one address a line."),
        (b"\x89PNG\r\n\x1a\n", "is neither XML nor a list with one address a line."),
        ("x" * 200_000, "is neither XML nor a list with one address a line."),
        (b"\x1f\x8bnot really", "is damaged gzip"),
        (packed(urlset(A))[:-12], "is gzip that ends too early."),
        (
            '<?xml version="1.0" encoding="big5"?><urlset/>',
            "cannot be read: multi-byte encodings are not supported.",
        ),
        (f'<?xml version="1.0" encoding="x"?>{urlset(A)}', "cannot be read: unknown encoding: x."),
        ("<urlset>" + "<a>" * 160_000, "has elements more than 50 deep in each other."),
    ],
)
def test_what_is_no_sitemap_says_what_it_is_instead(body, words):
    assert fault(body).startswith(words)


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE urlset [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE urlset [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>',
        '<!DOCTYPE urlset SYSTEM "http://127.0.0.1/evil.dtd">',
        '<!DOCTYPE urlset [<!ENTITY % p SYSTEM "http://127.0.0.1/p">%p;]>',
    ],
)
def test_a_document_type_and_with_it_every_entity_is_refused(declared):
    assert fault(urlset(A).replace("<urlset", f"{declared}<urlset")).startswith(
        "has a document type declaration, which is refused"
    )


def test_more_entries_than_the_protocol_allows_are_refused_with_the_way_out():
    assert len(urls(urlset(*[A] * 50_000))) == 50_000
    words = "has more than 50,000 entries, which is the protocol's limit; split it into several"
    assert fault(urlset(*[A] * 50_001)).startswith(words)
    assert fault(f"{A}\n" * 50_001).startswith(words)


@pytest.mark.parametrize("level", [0, 9], ids=["as large as it is", "packed 1000 times"])
def test_a_bomb_ends_at_the_protocols_size_and_is_never_held_whole(level):
    packer = zlib.compressobj(level, wbits=31)
    body = packer.compress(b"<urlset>")
    body += b"".join(packer.compress(b" " * 1024 * 1024) for _ in range(60 if level == 0 else 300))
    body += packer.flush()
    tracemalloc.start()
    try:
        words = fault(body)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert words.startswith("is larger than 50 MB, which is the protocol's limit;")
    assert peak < 2 * 1024 * 1024


@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_give_entries_or_a_sitemap_error(body, is_packed):
    with suppress(SitemapError):
        assert isinstance(read(gzip.compress(body) if is_packed else body), list)


@given(st.lists(st.from_regex(r"https://[a-z]{1,9}\.fi/[a-z0-9/?=]{0,20}", fullmatch=True)))
def test_what_is_written_is_read_in_every_form(written):
    text = urlset(*written)
    assert urls(text) == urls(packed(text)) == written
    if written:
        assert urls("\n".join(written)) == written
