"""Each wall taken away once: some attack gets through, so the matrix would tell if it were gone."""

import time
from collections.abc import Iterator

import matrix
import pytest
from conftest import attack_with, connect, options
from victims import Attacker, Secret

from service.browser import Fleet, chromium
from service.browser.guard import EgressPolicy, passage

# Not live without walls either: Chromium, the system or the page's own rules stand in the way.
BELOW_LOCALHOST = "below-localhost"


def reached_within(secret: Secret, name: str, limit_s: float = 10) -> bool:
    end = time.monotonic() + limit_s
    while name not in secret.reached and time.monotonic() < end:
        time.sleep(0.05)
    return name in secret.reached


@pytest.fixture
def unguarded(monkeypatch: pytest.MonkeyPatch) -> Iterator[Fleet]:
    monkeypatch.setattr(chromium, "guard_flags", lambda proxy: ())
    monkeypatch.setattr(
        chromium, "FLAGS", [flag for flag in chromium.FLAGS if "webrtc" not in flag]
    )
    with Fleet(options()) as fleet:
        yield fleet


def test_without_any_wall_most_attacks_get_through(
    unguarded: Fleet, secret: Secret, attacker: Attacker
) -> None:
    attack_with(unguarded, attacker, "addresses", "pieces", "scripts")
    assert len(secret.reached) >= 57, sorted(matrix.names() - secret.reached)
    assert {"connection", "datagram", "service-worker", "shared-worker"} <= secret.reached


def test_without_the_bypass_rule_loopback_is_reached_past_the_guard(
    monkeypatch: pytest.MonkeyPatch, secret: Secret, attacker: Attacker
) -> None:
    flags = chromium.guard_flags
    monkeypatch.setattr(
        chromium, "guard_flags", lambda proxy: [f for f in flags(proxy) if "bypass" not in f]
    )
    with Fleet(options()) as fleet:
        attack_with(fleet, attacker, "pieces")
    assert len(secret.reached) >= 30


def test_without_judging_addresses_private_ones_are_reached(
    monkeypatch: pytest.MonkeyPatch, fleet: Fleet, secret: Secret, attacker: Attacker
) -> None:
    monkeypatch.setattr(passage, "address_reason", lambda *_: None)
    attack_with(fleet, attacker, "addresses")
    assert {"literal", "localhost", "private.example", "rebinding.example"} - secret.reached == {
        "rebinding.example"
    }


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


@pytest.mark.parametrize("part", ["host", "port"])
def test_an_allowed_host_that_is_not_exact_lets_others_through(
    monkeypatch: pytest.MonkeyPatch, fleet: Fleet, secret: Secret, attacker: Attacker, part: str
) -> None:
    allowed = {"host": {"localhost"}, "port": {attacker.port}}
    monkeypatch.setattr(
        EgressPolicy,
        "allows",
        lambda self, host, port: (
            host in allowed["host"] or (part == "port" and port == attacker.port)
        ),
    )
    attack_with(fleet, attacker, "addresses" if part == "host" else "pieces")
    if part == "host":
        assert secret.reached >= {"localhost", "localhost-capitals", "localhost-dot"}
    else:
        assert attacker.misnamed == {"other-name-of-the-allowed", "below-the-allowed"}
