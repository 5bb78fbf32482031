"""Which answers a document still waits for, as the events of DevTools tell it."""

from typing import Any

import pytest

from service.browser.network_log import NetworkLog


def asked(request: str, kind: str, url: str = "https://example.org/x") -> dict[str, Any]:
    params = {
        "requestId": request, "type": kind, "frameId": "main", "request": {"url": url},
        "timestamp": 10.0, "wallTime": 1010.0,
    }  # fmt: skip
    return {"method": "Network.requestWillBeSent", "params": params}


def came(request: str, what: str = "loadingFinished", at_s: float = 10.5) -> dict[str, Any]:
    return {"method": f"Network.{what}", "params": {"requestId": request, "timestamp": at_s}}


def is_quiet(*events: dict[str, Any], since_s: float = 1011.0) -> bool:
    log = NetworkLog()
    log.add(events)
    return log.is_quiet("main", since_s)


@pytest.mark.parametrize("kind", ["Script", "Stylesheet", "Font", "Fetch", "XHR"])
def test_what_a_page_is_built_from_is_awaited_until_it_came_or_failed(kind: str) -> None:
    assert not is_quiet(asked("1", kind))
    assert is_quiet(asked("1", kind), came("1"))
    assert is_quiet(asked("1", kind), came("1", "loadingFailed"))


@pytest.mark.parametrize("kind", ["Image", "Media", "Ping", "EventSource", "Document", "Other"])
def test_what_a_page_is_there_without_is_not_awaited(kind: str) -> None:
    assert is_quiet(asked("1", kind))


def test_what_comes_from_the_page_itself_is_not_awaited() -> None:
    assert is_quiet(asked("1", "Fetch", "data:,x"), asked("2", "Script", "blob:null/1"))


def test_a_redirected_request_is_one_request() -> None:
    assert is_quiet(asked("1", "Fetch"), asked("1", "Fetch"), came("1"))


def test_a_fetched_answer_whose_body_nobody_reads_has_come() -> None:
    assert is_quiet(asked("1", "Fetch"), came("1", "responseReceived"))
    assert not is_quiet(asked("1", "XHR"), came("1", "responseReceived"))


@pytest.mark.parametrize("what", ["loadingFinished", "dataReceived"])
def test_what_has_just_come_is_not_quiet(what: str) -> None:
    answer = (asked("1", "Fetch"), came("1", "responseReceived", 10.2), came("1", what, 10.5))
    assert is_quiet(*answer, since_s=1010.5)
    assert not is_quiet(*answer, since_s=1010.4)
    assert is_quiet(asked("1", "Image"), came("1", at_s=10.5), since_s=1010.4)


def test_what_the_document_before_asked_for_is_not_awaited() -> None:
    assert is_quiet(asked("1", "Fetch"), asked("2", "Document"))
    assert not is_quiet(asked("1", "Fetch"), asked("2", "Document"), asked("3", "Fetch"))


def test_events_are_taken_once_and_in_their_order() -> None:
    log = NetworkLog()
    log.add([asked("1", "Fetch")])
    log.add([came("1")])
    assert log.take() == [asked("1", "Fetch"), came("1")]
    assert log.take() == []
