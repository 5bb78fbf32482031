"""The HTML report in a real browser: it passes our own checks and needs nothing but itself."""

from dataclasses import replace

import pytest
from local_site import LocalSite
from own_browser import emulate, resize
from report_case import awkward_report, footer_report, unjudged_report
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait
from visiting import AXE, TAGS

from service.browser import Fleet, PageError, Viewport, VisitRequest
from service.config import Settings
from service.reports import FORMATS
from service.scans import browser_options
from service.scans.storing import read_outcome

RUN_AXE = """
const done = arguments[1];
axe.run(document, {runOnly: arguments[0]}).then(
  (found) => done(found.violations.map((rule) => [rule.id, rule.nodes.map((n) => n.html)])));
"""
REPORTS = {"judged": awkward_report, "plain": unjudged_report, "footer": footer_report}


@pytest.fixture(scope="module")
def site():
    pages = {
        f"/{name}.{language}.html": FORMATS["html"](replace(make(), language=language))
        for name, make in REPORTS.items()
        for language in ("en", "fi", "sv")
    }
    with LocalSite(pages) as site:
        yield site


@pytest.fixture
def report(browser, site):
    """Opens a report by its name and language."""

    def open_report(name: str = "judged", language: str = "en", width: int = 1280):
        resize(browser, width)
        browser.get(site.url(f"/{name}.{language}.html"))
        return browser

    return open_report


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_in_any_language(report, browser, colours, width):
    emulate(browser, prefers_color_scheme=colours)
    found = {}
    for name, language in [("judged", "en"), ("judged", "fi"), ("plain", "sv"), ("footer", "en")]:
        report(name, language, width)
        browser.execute_script(AXE.read_text(encoding="utf-8"))
        found[name, language] = browser.execute_async_script(RUN_AXE, list(TAGS))
    assert {case: told for case, told in found.items() if told} == {}


def test_a_scan_of_the_report_finds_nothing(site):
    settings = Settings().model_copy(update={"lanes": 1})
    with Fleet(browser_options(settings)) as fleet:
        for width in (1280, 320):
            request = VisitRequest(
                url=site.url("/judged.en.html"),
                viewport=Viewport(width=width, height=800),
                axe_tags=TAGS,
                allowed_hosts=frozenset({site.host}),
                deadline_s=60,
            )
            reading = read_outcome(fleet.visit(request), "wcag22aa")
            assert not isinstance(reading, PageError)
            failed = [each for each in reading.findings if each.outcome == "failed"]
            assert failed == []


def test_it_asks_nobody_for_anything_and_its_own_policy_lets_its_style_and_pictures_in(report):
    browser = report()
    asked = browser.execute_script(
        "return performance.getEntriesByType('resource').map((each) => each.name)"
        ".filter((name) => !name.startsWith('data:'))"
    )
    assert asked == []
    assert browser.execute_script("return document.images[0].naturalWidth") == 1
    style = "return getComputedStyle(document.querySelector('.barrier')).borderTopStyle"
    assert browser.execute_script(style) == "solid"
    assert [each for each in browser.get_log("browser") if each["level"] != "DEBUG"] == []


def test_a_script_in_a_page_s_text_stays_a_text(report):
    browser = report()
    assert browser.find_elements(By.CSS_SELECTOR, "script") == []
    assert "<script>alert('x')</script>" in browser.find_element(By.CSS_SELECTOR, "pre").text


@pytest.mark.parametrize("language", ["en", "fi", "sv"])
def test_nothing_scrolls_sideways_at_320_pixels(report, language):
    for name in REPORTS:
        browser = report(name, language, 320)
        # What a vertical scroll bar takes makes it less.
        assert browser.execute_script("return document.scrollingElement.scrollWidth") <= 320


def test_it_works_by_keyboard(report):
    browser = report("footer")
    browser.switch_to.active_element.send_keys(Keys.TAB)
    skip = browser.switch_to.active_element
    assert skip.get_attribute("class") == "skip"
    assert skip.rect["x"] >= 0
    skip.send_keys(Keys.ENTER)
    assert browser.switch_to.active_element.get_attribute("id") == "main"
    summary = browser.find_element(By.CSS_SELECTOR, "details > summary")
    summary.send_keys(Keys.ENTER)
    assert browser.find_element(By.CSS_SELECTOR, "details li").is_displayed()
    assert len(browser.find_elements(By.CSS_SELECTOR, "details li")) == 50
    assert "Pages left out here: 525." in browser.find_element(By.TAG_NAME, "main").text


def test_on_paper_folded_parts_are_open_and_what_only_a_screen_needs_is_gone(report):
    browser = report("footer")
    pages = (
        "return document.querySelector('details ul').checkVisibility({contentVisibilityAuto: true})"
    )
    folded = browser.execute_script(pages)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        # The browser tells its page a moment later.
        on_paper = WebDriverWait(browser, 10).until(lambda _: browser.execute_script(pages))
        navigation = browser.find_element(By.TAG_NAME, "nav").is_displayed()
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert (folded, on_paper, navigation) == (False, True, False)
