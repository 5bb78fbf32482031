"""The catalogue of success criteria."""

from collections import Counter

import pytest

from checks import CRITERIA, UnknownCriterion, criteria_of, criterion


def test_wcag_22_has_86_criteria_and_one_more_is_obsolete() -> None:
    assert len(CRITERIA) == 87
    assert sum(each.in_wcag22 for each in CRITERIA) == 86
    assert [each.number for each in CRITERIA if not each.in_wcag22] == ["4.1.1"]


def test_levels_of_wcag_22_are_31_a_24_aa_31_aaa() -> None:
    levels = Counter(each.level for each in CRITERIA if each.in_wcag22)
    assert levels == {"A": 31, "AA": 24, "AAA": 31}


def test_versions_introduced_61_then_17_then_9_criteria() -> None:
    assert Counter(each.since for each in CRITERIA) == {"2.0": 61, "2.1": 17, "2.2": 9}


@pytest.mark.parametrize(
    ("version", "level", "count"),
    [
        ("2.0", "A", 25),
        ("2.0", "AA", 38),
        ("2.0", "AAA", 61),
        ("2.1", "A", 30),
        ("2.1", "AA", 50),
        ("2.1", "AAA", 78),
        ("2.2", "A", 31),
        ("2.2", "AA", 55),
        ("2.2", "AAA", 86),
    ],
)
def test_each_version_and_level_asks_for_its_published_number_of_criteria(
    version: str, level: str, count: int
) -> None:
    assert len(criteria_of(version, level)) == count  # type: ignore[arg-type]


def test_criteria_stand_once_each_in_the_order_of_wcag() -> None:
    keys = [each.sort_key for each in CRITERIA]
    assert keys == sorted(set(keys))


def test_contrast_is_told_in_three_languages_with_its_clause_and_its_page() -> None:
    contrast = criterion("1.4.3")
    assert (contrast.level, contrast.since, contrast.en_clause) == ("AA", "2.0", "9.1.4.3")
    assert [contrast.name(language) for language in ("en", "fi", "sv-FI", "de")] == [
        "Contrast (Minimum)",
        "Kontrasti (minimi)",
        "Kontrast (minimum)",
        "Contrast (Minimum)",
    ]
    assert contrast.understanding_url == (
        "https://www.w3.org/WAI/WCAG22/Understanding/contrast-minimum.html"
    )


def test_only_level_aaa_has_no_clause_of_en_301_549() -> None:
    assert all((each.en_clause is None) == (each.level == "AAA") for each in CRITERIA)


@pytest.mark.parametrize("column", ["handle", "name_en", "name_fi", "name_sv"])
def test_no_two_criteria_share_a_handle_or_a_name(column: str) -> None:
    values = [getattr(each, column) for each in CRITERIA]
    assert all(value.strip() == value and value for value in values)
    assert len(set(values)) == 87


def test_an_unknown_number_is_a_key_error_that_says_so() -> None:
    with pytest.raises(UnknownCriterion) as raised:
        criterion("1.4.33")
    assert isinstance(raised.value, KeyError)
    assert str(raised.value) == "no success criterion of WCAG 2.0-2.2 has the number '1.4.33'"
