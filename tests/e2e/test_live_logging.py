"""A session is logged live: by several people, through lost connections, reloads and restarts."""

import os
import random
from collections import Counter

import httpx
import pytest
from live_session import CONSENT, NoteTaker, open_room, station_in
from own_browser import chromium, resize
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from service.cli.client import ServerClient

# The long form is what the page is held to; the short one finds what is broken at once.
EVENTS = 200 if os.environ.get("LUISKA_TORTURE") else 10


@pytest.fixture(scope="module")
def station(tmp_path_factory):
    with station_in(tmp_path_factory.mktemp("station")) as station:
        yield station


@pytest.fixture
def room(station):
    return open_room(station)


@pytest.fixture(scope="module")
def browsers():
    with chromium() as one, chromium() as two, chromium() as three:
        yield one, two, three


@pytest.fixture
def taker(station, browsers, room):
    """The moderator alone, who is in the room."""
    station.sign_in(browsers[0], "MK")
    taker = NoteTaker(browsers[0], room, "moderator")
    taker.come_in()
    return taker


@pytest.fixture
def people(station, browsers, room):
    """A moderator and two observers, who are in the room."""
    taken = []
    for browser, name, who in zip(
        browsers, ("MK", "AL", "TS"), ("moderator", "observer", "observer"), strict=True
    ):
        station.sign_in(browser, name)
        taker = NoteTaker(browser, room, who)
        taker.come_in()
        taken.append(taker)
    return taken


def test_three_people_log_a_session_through_a_lost_connection_and_a_restart(station, room, people):
    moderator, first, second = people
    moderator.note("@/haku")
    # By keyboard: a click may meet the page while it scrolls there.
    moderator.browser.find_element(By.CSS_SELECTOR, "[data-start='1']").send_keys(Keys.ENTER)
    moderator.until_saved()
    first.note("X !3 P: ei löydä hakua #haku")
    second.until_shown(3)
    first.lose_connection()
    first.note("C katkos 1")
    first.note("C katkos 2")
    assert "No connection" in first.said() or "Saving" in first.said()
    second.note("D sama #haku")
    moderator.until_shown(4)
    assert first.shown()[-2:] == ["C katkos 1", "C katkos 2"]
    first.lose_connection(False)
    first.until_saved()
    station.kill()
    second.note("V ilman palvelinta")
    station.start()
    second.until_saved()
    moderator.browser.find_element(By.ID, "outcome-1").send_keys(Keys.ARROW_DOWN)
    moderator.browser.find_element(By.CSS_SELECTOR, "[data-end='1']").send_keys(Keys.ENTER)
    for taker in people:
        taker.until_saved()
        taker.until_shown(8)
    stored = room.stored()
    assert [each["raw"].strip() for each in stored] == [
        "@/haku",
        "T1 >",
        "X !3 P: ei löydä hakua #haku",
        "D sama #haku",
        "C katkos 1",
        "C katkos 2",
        "V ilman palvelinta",
        "T1 = unassisted",
    ]
    assert [each["written_by"] for each in stored] == [
        "MK", "MK", "AL", "TS", "AL", "AL", "TS", "MK",
    ]  # fmt: skip
    # A note happened when it was typed, not when it arrived.
    assert stored[4]["offset_ms"] <= stored[3]["offset_ms"]
    assert [stored[3]["refers_to_id"], stored[3]["task"]] == [stored[2]["id"], 1]
    assert [taker.shown() for taker in people] == [[e["raw"].strip() for e in stored]] * 3


def test_a_line_is_edited_as_a_new_version_that_the_others_see(room, people):
    moderator, observer, _ = people
    observer.note("X ei loydä")
    moderator.until_shown(1)
    button = moderator.browser.find_element(By.CSS_SELECTOR, "#log .edit-this")
    moderator.browser.execute_script("arguments[0].focus()", button)
    button.send_keys(Keys.ENTER)
    words = moderator.browser.switch_to.active_element
    words.clear()
    words.send_keys("ei löydä", Keys.TAB, Keys.TAB, "m")
    moderator.browser.find_element(By.CSS_SELECTOR, ".edit [type=submit]").send_keys(Keys.ENTER)
    observer._until(lambda: observer.shown() == ["ei löydä"])
    [stored] = room.stored()
    assert (stored["raw"], stored["text"], stored["version"]) == ("X ei loydä", "ei löydä", 2)
    assert moderator.browser.switch_to.active_element == button


