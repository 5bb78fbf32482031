"""Every sentence of pa11y's is read, and means what pa11y takes it for."""

import pytest

from service.browser.actions import FORMS, BadAction, parse_action
from service.browser.actions.grammar import (
    CaptureScreen,
    Click,
    NavigateTo,
    SetChecked,
    SetField,
    WaitForAddress,
    WaitForElement,
    WaitForEvent,
)


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("navigate to https://x.example/a b", NavigateTo(url="https://x.example/a b")),
        ("navigate to url https://x.example", NavigateTo(url="https://x.example")),
        ("Navigate To /path", NavigateTo(url="/path")),
        ("click element #x", Click(selector="#x")),
        ("click .a > .b", Click(selector=".a > .b")),
        ("click element", Click(selector="element")),
        ("set field #a to b", SetField(selector="#a", value="b")),
        ("set #a to b to c", SetField(selector="#a", value="b to c")),
        ("SET FIELD #a TO B", SetField(selector="#a", value="B")),
        ("clear field #a", SetField(selector="#a", value="")),
        ("clear #a b", SetField(selector="#a b", value="")),
        ("check field #a", SetChecked(selector="#a", checked=True)),
        ("check #a", SetChecked(selector="#a", checked=True)),
        ("Uncheck field #a", SetChecked(selector="#a", checked=False)),
        ("screen capture a.png", CaptureScreen(file="a.png")),
        ("screen-capture to a.png", CaptureScreen(file="a.png")),
        ("screencapture a.png", CaptureScreen(file="a.png")),
        ("capture screen to a b.png", CaptureScreen(file="a b.png")),
        ("capturescreen a.png", CaptureScreen(file="a.png")),
        ("wait for fragment to be #a", WaitForAddress(part="hash", value="#a")),
        ("wait for hash #a", WaitForAddress(part="hash", value="#a")),
        ("wait for host to be x.example", WaitForAddress(part="host", value="x.example")),
        ("wait for path to not be /a", WaitForAddress(part="pathname", value="/a", negated=True)),
        ("wait for path not to be /a", WaitForAddress(part="pathname", value="/a", negated=True)),
        ("wait for URL to be https://x/", WaitForAddress(part="href", value="https://x/")),
        ("wait for element #a to be added", WaitForElement(selector="#a", state="added")),
        ("wait for #a .b to be Visible", WaitForElement(selector="#a .b", state="visible")),
        ("wait for element to be removed", WaitForElement(selector="element", state="removed")),
        ("wait for path .x to be hidden", WaitForElement(selector="path .x", state="hidden")),
        ("wait for element #a to emit my event", WaitForEvent(selector="#a", event="my event")),
        ("wait for body to emit load", WaitForEvent(selector="body", event="load")),
    ],
)
def test_a_sentence_of_pa11ys_is_an_action(text, action):
    assert parse_action(text) == action


@pytest.mark.parametrize(
    "text",
    [
        "", " click #x", "click", "tap #x", "set field #x", "wait for #x", "wait for #x to be gone",
        "wait for path to be /a b", "navigate /x", "click #x\n", "click #x\u2028y", "check",
    ],
)  # fmt: skip
def test_what_pa11y_does_not_take_is_refused_with_the_forms_there_are(text):
    with pytest.raises(BadAction) as refusal:
        parse_action(text)
    assert str(refusal.value) == f"{text!r} is no action. There are: {'; '.join(FORMS)}."


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "javascript:alert(1)", "data:text/html,x", "http://[x"]
)
def test_only_the_web_is_navigated_to(url):
    with pytest.raises(BadAction, match="navigate to"):
        parse_action(f"navigate to {url}")


@pytest.mark.parametrize(
    "text",
    [
        "navigate to /?token=${LUISKA_SECRET_TOKEN}",
        "click #${LUISKA_SECRET_TOKEN}",
        "set field #${LUISKA_SECRET_TOKEN} to x",
        "wait for url to be /${LUISKA_SECRET_TOKEN}",
    ],
)
def test_a_secret_is_the_value_of_a_field_and_nothing_else(text):
    with pytest.raises(BadAction, match="names LUISKA_SECRET_TOKEN: in an action, a secret can"):
        parse_action(text)
    value = parse_action("set field #x to a${LUISKA_SECRET_TOKEN}b")
    assert value == SetField(selector="#x", value="a${LUISKA_SECRET_TOKEN}b")
