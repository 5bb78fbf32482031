"""The adjusted Wald interval against published and computed examples."""

import pytest

from service.research.measures import adjusted_wald


def test_nine_of_ten_is_clipped_at_one():
    # Sauro and Lewis (2005): the raw upper bound is 1.0039.
    interval = adjusted_wald(9, 10)
    assert interval is not None
    assert interval.low == pytest.approx(0.574, abs=0.0005)
    assert interval.high == 1.0


def test_three_of_eight_lies_between_the_wilson_and_the_exact_interval():
    # Published beside it: Wilson 0.136844..0.694258, exact 0.085233..0.755137.
    interval = adjusted_wald(3, 8)
    assert interval is not None
    assert 0.085233 < interval.low < 0.136844
    assert 0.694258 < interval.high < 0.755137


def test_it_has_the_same_centre_as_wilson():
    # Agresti and Coull (1998), section 2: the midpoint is Wilson's, (x + z²/2) / (n + z²).
    interval = adjusted_wald(3, 8)
    assert interval is not None
    assert interval.low + interval.high == pytest.approx(0.136844 + 0.694258, abs=1e-6)


def test_all_of_five_and_none_of_five_mirror_each_other():
    everybody, nobody = adjusted_wald(5, 5), adjusted_wald(0, 5)
    assert everybody is not None
    assert nobody is not None
    assert (everybody.high, nobody.low) == (1.0, 0.0)
    assert everybody.low == pytest.approx(1 - nobody.high)


def test_nothing_tried_has_no_interval():
    assert adjusted_wald(0, 0) is None


@pytest.mark.parametrize(("successes", "trials"), [(3, 2), (-1, 2)])
def test_what_is_no_proportion_is_refused(successes, trials):
    with pytest.raises(ValueError, match=f"^{successes} of {trials} is no proportion$"):
        adjusted_wald(successes, trials)
