"""Whatever stands on a page, every report stays what it is, and says nothing that the page said."""

import csv
import io
import json
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from report_case import AWKWARD, FORMULA, instance, judged, page, scan

from service.barriers.gate.values import Verdict
from service.reports import FORMATS, Report

# Also halves of characters, which a page's script can make.
TEXTS = st.text(st.characters(exclude_categories=()), max_size=60) | st.sampled_from(
    [AWKWARD, FORMULA, "</pre><img src=x onerror=alert(1)>", "[a](http://evil.example)", "@all #1"]
)
MARKDOWN = MarkdownIt("commonmark").enable("table")


def report_with(text: str) -> Report:
    """A failed gate on one page where every text of the page, and of people, is this one."""
    shown = judged(
        "link-name",
        instance("/", text, html=text, message=text, page_state=text, instance_key=text),
        title=text,
        breaks=True,
        because=(text,),
    )
    verdict = Verdict(
        verdict="fail", new=(shown,), expected=1, examined=1, reasons=(text,), remarks=(text,)
    )
    return Report(scan=scan(page("/", title=text)), verdict=verdict)


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.seen.append((tag, values.get("href", values.get("src"))))


def shape(text: str) -> list[tuple[str, str | None]]:
    return Tags(text).seen


@given(TEXTS)
@example(AWKWARD)
@settings(max_examples=60)
def test_no_text_of_a_page_changes_what_a_report_is(text):
    report = report_with(text)
    told = {name: render(report) for name, render in FORMATS.items()}
    for written in told.values():
        assert written.encode("utf-8")
    for name in ("json", "sarif", "codequality", "gitlab-a11y"):
        assert json.loads(told[name])
    assert len(ET.fromstring(told["junit"]).findall("testsuite/testcase/failure")) == 1
    lines = list(csv.DictReader(io.StringIO(told["csv"].removeprefix("\ufeff"), newline="")))
    assert [line["standing"] for line in lines] == ["new"]
    assert not lines[0]["selector"].startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    # `p`, not nothing: an empty state of the page has no line of its own.
    assert shape(told["html"]) == shape(FORMATS["html"](report_with("p" if text else "")))


@given(TEXTS)
@example(AWKWARD)
@settings(max_examples=60)
def test_no_text_of_a_page_becomes_markup_a_mention_or_a_link_of_the_summary(text):
    seen = shape(MARKDOWN.render(FORMATS["md"](report_with(text))))
    assert {tag for tag, _ in seen} <= {
        "h2", "h3", "p", "table", "thead", "tbody", "tr", "th", "td", "details", "summary",
        "ul", "ol", "li", "blockquote", "strong", "code", "a",
    }  # fmt: skip
    assert [target for tag, target in seen if tag == "a"] == ["https://rules.example/link-name"]
