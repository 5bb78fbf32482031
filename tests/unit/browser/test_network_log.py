"""Which answers a document still waits for, as the events of DevTools tell it."""

from typing import Any

import pytest

from service.browser.network_log import NetworkLog


def asked(request: str, kind: str, url: str = "https://example.org/x") -> dict[str, Any]:
    params = {"requestId": request, "type": kind, "frameId": "main", "request": {"url": url}}
    return {"method": "Network.requestWillBeSent", "params": params}


def ended(request: str, how: str = "loadingFinished") -> dict[str, Any]:
    return {"method": f"Network.{how}", "params": {"requestId": request}}


def awaits(*events: dict[str, Any]) -> bool:
    log = NetworkLog()
    log.add(events)
    return log.awaits("main")


@pytest.mark.parametrize("kind", ["Script", "Stylesheet", "Font", "Fetch", "XHR"])
def test_what_a_page_is_built_from_is_awaited_until_it_came_or_failed(kind: str) -> None:
    assert awaits(asked("1", kind))
    assert not awaits(asked("1", kind), ended("1"))
    assert not awaits(asked("1", kind), ended("1", "loadingFailed"))


@pytest.mark.parametrize("kind", ["Image", "Media", "Ping", "EventSource", "Manifest", "Other"])
def test_what_a_page_is_there_without_is_not_awaited(kind: str) -> None:
    assert not awaits(asked("1", kind))


def test_what_comes_from_the_page_itself_is_not_awaited() -> None:
    assert not awaits(asked("1", "Fetch", "data:,x"), asked("2", "Script", "blob:null/1"))


def test_a_redirected_request_is_one_request() -> None:
    assert not awaits(asked("1", "Fetch"), asked("1", "Fetch"), ended("1"))


def test_the_document_itself_and_what_the_one_before_asked_for_are_not_awaited() -> None:
    assert not awaits(asked("1", "Fetch"), asked("2", "Document"))
    assert awaits(asked("1", "Fetch"), asked("2", "Document"), asked("3", "Fetch"))


def test_a_frame_that_was_put_in_later_is_awaited() -> None:
    frame = asked("2", "Document")
    frame["params"]["frameId"] = "frame"
    assert awaits(asked("1", "Document"), frame)
    assert not awaits(asked("1", "Document"), frame, ended("2"))


def test_events_are_taken_once_and_in_their_order() -> None:
    log = NetworkLog()
    log.add([asked("1", "Fetch")])
    log.add([ended("1")])
    assert log.take() == [asked("1", "Fetch"), ended("1")]
    assert log.take() == []
