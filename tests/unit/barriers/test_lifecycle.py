"""Every combination of keys, and what a barrier's status is then."""

from itertools import product

import pytest

from service.barriers.lifecycle import Keys, status_of

# has_machine, has_human, machine_clean, user_verified
CLOSED = {
    # Only a machine saw it, and sees it no more.
    (True, False, True, False),
    (True, False, True, True),
    # Only people met it, and somebody got through.
    (False, True, False, True),
    (False, True, True, True),
    # Both kinds, both settled.
    (True, True, True, True),
}


@pytest.mark.parametrize("is_suppressed", [False, True])
@pytest.mark.parametrize("keys", list(product([False, True], repeat=4)))
def test_a_barrier_closes_when_every_key_it_has_is_turned(keys, is_suppressed):
    has_machine, has_human, machine_clean, user_verified = keys
    status = status_of(
        Keys(
            has_machine=has_machine,
            has_human=has_human,
            machine_clean=machine_clean,
            user_verified=user_verified,
        ),
        is_suppressed=is_suppressed,
    )
    otherwise = "suppressed" if is_suppressed else "open"
    assert status == ("closed" if keys in CLOSED else otherwise)
