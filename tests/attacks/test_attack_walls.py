"""Each wall taken away once: some attack gets through, so the matrix would tell if it were gone."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import matrix
import pytest
from attacking import DENIED, attack_with, connect, options, visit_with
from victims import Attacker, Secret

from service.browser import Fleet, chromium, gate, terms
from service.browser.guard import EgressPolicy, passage
from service.browser.values import PageErrorCode


@pytest.fixture
def unguarded(monkeypatch: pytest.MonkeyPatch) -> Iterator[Fleet]:
    monkeypatch.setattr(chromium, "guard_flags", lambda proxy: ())
    monkeypatch.setattr(
        chromium, "FLAGS", [flag for flag in chromium.FLAGS if "webrtc" not in flag]
    )
    with Fleet(options()) as fleet:
        yield fleet


def attack_by_address(attacker: Attacker, page: str) -> None:
    """With browsers of its own; the rule for resolving stands in the way of names only."""
    host = f"127.0.0.1:{attacker.port}"
    url = f"http://{host}/page/{page}"
    with Fleet(options()) as fleet:
        visit_with(fleet, attacker, url, allowed_hosts=frozenset({host}), wait_for="#done")


@pytest.mark.long
def test_without_any_wall_most_attacks_get_through(
    unguarded: Fleet, secret: Secret, attacker: Attacker
) -> None:
    attack_with(unguarded, attacker, "addresses", "pieces", "scripts")
    assert len(secret.reached) >= 57, sorted(matrix.names() - secret.reached)
    assert {"connection", "datagram", "service-worker", "shared-worker"} <= secret.reached


@pytest.mark.long
@pytest.mark.parametrize("has_rules", [True, False], ids=["kept", "gone as well"])
def test_where_the_proxy_is_gone_the_rule_for_resolving_keeps_names_back(
    monkeypatch: pytest.MonkeyPatch, secret: Secret, attacker: Attacker, has_rules: bool
) -> None:
    """A wall behind the other: what goes through a proxy, Chromium does not resolve anyway."""
    flags = chromium.guard_flags
    monkeypatch.setattr(
        chromium,
        "guard_flags",
        lambda proxy: [f for f in flags(proxy) if has_rules and "resolver" in f],
    )
    names = {"localhost", "localhost-capitals", "localhost-dot", "below-localhost"}
    attack_by_address(attacker, "addresses")
    assert "literal" in secret.reached
    assert secret.reached & names == (set() if has_rules else names)


def test_without_the_preference_a_page_has_connections_made_that_it_does_not_use(
    monkeypatch: pytest.MonkeyPatch, secret: Secret, attacker: Attacker
) -> None:
    def refused() -> set[int]:
        with Fleet(options()) as fleet:
            (outcome,) = attack_with(fleet, attacker, "pieces")
        return {each.port for each in outcome.refused}

    assert secret.silent_port not in refused()
    monkeypatch.setattr(chromium, "_NEVER", 0)
    assert secret.silent_port in refused()


@pytest.mark.long
def test_without_the_bypass_rule_loopback_is_reached_past_the_guard(
    monkeypatch: pytest.MonkeyPatch, secret: Secret, attacker: Attacker
) -> None:
    flags = chromium.guard_flags
    monkeypatch.setattr(
        chromium, "guard_flags", lambda proxy: [f for f in flags(proxy) if "bypass" not in f]
    )
    attack_by_address(attacker, "pieces")
    assert len(secret.reached) >= 20


@pytest.mark.long
def test_without_the_webrtc_rule_datagrams_go_past_the_guard(
    monkeypatch: pytest.MonkeyPatch, secret: Secret, attacker: Attacker
) -> None:
    monkeypatch.setattr(
        chromium, "FLAGS", [flag for flag in chromium.FLAGS if "webrtc" not in flag]
    )
    with Fleet(options()) as fleet:
        attack_with(fleet, attacker, "scripts")
    assert secret.reached == {"datagram"}


def test_without_judging_addresses_private_ones_are_reached(
    monkeypatch: pytest.MonkeyPatch, fleet: Fleet, secret: Secret, attacker: Attacker
) -> None:
    monkeypatch.setattr(passage, "address_reason", lambda *_: None)
    attack_with(fleet, attacker, "addresses")
    assert {"literal", "localhost", "private.example", "one-bad-of-two.example"} <= secret.reached


@pytest.mark.long
def test_judging_only_the_first_of_several_addresses_lets_the_second_through(
    monkeypatch: pytest.MonkeyPatch, fleet: Fleet, secret: Secret, attacker: Attacker
) -> None:
    judged = passage.address_reason
    monkeypatch.setattr(
        passage,
        "address_reason",
        lambda host, port, found, policy: judged(host, port, found[:1], policy),
    )
    attack_with(fleet, attacker, "addresses")
    assert secret.reached == {"one-bad-of-two.example"}


@pytest.mark.long
def test_connecting_by_name_lets_a_name_rebind(
    monkeypatch: pytest.MonkeyPatch, fleet: Fleet, secret: Secret, attacker: Attacker, names
) -> None:
    opened = passage.Passage.open

    async def open_by_name(self, name, port, factory):
        await self.addresses(name, port)
        if name in matrix.ANSWERS:
            return await connect(names(name)[0], port, factory)
        return await opened(self, name, port, factory)

    monkeypatch.setattr(passage.Passage, "open", open_by_name)
    attack_with(fleet, attacker, "addresses")
    assert secret.reached == {"rebinding.example"}


@pytest.mark.parametrize(
    ("part", "page"), [("host", "addresses"), ("port", "pieces")], ids=["host", "port"]
)
def test_an_allowed_host_that_is_not_exact_lets_others_through(
    monkeypatch: pytest.MonkeyPatch,
    fleet: Fleet,
    secret: Secret,
    attacker: Attacker,
    part: str,
    page: str,
) -> None:
    by_part = {
        "host": lambda _policy, host, _port: host == "localhost",
        "port": lambda _policy, _host, port: port == attacker.port,
    }
    monkeypatch.setattr(EgressPolicy, "allows", by_part[part])
    attack_with(fleet, attacker, page)
    assert (secret.reached, attacker.misnamed) == {
        "host": ({"localhost", "localhost-capitals", "localhost-dot"}, set()),
        "port": (set(), {"other-name-of-the-allowed", "below-the-allowed"}),
    }[part]


@pytest.mark.long
def test_without_the_deny_list_what_it_names_is_reached(
    monkeypatch: pytest.MonkeyPatch, fleet: Fleet, attacker: Attacker
) -> None:
    url = f"http://{DENIED}:{attacker.port}/page/plain"
    allowed = frozenset({f"{DENIED}:{attacker.port}"})
    denied = visit_with(fleet, attacker, url, allowed_hosts=allowed)
    assert denied.error is not None
    assert (denied.error.code, attacker.misnamed) == (PageErrorCode.BLOCKED_ADDRESS, set())
    assert "deny list" in denied.error.detail
    monkeypatch.setattr(passage, "name_reason", lambda *_: None)
    visit_with(fleet, attacker, url, allowed_hosts=allowed)
    assert "plain" in attacker.misnamed


def test_only_the_scheme_check_and_the_truth_gate_keep_local_files_from_being_judged(
    monkeypatch: pytest.MonkeyPatch, fleet: Fleet, attacker: Attacker, tmp_path: Path
) -> None:
    """The guard sees nothing of them: they never touch the network."""
    file = tmp_path / "secret.html"
    file.write_text('<!doctype html><html lang="en"><title>Secret</title><h1>Secret</h1></html>')

    def code() -> PageErrorCode | None:
        error = visit_with(fleet, attacker, file.as_uri()).error
        return error and error.code

    assert code() is PageErrorCode.INVALID_URL
    monkeypatch.setattr(terms, "split_url", urlsplit)
    assert code() is PageErrorCode.NAVIGATION_FAILED
    monkeypatch.setattr(gate.Gate, "_judge", lambda *_: None)
    outcome = visit_with(fleet, attacker, file.as_uri())
    assert outcome.artifacts is not None, outcome.error
    assert outcome.artifacts.title == "Secret"
