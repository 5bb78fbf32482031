"""Every page with the keyboard alone: where focus goes, in which order, and that it shows."""

import pytest
from own_browser import DOOR, LEDGER, LIVE, SCAN, SCANS, STUDIES, STUDY, address, emulate, resize
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

OPEN_PAGES = ("/sign-in", "/sign-in/some-code", "/nothing/here")
PAGES = (*OPEN_PAGES, "/", LEDGER, SCANS, SCAN, STUDIES, STUDY, DOOR, LIVE)
MOST_STOPS = 90

# The focused element: what it is, where it stands in the document, whether it is in view and on
# top there, and the outline that shows its focus.
STOP = """
const all = [...document.querySelectorAll('*')];
const element = document.activeElement;
const box = element.getBoundingClientRect();
const style = getComputedStyle(element);
const x = Math.max(0, Math.min(box.left + box.width / 2, innerWidth - 1));
const y = Math.max(0, Math.min(box.top + Math.min(box.height, 40) / 2, innerHeight - 1));
const top = document.elementFromPoint(x, y);
return {
  name: element.tagName.toLowerCase() + (element.id ? '#' + element.id : ''),
  place: all.indexOf(element),
  inView: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  onTop: element.contains(top) || top.contains(element),
  outline: style.outlineStyle === 'none' ? 0 : parseFloat(style.outlineWidth),
};
"""
FOCUSABLE = """
return [...document.querySelectorAll(
  'a[href], button, input, select, textarea, summary, [tabindex="0"]')]
  .filter(element => element.type !== 'hidden' && element.tabIndex >= 0)
  .filter(element => element.checkVisibility())
  .filter((element, place, all) => element.type !== 'radio' || element === stopOf(element, all))
  .length;
// Radio buttons are one stop: the one that is chosen, or else the first.
function stopOf(radio, all) {
  const group = all.filter(each => each.type === 'radio' && each.name === radio.name
    && each.form === radio.form);
  return group.find(each => each.checked) || group[0];
}
"""


def walk(browser):
    """Every stop of the Tab key from the top of the page until focus leaves it."""
    stops = []
    body = browser.find_element(By.TAG_NAME, "body")
    body.send_keys(Keys.TAB)
    for _ in range(MOST_STOPS):
        stop = browser.execute_script(STOP)
        if stop["name"] == "body" or (stops and stop["place"] == stops[0]["place"]):
            return stops
        stops.append(stop)
        browser.switch_to.active_element.send_keys(Keys.TAB)
    raise AssertionError(f"focus did not leave the page after {MOST_STOPS} stops: {stops}")


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("page", PAGES)
def test_focus_reaches_everything_in_the_order_of_the_page_and_always_shows(
    signed_in, service, page, width
):
    resize(signed_in, width)
    signed_in.get(address(service, page))
    stops = walk(signed_in)
    assert len(stops) == signed_in.execute_script(FOCUSABLE)
    assert [stop["place"] for stop in stops] == sorted(stop["place"] for stop in stops)
    hidden = [
        stop for stop in stops if stop["outline"] < 2 or not (stop["inView"] and stop["onTop"])
    ]
    assert hidden == []


@pytest.mark.parametrize("page", [*PAGES, "/docs"])
def test_the_first_stop_is_a_visible_skip_link_that_moves_focus_into_the_content(
    signed_in, service, page
):
    signed_in.get(address(service, page))
    assert signed_in.find_element(By.CSS_SELECTOR, ".skip").rect["x"] < -1000
    signed_in.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    link = signed_in.switch_to.active_element
    assert (link.text, link.rect["x"]) == ("Skip to content", 0)
    link.send_keys(Keys.ENTER)
    assert signed_in.execute_script("return document.activeElement.id") == "main"


def test_focus_shows_in_dark_colours_too(signed_in, service):
    emulate(signed_in, prefers_color_scheme="dark")
    signed_in.get(service.address + LEDGER)
    assert (
        signed_in.execute_script("return getComputedStyle(document.body).backgroundColor")
        == "rgb(18, 23, 28)"
    )
    signed_in.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    assert (
        signed_in.execute_script("return getComputedStyle(document.activeElement).outlineColor")
        == "rgb(255, 213, 74)"
    )
