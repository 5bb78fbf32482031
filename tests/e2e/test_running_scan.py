"""A running scan's page: it renews itself, says little, and works without scripts."""

import time
from urllib.parse import urlsplit

import pytest
from own_browser import SCANS
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from service.cli.client import ServerClient

HEARD = """
window.heard = [];
new MutationObserver(() => heard.push(document.getElementById('scan-status').textContent.trim()))
  .observe(document.getElementById('scan-status'), {childList: true, subtree: true});
"""


@pytest.fixture
def client(service):
    with ServerClient(service.address, service.token) as client:
        yield client


@pytest.fixture
def scan(client):
    """The id of a scan that ends two pages and then waits for one that never ends."""
    first = client.get("/projects/suvanto/scans")["items"][-1]["id"]
    parts = urlsplit(client.get(f"/scans/{first}/pages")["items"][0]["url"])
    origin = f"{parts.scheme}://{parts.netloc}"
    urls = [origin + path for path in ("/never", "/fi/ohje.html", "/en/home.html")]
    scan_id = client.post("/projects/suvanto/scans", {"urls": urls})["id"]
    yield scan_id
    if client.get(f"/scans/{scan_id}")["state"] == "running":
        client.post(f"/scans/{scan_id}/cancel", {})


def rows(browser) -> int:
    return len(browser.find_elements(By.CSS_SELECTOR, "#scan-log tr"))


def bar(browser) -> str:
    # In one step: between finding it and asking it, it may have been renewed.
    return browser.execute_script(
        "return document.getElementById('scan-progress').getAttribute('value')"
    )


def test_it_renews_itself_without_a_reload_and_speaks_only_of_the_end(
    signed_in, service, client, scan
):
    signed_in.get(f"{service.address}{SCANS}/{scan}")
    opened = time.monotonic()
    signed_in.execute_script(HEARD)
    region = signed_in.find_element(By.CSS_SELECTOR, ".scroll")
    signed_in.execute_script("arguments[0].focus()", region)
    WebDriverWait(signed_in, 60).until(lambda browser: (rows(browser), bar(browser)) == (2, "2"))
    client.post(f"/scans/{scan}/cancel", {})
    WebDriverWait(signed_in, 60).until(lambda browser: (rows(browser), bar(browser)) == (3, "2"))
    heard = signed_in.execute_script("return window.heard")
    assert heard[-1] == "Cancelled. 2 of 3 pages have ended." == status(signed_in)
    # At most one word each quarter of a minute before it, however many pages ended.
    assert len(heard) <= 1 + (time.monotonic() - opened) // 15
    assert signed_in.find_elements(By.ID, "scan-reload") == []
    assert signed_in.switch_to.active_element == region


def test_a_page_that_cannot_be_renewed_keeps_its_way_to_the_newest_numbers(
    signed_in, service, client, scan
):
    signed_in.get(f"{service.address}{SCANS}/{scan}")
    WebDriverWait(signed_in, 60).until(lambda browser: rows(browser) == 2)
    # As after a sign-out in another tab.
    signed_in.execute_script(
        "window.asked = 0; window.fetch = async () => { asked += 1; return "
        "{ ok: true, redirected: true, text: async () => '<h1>Sign in</h1>' } }"
    )
    client.post(f"/scans/{scan}/cancel", {})
    WebDriverWait(signed_in, 60).until(lambda browser: browser.execute_script("return asked > 1"))
    assert "Running" in status(signed_in)
    assert len(signed_in.find_elements(By.ID, "scan-reload")) == 1


def test_without_scripts_a_link_loads_the_newest_numbers(signed_in, service, client, scan):
    signed_in.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        signed_in.get(f"{service.address}{SCANS}/{scan}")
        client.post(f"/scans/{scan}/cancel", {})
        assert "Waiting" in status(signed_in) or "Running" in status(signed_in)
        signed_in.find_element(By.LINK_TEXT, "Reload").click()
        WebDriverWait(signed_in, 20).until(lambda browser: "Cancelled" in status(browser))
    finally:
        signed_in.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def status(browser) -> str:
    return browser.find_element(By.ID, "scan-sentence").text
