"""What every page has, and in which language."""

from html.parser import HTMLParser

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from service import languages

SERVICE = languages.LOCALES.parents[1]
FOLDERS = (SERVICE / "web", SERVICE / "reports")
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2.ext.babel_extract")]
OPTIONS = {"templates/**.html": {"silent": "false", "trimmed": "true"}}


# `_` is what templates call; Python code says `say(request, text)`.
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "say": (2,)}


def source_messages():
    return {
        message
        for folder in FOLDERS
        for _, _, message, _, _ in extract_from_dir(folder, METHODS, OPTIONS, keywords=KEYWORDS)
    }


@pytest.mark.parametrize("language", ["fi", "sv"])
def test_every_text_has_a_translation_that_nobody_doubts(language):
    with languages.po_file(language).open("rb") as file:
        catalogue = read_po(file, locale=language)
    messages = source_messages()
    assert "Skip to content" in messages
    assert "Not found" in messages
    missing = [m for m in messages if m not in catalogue or not catalogue[m].string]
    assert missing == []
    assert [each.id for each in catalogue if each.id and each.fuzzy] == []
    assert [each.id for each in catalogue if each.id and each.id not in messages] == []
    assert [error for each in catalogue for error in each.check(catalogue)] == []


class Outline(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags = []
        self.ids = []
        self.links = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.tags.append((tag, values))
        if "id" in values:
            self.ids.append(values["id"])
        if tag == "a":
            self.links.append(values["href"])

    def count(self, tag):
        return sum(1 for name, _ in self.tags if name == tag)


@pytest.mark.parametrize("path", ["/sign-in", "/sign-in/abc", "/docs"])
def test_a_page_has_one_heading_a_language_and_a_way_past_the_header(client, path):
    page = Outline(client.get(path).text)
    assert page.count("h1") == page.count("main") == 1
    assert page.tags[0] == ("html", {"lang": "en"})
    assert page.links[0] == "#main"
    assert len(page.ids) == len(set(page.ids))
    assert [link for link in page.links if link[:1] == "#" and link[1:] not in page.ids] == []
    assert not any("style" in values or "onclick" in values for _, values in page.tags)


@pytest.mark.parametrize(
    ("query", "cookie", "accept", "language"),
    [
        ("", None, "", "en"),
        ("", None, "fi", "fi"),
        ("", None, "sv-FI,fi;q=0.8", "sv"),
        ("", None, "de, fi;q=0.5, sv;q=0.9", "sv"),
        ("", None, "de,fr", "en"),
        ("", None, ";;;q=x, *", "en"),
        ("", None, "fi;q=0, sv;q=0.1", "sv"),
        ("", "fi", "sv", "fi"),
        ("", "xx", "sv", "sv"),
        ("?lang=sv", "fi", "en", "sv"),
        ("?lang=xx", "fi", "en", "fi"),
    ],
)
def test_the_language_is_the_reader_s_choice(client, query, cookie, accept, language):
    headers = {"Accept-Language": accept}
    if cookie:
        headers["Cookie"] = f"luiska_lang={cookie}"
    answer = client.get(f"/sign-in{query}", headers=headers)
    assert answer.headers["Content-Language"] == language
    assert f'<html lang="{language}">' in answer.text


def test_a_language_once_chosen_is_remembered(client):
    assert "Kirjaudu sisään" in client.get("/sign-in?lang=fi").text
    assert "Kirjaudu sisään" in client.get("/sign-in").text


def test_what_people_wrote_is_escaped(client, owner, make_token):
    client.post("/api/v1/projects", headers=owner, json={"name": "<script>alert(1)</script>"})
    token = owner["Authorization"].removeprefix("Bearer ")
    client.post("/sign-in", headers={"Sec-Fetch-Site": "same-origin"}, data={"token": token})
    page = client.get("/").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script" not in page