def test_the_page_works_by_keyboard_alone(room, taker):
    line = taker.browser.find_element(By.ID, "line")
    taker.browser.execute_script("arguments[0].focus()", line)
    active = lambda: taker.browser.switch_to.active_element  # noqa: E731
    active().send_keys("nappi puuttuu", Keys.ESCAPE)
    assert active().get_attribute("data-letter") == "X"
    active().send_keys(Keys.ARROW_RIGHT)
    assert active().get_attribute("data-letter") == "D"
    active().send_keys("x")
    assert (active(), line.get_attribute("value")) == (line, "X nappi puuttuu")
    line.send_keys(Keys.ESCAPE)
    active().send_keys("?")
    assert line.get_attribute("value") == "?? nappi puuttuu"
    line.send_keys(Keys.ENTER)
    taker.until_saved()
    assert room.texts() == ["?? nappi puuttuu"]
    outcome, end = (
        taker.browser.find_element(By.CSS_SELECTOR, selector)
        for selector in ("#outcome-1", "[data-end='1']")
    )
    # Nothing is chosen for anybody: Enter asks how it ended.
    end.send_keys(Keys.ENTER)
    assert active() == outcome
    outcome.send_keys(Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.TAB)
    assert (active().get_attribute("name"), active().get_attribute("value")) == ("seq", "")
    active().send_keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    active().send_keys(Keys.TAB)
    active().send_keys(Keys.ENTER)
    taker.until_saved()
    assert room.texts()[1:] == ["T1 = assisted SEQ 3"]
    state = taker.browser.find_element(By.CSS_SELECTOR, "#tasks [data-task='1'] .state")
    taker._until(lambda: " ".join(state.text.split()) == "done with help SEQ 3")
    # The next one that ends has an outcome and an answer of its own.
    assert outcome.get_attribute("value") == ""
    outcome.send_keys(Keys.ARROW_DOWN)
    end.send_keys(Keys.ENTER)
    taker.until_saved()
    assert room.texts()[2:] == ["T1 = unassisted"]


def test_the_page_under_test_is_pictured_beside_a_line_that_stays(station, taker):
    taker.note(f"@{station.address}/sign-in")
    find = lambda selector: taker.browser.find_elements(By.CSS_SELECTOR, selector)  # noqa: E731
    taker._until(lambda: find("[data-picture]"))
    line = taker.browser.find_element(By.ID, "line")
    line.send_keys("X kesken")
    find("[data-picture]")[0].send_keys(Keys.ENTER)
    told = taker.browser.find_element(By.ID, "picture-said")
    taker._until(lambda: "A picture is being taken" in told.get_attribute("textContent"))
    taker._until(lambda: find("#beside img"), 60)
    assert told.get_attribute("textContent").startswith("Picture of the page Sign in – Luiska")
    [image] = find("#beside img")
    taker.browser.execute_script("arguments[0].scrollIntoView()", image)
    width = "return arguments[0].naturalWidth"
    taker._until(lambda: taker.browser.execute_script(width, image) == 1280)
    # The button that was pressed is there again, with the focus.
    assert taker.browser.switch_to.active_element == find("[data-picture]")[0]
    assert line.get_attribute("value") == "X kesken"


def test_what_is_typed_is_read_back_while_it_is_typed(taker):
    taker.browser.find_element(By.ID, "line").send_keys("02:15 X !3 P: ei löydä #haku ^2.4.7")
    reading = taker.browser.find_element(By.ID, "reading")
    taker._until(lambda: "major" in reading.text)
    assert reading.text == (
        "Reads as: 02:15 · problem · major · participant · ei löydä · #haku · ^2.4.7"
    )


def test_what_consent_does_not_cover_is_refused_and_can_be_taken_back_into_the_line(
    station, room, taker
):
    with ServerClient(station.address, station.token) as client:
        who = client.get(f"/sessions/{room.session}")["participant_id"]
        client.post(
            f"/participants/{who}/withdrawals", {"agreements": ["quotes"], "channel": "aloud"}
        )
        taker.note('C sanoi "ei"')
        taker.note("C jatkaa")
        taker._until(lambda: room.texts() == ["C jatkaa"])
    drop = taker.browser.find_element(By.CSS_SELECTOR, "#log .pending .drop-this")
    assert "refused" in taker.browser.find_element(By.CSS_SELECTOR, "#log .pending .state").text
    drop.send_keys(Keys.ENTER)
    line = taker.browser.find_element(By.ID, "line")
    taker._until(lambda: line.get_attribute("value") == 'C sanoi "ei"')


