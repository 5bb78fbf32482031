"""No page reaches what only this machine may reach, by whatever it asks Chromium for."""

import matrix
from conftest import attack_with
from victims import Attacker, Secret

from service.browser import Fleet

PAGES = ("addresses", "pieces", "scripts")


def test_none_of_the_attacks_of_a_page_reaches_anything(
    fleet: Fleet, secret: Secret, attacker: Attacker
) -> None:
    assert len(matrix.names()) >= 57
    outcomes = attack_with(fleet, attacker, *PAGES)
    assert secret.reached == set()
    assert attacker.misnamed == set()
    assert [outcome.state for outcome in outcomes] == ["examined"] * 3, [
        outcome.error for outcome in outcomes
    ]
