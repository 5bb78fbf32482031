"""Signing in with a browser: by link, by token, by keyboard."""

import pytest
from own_browser import LEDGER, leaving, press, resize
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys


def path_of(browser, service):
    assert browser.current_url.startswith(service.address)
    return browser.current_url.removeprefix(service.address)


def type_keys(browser, *keys):
    browser.switch_to.active_element.send_keys(*keys)


def test_a_link_leads_on_to_the_page_it_names(browser, service, new_link):
    browser.get(new_link(LEDGER))
    press(browser)
    assert path_of(browser, service) == LEDGER
    assert browser.find_element(By.TAG_NAME, "h1").text == "Barriers of Suvannon arkisto"


@pytest.mark.parametrize("following", [None, "https://evil.example/", "//evil.example/"])
def test_a_link_never_leads_to_another_site(browser, service, new_link, following):
    browser.get(new_link(following))
    press(browser)
    assert path_of(browser, service) == "/"


def test_a_used_link_leads_by_a_token_to_the_same_page(browser, service, new_link):
    link = new_link(LEDGER)
    browser.get(link)
    press(browser)
    browser.delete_all_cookies()
    browser.get(link)
    press(browser)
    assert "used already" in browser.find_element(By.CSS_SELECTOR, "[role=alert]").text
    with leaving(browser):
        browser.find_element(By.ID, "token").send_keys(service.token, Keys.ENTER)
    assert path_of(browser, service) == LEDGER


def test_the_sessions_cookie_is_out_of_every_scripts_and_other_sites_reach(signed_in):
    (cookie,) = [each for each in signed_in.get_cookies() if each["name"] == "luiska_session"]
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Lax", "/")
    assert "luiska_session" not in signed_in.execute_script("return document.cookie")


def test_somebody_signs_in_reads_the_ledger_and_signs_out_by_keyboard_alone(browser, service):
    browser.get(service.address + LEDGER)
    assert path_of(browser, service).startswith("/sign-in?next=")
    type_keys(browser, Keys.TAB)
    assert browser.switch_to.active_element.text == "Skip to content"
    type_keys(browser, Keys.ENTER)
    type_keys(browser, Keys.TAB)
    assert browser.switch_to.active_element.get_attribute("id") == "token"
    with leaving(browser):
        type_keys(browser, "luiska_wrong", Keys.ENTER)
    # What went wrong has the focus, and leads to where.
    assert browser.switch_to.active_element.get_attribute("id") == "refusal"
    assert browser.title.startswith("Error: ")
    type_keys(browser, Keys.TAB)
    type_keys(browser, Keys.ENTER)
    field = browser.switch_to.active_element
    assert (field.get_attribute("id"), field.get_attribute("aria-invalid")) == ("token", "true")
    field.send_keys(service.token)
    field.send_keys(Keys.TAB)
    assert browser.switch_to.active_element.text == "Sign in"
    with leaving(browser):
        type_keys(browser, Keys.SPACE)
    assert path_of(browser, service) == LEDGER
    type_keys(browser, Keys.TAB)
    type_keys(browser, Keys.ENTER)
    assert browser.execute_script("return document.activeElement.id") == "main"
    type_keys(browser, Keys.TAB)
    assert browser.switch_to.active_element.get_attribute("class") == "scroll"
    with leaving(browser):
        browser.find_element(By.CSS_SELECTOR, ".top button").send_keys(Keys.ENTER)
    assert path_of(browser, service) == "/sign-in"
    browser.get(service.address + LEDGER)
    assert path_of(browser, service).startswith("/sign-in?next=")


def test_a_narrow_ledger_scrolls_its_table_by_keyboard(signed_in, service):
    resize(signed_in, 320)
    signed_in.get(service.address + LEDGER)
    region = signed_in.find_element(By.CSS_SELECTOR, ".scroll")
    region.send_keys(Keys.ARROW_RIGHT * 5)
    moved = "return new Promise(done => setTimeout(() => done(arguments[0].scrollLeft), 500))"
    assert signed_in.execute_script(moved, region) > 0
