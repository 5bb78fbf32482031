"""The profiles that a scan can be asked for."""

import pytest

from checks import DEFAULT_STANDARD, STANDARDS, UnknownStandard, standard


@pytest.mark.parametrize(
    ("standard_id", "count"),
    [("wcag21aa", 50), ("wcag22aa", 55), ("en301549-3.2.1", 50), ("en301549-4.1.1", 55)],
)
def test_each_profile_has_its_number_of_criteria(standard_id: str, count: int) -> None:
    assert len(standard(standard_id).criteria) == count


def test_wcag_22_is_the_default() -> None:
    assert DEFAULT_STANDARD == "wcag22aa"
    assert standard().id == "wcag22aa"


@pytest.mark.parametrize("standard_id", ["wcag21aa", "en301549-3.2.1"])
def test_21_profiles_name_parsing_and_run_no_22_rules(standard_id: str) -> None:
    profile = standard(standard_id)
    assert "4.1.1" in profile.criteria
    assert "2.5.8" not in profile.criteria
    assert profile.axe_tags == ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice")


@pytest.mark.parametrize("standard_id", ["wcag22aa", "en301549-4.1.1"])
def test_22_profiles_run_22_rules_and_name_no_parsing(standard_id: str) -> None:
    profile = standard(standard_id)
    assert "4.1.1" not in profile.criteria
    assert "2.5.8" in profile.criteria
    assert profile.axe_tags == (
        "wcag2a",
        "wcag2aa",
        "wcag21a",
        "wcag21aa",
        "wcag22aa",
        "best-practice",
    )


def test_en_profiles_say_which_clauses_are_outside() -> None:
    for profile in STANDARDS:
        told = all(f" {clause} (" in profile.outside for clause in ("5", "6", "7", "11", "12"))
        assert told == (profile.en_version is not None)


def test_a_profile_gives_its_criteria_with_names_in_the_order_of_wcag() -> None:
    catalogue = standard("wcag22aa").catalogue()
    assert [each.number for each in catalogue[:2]] == ["1.1.1", "1.2.1"]
    assert catalogue[-1].name("fi") == "Tilasta kertovat viestit"


def test_an_unknown_profile_is_a_value_error_that_lists_the_known_ones() -> None:
    with pytest.raises(UnknownStandard) as raised:
        standard("wcag30")
    assert isinstance(raised.value, ValueError)
    assert str(raised.value) == (
        "unknown standard 'wcag30': use one of wcag21aa, wcag22aa, en301549-3.2.1, en301549-4.1.1"
    )