def test_a_correction_does_not_write_over_another_one_that_came_meanwhile(room, people):
    first, second, _ = people
    first.note("X alku")
    for taker in (first, second):
        taker.until_shown(1)
    for taker in (first, second):
        taker.browser.execute_script("document.querySelector('#log .edit-this').click()")
    correct = (
        "const form = document.querySelector('#log .edit');"
        "form.elements.text.value = arguments[0]; form.requestSubmit();"
    )
    first.browser.execute_script(correct, "ensin")
    second._until(lambda: second.shown() == ["ensin"])
    second.browser.execute_script(correct, "sokkona")
    problem = second.browser.find_element(By.CSS_SELECTOR, ".edit .problem")
    second._until(lambda: problem.text)
    assert [(each["text"], each["version"]) for each in room.stored()] == [("ensin", 2)]


def test_what_is_half_corrected_outlives_another_line_that_is_forgotten(station, room, taker):
    for text in ("C pois", "X jää"):
        taker.note(text)
        taker.until_saved()
    taker.until_shown(2)
    for button in taker.browser.find_elements(By.CSS_SELECTOR, "#log .edit-this"):
        button.send_keys(Keys.ENTER)
    field = taker.browser.switch_to.active_element
    field.send_keys(" ja jatkuu")
    gone = room.stored()[0]["id"]
    with ServerClient(station.address, station.token) as client:
        client.post(f"/observations/{gone}/redaction", {"reason": "asked"})
    taker._until(lambda: taker.is_in() and taker.shown() == ["X jää"])
    taker._until(lambda: len(taker.browser.find_elements(By.CSS_SELECTOR, ".edit")) == 1)
    field = taker.browser.switch_to.active_element
    assert field.get_attribute("value") == "jää ja jatkuu"
    taker.browser.find_element(By.CSS_SELECTOR, ".edit [type=submit]").send_keys(Keys.ENTER)
    taker._until(lambda: taker.shown() == ["jää ja jatkuu"])


def test_a_line_that_waits_while_its_writer_is_signed_out_keeps_their_name(station, room, taker):
    taker.browser.delete_all_cookies()
    taker.note("C ennen")
    taker._until(lambda: "signed out" in taker.said())
    station.sign_in(taker.browser, "XX")
    taker.come_in()
    taker.until_saved()
    assert [(each["raw"], each["written_by"]) for each in room.stored()] == [("C ennen", "MK")]


def test_a_line_that_another_tab_sent_is_shown_once(room, taker):
    taker.lose_connection()
    taker.note("C odottaa")
    taker.until_shown_waiting(1)
    first = taker.browser.current_window_handle
    taker.browser.switch_to.new_window("tab")
    taker.browser.execute_cdp_cmd(
        "Page.addScriptToEvaluateOnNewDocument",
        {
            "source": "const real = fetch; window.fetch = (to, ...more) =>"
            " String(to).includes('/notes') ? Promise.reject(new TypeError()) : real(to, ...more)"
        },
    )
    taker.come_in()
    second = taker.browser.current_window_handle
    taker.until_shown_waiting(1)
    taker.browser.switch_to.window(first)
    taker.lose_connection(False)
    taker.until_saved()
    taker.browser.switch_to.window(second)
    taker.until_shown(1)
    assert (taker.shown(), room.texts()) == (["C odottaa"], ["C odottaa"])
    taker.until_saved()
    taker.browser.close()
    taker.browser.switch_to.window(first)


@pytest.mark.long
def test_what_is_half_typed_outlives_forgetting_and_what_is_given_back(station, room, taker):
    taker.note("C alku")
    taker.until_saved()
    line = lambda: taker.browser.find_element(By.ID, "line")  # noqa: E731
    line().send_keys("C puolik")
    taker.browser.execute_script("window.isOld = true")
    with ServerClient(station.address, station.token) as client:
        who = client.get(f"/sessions/{room.session}")["participant_id"]
        taken = {"agreements": ["quotes"], "channel": "aloud"}
        client.post(f"/participants/{who}/withdrawals", taken)
    taker._until(lambda: taker.is_in() and not taker.browser.execute_script("return window.isOld"))
    assert taker.browser.switch_to.active_element == line()
    taker.browser.switch_to.active_element.send_keys("as", Keys.ENTER)
    taker.note('C sanoi "ei"')
    taker._until(lambda: "refused" in taker.said())
    assert room.texts() == ["C alku", "C puolikas"]
    line().send_keys("C kesken")
    taker.browser.find_element(By.CSS_SELECTOR, "#log .pending .drop-this").click()
    taker._until(lambda: line().get_attribute("value") == 'C kesken\nC sanoi "ei"')


