"""A plain Chromium to meet our own pages with, and what a person does in it."""

from collections.abc import Iterator
from contextlib import contextmanager

from program import Served
from selenium.common.exceptions import WebDriverException
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from service.browser import find_browser
from service.cli.client import ServerClient
from service.config import Settings

LEDGER = "/projects/suvanto/barriers"
SCANS = "/projects/suvanto/scans"
SCAN = "/projects/suvanto/scans/latest"
STUDIES = "/projects/suvanto/studies"
STUDY = f"{STUDIES}/STUDY"
RESULTS = f"{STUDY}/results"
PERSON = f"{STUDY}/participants/PERSON"
ERASURE = f"{PERSON}/erasure"
DOOR = f"{STUDY}/sessions/SESSION"
LIVE = f"{DOOR}?as=moderator"
ANSWERS = f"{DOOR}/questionnaires"


@contextmanager
def chromium() -> Iterator[Chrome]:
    settings = Settings()
    found = find_browser(settings.chromium, settings.chromedriver)
    options = ChromeOptions()
    options.binary_location = found.chromium
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(flag)
    driver = Chrome(options=options, service=Service(found.chromedriver))
    try:
        yield driver
    finally:
        driver.quit()


def resize(browser: Chrome, width: int, height: int = 800) -> None:
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
    )


def emulate(browser: Chrome, **features: str) -> None:
    """Media features; motion is reduced, so that nothing is looked at half-way."""
    told = {"prefers-reduced-motion": "reduce"} | {
        name.replace("_", "-"): value for name, value in features.items()
    }
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia",
        {"features": [{"name": name, "value": value} for name, value in told.items()]},
    )


def address(served: Served, page: str) -> str:
    """The address of a page; STUDY, SESSION and PERSON in it stand for the demo's first ones."""
    if "STUDY" in page:
        with ServerClient(served.address, served.token) as client:
            study = client.get("/projects/suvanto/studies")["items"][0]["id"]
            session = client.get(f"/studies/{study}/sessions")["items"][0]
        page = page.replace("STUDY", study).replace("SESSION", session["id"])
        page = page.replace("PERSON", session["participant_id"])
    return served.address + page


# A complete page may be one frame away from what `autofocus` names.
DRAWN = """
return window.isLeft === undefined && document.readyState === 'complete'
  && new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0, true)));
"""


@contextmanager
def leaving(browser: Chrome) -> Iterator[None]:
    """What is done inside leads to another page; afterwards that page is there, as it is drawn."""
    browser.execute_script("window.isLeft = false")
    yield
    # Between two documents any question may fail; only the answer of the next one counts.
    WebDriverWait(browser, 10, ignored_exceptions=(WebDriverException,)).until(
        lambda _: browser.execute_script(DRAWN)
    )


def press(browser: Chrome) -> None:
    """Press the one button of the sign-in link's page."""
    with leaving(browser):
        browser.find_element(By.CSS_SELECTOR, "main button").click()
