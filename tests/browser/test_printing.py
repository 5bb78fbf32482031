"""Our own documents as PDF, read back by a reader that had no part in making them."""

import io
from collections import Counter

import pytest
from cif_case import cif_document
from local_site import LocalSite
from pypdf import PdfReader

from service.browser import BrowserOptions, MissingPart, NotPrinted, print_pdf
from service.config import Settings
from service.reports.cif.html import render
from service.scans import browser_options


@pytest.fixture(scope="module")
def read():
    content = print_pdf(render(cif_document("fi")), browser_options(Settings()))
    return PdfReader(io.BytesIO(content))


def elements(node):
    """Every structure element of the tree, with what it says of itself."""
    node = node.get_object()
    for child in node if isinstance(node, list) else [node]:
        child = child.get_object()
        if isinstance(child, dict):
            if "/S" in child:
                yield child
            if "/K" in child:
                yield from elements(child["/K"])


def titles(outline):
    for each in outline:
        if isinstance(each, list):
            yield from titles(each)
        else:
            yield each.title


def test_it_is_tagged_and_knows_its_title_and_language(read):
    root = read.trailer["/Root"]
    assert bool(root["/MarkInfo"]["/Marked"])
    assert root["/Lang"] == "fi"
    assert bool(root["/ViewerPreferences"]["/DisplayDocTitle"])
    assert read.metadata.title == "Käytettävyystestin raportti: Haku & varaus <1> – Luiska"


def test_its_headings_are_its_outline(read):
    told = list(titles(read.outline))
    assert told[0] == "Käytettävyystestin raportti: Haku & varaus <1>"
    chapters = ["Tiivistelmä", "Johdanto", "Menetelmä", "Tulokset", "Liitteet"]
    assert [each for each in told if each in chapters] == chapters


def test_tables_have_heads_and_pictures_have_their_finding_in_words(read):
    found = list(elements(read.trailer["/Root"]["/StructTreeRoot"]))
    kinds = Counter(each["/S"] for each in found)
    assert kinds["/H1"] == 1
    assert kinds["/Table"] == 13
    assert min(kinds["/TH"], kinds["/TR"], kinds["/Caption"]) >= kinds["/Table"]
    words = [str(each["/Alt"]) for each in found if "/Alt" in each]
    assert [each.partition(".")[0] for each in words] == [
        "Ongelmat osallistujittain",
        "Tehtävien tulokset osallistujittain",
        "Suoritukset ilman apua ja luottamusvälit (95 %)",
    ]


def test_it_is_several_pages_of_words_on_a4(read):
    assert [round(float(side)) for side in read.pages[0].mediabox[2:]] in ([595, 842], [596, 842])
    assert "Haku & varaus <1>" in read.pages[0].extract_text()
    assert any("#ongelma-1" in page.extract_text() for page in read.pages)


def test_without_a_browser_nothing_is_printed(tmp_path):
    options = BrowserOptions(axe_path=tmp_path, chromium=str(tmp_path / "none"))
    with pytest.raises(MissingPart):
        print_pdf("<p>x", options)


def test_a_grid_that_is_not_there_is_told(tmp_path):
    options = BrowserOptions(axe_path=tmp_path, grid_url="http://127.0.0.1:9")
    with pytest.raises(NotPrinted):
        print_pdf("<p>x", options)


class Asked(LocalSite):
    """Remembers what it was asked for."""

    def __init__(self):
        super().__init__({"/style.css": ""})
        self.paths = []

    def _answer(self, request):
        self.paths.append(request.path)
        super()._answer(request)


def test_what_a_document_asks_for_is_not_fetched():
    with Asked() as site:
        address = site.url("/style.css")
        html = f'<html lang="en"><title>t</title><link rel="stylesheet" href="{address}"><p>x'
        assert print_pdf(html, browser_options(Settings())).startswith(b"%PDF")
        assert site.paths == []


def test_a_picture_that_cannot_be_shown_is_no_blank_on_paper():
    with pytest.raises(NotPrinted, match="a picture of the document cannot be shown"):
        print_pdf('<p>x<img src="data:image/png;base64,eA==" alt="x">', browser_options(Settings()))
