"""Taking out of a page's texts what changes by itself."""

import pytest

from checks.volatile import looks_generated, masked_text, stable_classes, stable_token, stable_url


@pytest.mark.parametrize(
    "token",
    [":r1:", "«r2»", "_r_1_", "ember123", "radix-12", "a1b2c3d4", "3xY2z", "bdVaJa", "kXyZaB",
     "f47ac10b-58cc-4372-a567-0e02b2c3d479", "7", "svelte-1tky8bj", "react-select-2-input"],
)  # fmt: skip
def test_generated_tokens_are_recognised(token: str) -> None:
    assert looks_generated(token)


@pytest.mark.parametrize(
    "token",
    ["email", "hakukentta", "main-nav", "navItem", "btn--primary", "etu_nimi", "tietosuoja",
     "user[email]", "a11y-menu", "osio2", "henkilötiedot"],
)  # fmt: skip
def test_hand_written_tokens_are_kept(token: str) -> None:
    assert not looks_generated(token)


def test_numbers_in_a_token_are_masked() -> None:
    assert stable_token("rivi-12-nimi") == "rivi-#-nimi"


@pytest.mark.parametrize(
    ("classes", "kept"),
    [
        ("css-1x2y3z btn", ["btn"]),
        ("sc-bdVaJa bXYsQq", []),
        ("Button_root__3xY2z", ["Button_root"]),
        ("Button__root___3xY2z", ["Button__root"]),
        ("Button-module__root--3xY2z", ["Button-module__root"]),
        ("_root_1x2y3_12", ["root"]),
        ("header__3xY2z", ["header"]),
        ("card__title card__title--large", ["card__title", "card__title--large"]),
        ("nav-item is-active first nav-item-3", ["nav-item", "nav-item-#"]),
        ("mt-4 text-gray-400 md:flex", ["mt-#", "text-gray-#"]),
        (None, []),
    ],
)
def test_class_names_are_reduced_to_what_a_person_wrote(
    classes: str | None, kept: list[str]
) -> None:
    assert stable_classes(classes) == kept


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("  Ostoskori  (3) ", "ostoskori (#)"),
        ("Päivitetty 22.11.2026 klo 9.15", "päivitetty # klo #"),
        ("2026-11-22T12:00:00Z", "#"),
        ("12. maaliskuuta 2026 avattu", "# # avattu"),
        ("5 min sitten", "# min sitten"),
        ("Istunto 9f86d081884c7d65", "istunto #"),
        ("3", "#"),
        ("Vaihe 1", "vaihe 1"),
        (None, ""),
    ],
)
def test_times_counters_and_tokens_are_masked(text: str | None, masked: str) -> None:
    assert masked_text(text) == masked


@pytest.mark.parametrize(
    ("address", "stable"),
    [
        ("https://www.a.fi:8080/x/y.html?sid=1&a=2#osa", "/x/y.html|a=2|osa"),
        ("http://127.0.0.1:3000/x/y.html?a=2#osa", "/x/y.html|a=2|osa"),
        ("/haku?q=talo&csrf_token=abc&_=17000", "/haku|q=talo|"),
        ("/static/icon.3f9a2b1c.svg?v=12", "/static/icon.#.svg||"),
        ("/a;jsessionid=12AB34", "/a||"),
        ("javascript:void(nonce)", "javascript"),
        ("mailto:a@example.fi", "mailto:a@example.fi"),
        ("http://[rikki", ""),
        (None, ""),
    ],
)
def test_addresses_lose_host_session_and_hash(address: str | None, stable: str) -> None:
    assert stable_url(address) == stable
