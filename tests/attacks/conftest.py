from collections.abc import Iterator

import matrix
import pytest
from attacking import Names, connect, options
from victims import Attacker, Secret

from service.browser import Fleet
from service.browser.guard import Guard


@pytest.fixture(scope="session")
def secret() -> Iterator[Secret]:
    with Secret() as secret:
        yield secret


@pytest.fixture(scope="session")
def attacker(secret: Secret) -> Iterator[Attacker]:
    with Attacker() as site:
        site.pages = {
            "plain": '<!doctype html><html lang="en"><title>Plain</title><h1>Plain</h1></html>',
            "addresses": matrix.addresses_page(secret),
            "pieces": matrix.pieces_page(secret, site),
            "scripts": matrix.scripts_page(secret, site),
        }
        yield site


@pytest.fixture(autouse=True)
def _nothing_reached_yet(secret: Secret, attacker: Attacker) -> None:
    secret.reached.clear()
    attacker.misnamed.clear()


@pytest.fixture(scope="session")
def names() -> Names:
    return Names()


@pytest.fixture(autouse=True)
def _names_are_new(names: Names) -> None:
    names.forget()


@pytest.fixture(scope="session")
def fleet(names: Names) -> Iterator[Fleet]:
    with Fleet(options(), guard=Guard(resolve=names, connect=connect)) as fleet:
        yield fleet
