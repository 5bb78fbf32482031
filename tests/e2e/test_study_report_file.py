"""The Common Industry Format report in a real browser: whole, and fit for everybody."""

import pytest
from cif_case import cif_document
from local_site import LocalSite
from own_browser import emulate, resize
from selenium.webdriver.common.by import By
from visiting import AXE, TAGS

from service.reports.cif.html import render

RUN_AXE = """
const done = arguments[1];
axe.run(document, {runOnly: arguments[0]}).then(
  (found) => done(found.violations.map((rule) => [rule.id, rule.nodes.map((n) => n.html)])));
"""


@pytest.fixture(scope="module")
def site():
    pages = {f"/{language}.html": render(cif_document(language)) for language in ("en", "fi", "sv")}
    pages["/many.html"] = render(cif_document("fi", people=60))
    with LocalSite(pages) as site:
        yield site


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(browser, site, colours, width):
    emulate(browser, prefers_color_scheme=colours)
    resize(browser, width)
    found, widths = {}, {}
    for name in ("en", "fi", "many"):
        browser.get(site.url(f"/{name}.html"))
        widths[name] = browser.execute_script("return document.scrollingElement.scrollWidth")
        browser.execute_script(AXE.read_text(encoding="utf-8"))
        found[name] = browser.execute_async_script(RUN_AXE, list(TAGS))
    assert {name: told for name, told in found.items() if told} == {}
    assert {name: each for name, each in widths.items() if each > width} == {}


def test_its_own_policy_lets_its_style_and_pictures_in_and_nothing_else_is_asked(browser, site):
    browser.get(site.url("/sv.html"))
    pictures = browser.find_elements(By.CSS_SELECTOR, "img")
    assert len(pictures) == 3
    loaded = "return [...document.images].every((each) => each.naturalWidth > 100)"
    assert browser.execute_script(loaded)
    style = "return getComputedStyle(document.querySelector('.cover')).borderTopStyle"
    assert browser.execute_script(style) == "solid"
    assert [each for each in browser.get_log("browser") if each["level"] != "DEBUG"] == []