@pytest.mark.long
def test_a_name_in_the_vault_is_warned_of_beside_its_line(station, room, taker):
    with ServerClient(station.address, station.token) as client:
        who = client.get(f"/sessions/{room.session}")["participant_id"]
        client.post(f"/participants/{who}/consent", {**CONSENT, "contact": True})
    answer = httpx.put(
        f"{station.address}/api/v1/participants/{who}/contact",
        json={"name": "Maija Virtanen"},
        headers={"Authorization": f"Bearer {station.token}"},
    )
    assert answer.status_code == 204
    taker.note("C soitti Virtaselle")
    warning = "return document.querySelector('#log .warning').textContent"
    taker.until_shown(1)
    taker._until(lambda: taker.browser.execute_script(warning) == "looks like personal data")
    taker.come_in()
    assert taker.browser.execute_script(warning) == "looks like personal data"


@pytest.mark.long
def test_the_newest_line_is_in_view_after_a_reload_and_goes_on_to_be(room, taker):
    resize(taker.browser, 1000, 700)
    for number in range(30):
        room.add(f"C {number}")
    taker.come_in()
    below = "const l = arguments[0]; return l.scrollHeight - l.scrollTop - l.clientHeight < 2"
    log = taker.browser.find_element(By.ID, "log")
    assert taker.browser.execute_script(below, log)
    taker.note("C uusi")
    taker.until_saved()
    taker._until(lambda: taker.browser.execute_script(below, log))
    taker.browser.find_element(By.LINK_TEXT, "To the line for notes").send_keys(Keys.ENTER)
    assert taker.browser.switch_to.active_element.get_attribute("id") == "line"


def test_a_proxy_that_answers_for_the_server_refuses_no_line(room, taker):
    taker.browser.execute_script(
        "const real = window.fetch; let times = 0;"
        "window.fetch = (address, ...more) => String(address).includes('/notes') && times++ < 2"
        " ? Promise.resolve(new Response('<h1>gone</h1>', {status: 404})) : real(address, ...more)"
    )
    taker.note("C perille")
    taker.until_saved()
    assert room.texts() == ["C perille"]


@pytest.mark.long
def test_nothing_is_lost_or_doubled_over_random_disconnects_reloads_and_kills(
    station, room, people
):
    seed = int(os.environ.get("LUISKA_SEED", "5"))
    chance = random.Random(seed)
    typed = {taker: [] for taker in people}
    happened = Counter()

    def type_some():
        for taker in people:
            for _ in range(chance.randint(0, 3)):
                text = f"C {len(typed[taker])} {people.index(taker)}"
                taker.note(text)
                typed[taker].append(text)

    def disconnect(taker):
        taker.lose_connection()
        type_some()
        taker.lose_connection(False)

    def reload(taker):
        type_some()
        taker.come_in()

    def kill(_):
        type_some()
        station.kill()
        type_some()
        station.start()

    for _ in range(EVENTS):
        event = chance.choices([disconnect, reload, kill], weights=[4, 4, 2])[0]
        happened[event.__name__] += 1
        try:
            event(chance.choice(people))
        except WebDriverException as error:
            raise AssertionError(f"seed {seed}, after {happened}: {error}") from error
        for taker in people:
            if not taker.is_in():
                taker.come_in()
    for taker in people:
        taker.until_saved(60)
    stored = room.stored()
    kept = {
        taker: [each["raw"].strip() for each in stored if each["written_by"] == name]
        for taker, name in zip(people, ("MK", "AL", "TS"), strict=True)
    }
    assert kept == typed, f"seed {seed}: {happened}"
    everything = [each["raw"].strip() for each in stored]
    for taker in people:
        taker.until_shown(len(everything), 60)
        assert taker.shown() == everything
