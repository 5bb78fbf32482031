"""Secrets: found by name, put in at the last moment, masked however a page spells them."""

import html
import json
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote, quote_plus

import pytest

from service.browser.secrets import SecretMissing, Secrets, misspelt, placeholders

WORD = 'ä"b <&> 5%'


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True, kw_only=True)
class Leaf:
    text: str
    number: int = 1


def _secrets(**values: str) -> Secrets:
    texts = [f"${{LUISKA_SECRET_{name}}}" for name in values]
    return Secrets.of(texts, {f"LUISKA_SECRET_{name}": value for name, value in values.items()})


def test_only_names_that_say_so_are_secrets():
    assert placeholders("${LUISKA_SECRET_A}-${LUISKA_TOKEN}-${HOME}-$LUISKA_SECRET_B") == {
        "LUISKA_SECRET_A"
    }
    filled = _secrets(A="value").fill("${LUISKA_SECRET_A}-${HOME}")
    assert filled == "value-${HOME}"


@pytest.mark.parametrize(
    ("text", "is_misspelt"),
    [
        ("${LUISKA_SECRET_A}", False),
        ("${HOME}", False),
        ("$LUISKA_SECRET_A", True),
        ("${luiska_secret_a}", True),
        ("${LUISKA_SECRET_A", True),
        ("${LUISKA_SECRET_a}", True),
    ],
)
def test_what_only_looks_like_a_secret_is_told(text, is_misspelt):
    assert misspelt(text) is is_misspelt


@pytest.mark.parametrize(
    ("environment", "detail"),
    [
        ({}, "LUISKA_SECRET_A is not set in the environment of what visits pages"),
        (
            {"LUISKA_SECRET_A": "abc"},
            "LUISKA_SECRET_A has fewer than 4 characters: it could not be kept out of results",
        ),
    ],
)
def test_a_secret_that_cannot_be_used_is_named(environment, detail):
    with pytest.raises(SecretMissing) as refusal:
        Secrets.of(["x${LUISKA_SECRET_A}"], environment)
    assert str(refusal.value) == detail


@pytest.mark.parametrize(
    "spelled",
    [
        WORD,
        quote(WORD),
        quote(WORD).lower(),
        quote_plus(WORD),
        'ä"b%20%3C&%3E%205%',
        html.escape(WORD),
        html.escape(WORD, quote=False),
        json.dumps(WORD)[1:-1],
        json.dumps(WORD, ensure_ascii=False)[1:-1],
        'ä\\"b\\ \\<\\&\\>\\ 5\\%',
        'ä"b\n<&>   5%',
    ],
)
def test_every_spelling_is_masked(spelled):
    assert _secrets(A=WORD).mask(f"x{spelled}y") == "x${LUISKA_SECRET_A}y"


def test_a_secret_that_begins_with_a_digit_is_masked_in_selectors():
    assert _secrets(A="1234").mask("#\\31 234 b") == "#${LUISKA_SECRET_A} b"


def test_a_secret_that_a_clipped_text_ends_in_is_masked():
    secrets = _secrets(A="correct horse battery")
    assert secrets.mask("it is correct hor") == "it is ${LUISKA_SECRET_A}"
    assert secrets.mask("corrcorrect") == "corr${LUISKA_SECRET_A}"
    assert secrets.mask("correctly") == "correctly"


def test_masking_goes_through_whatever_holds_texts_and_changes_nothing_else():
    secrets = _secrets(A="value", B="value-longer")
    masked = secrets.mask(
        {"value": [("a value", 5, None, b"value"), Leaf(text="value-longer")], "c": Colour.RED}
    )
    assert masked == {
        "${LUISKA_SECRET_A}": [
            ("a ${LUISKA_SECRET_A}", 5, None, b"value"),
            Leaf(text="${LUISKA_SECRET_B}"),
        ],
        "c": Colour.RED,
    }
    assert isinstance(masked["c"], Colour)


def test_secrets_are_not_shown_by_their_holder():
    assert "value" not in repr(_secrets(A="value"))
