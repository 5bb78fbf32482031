"""The identity of a finding, told by single cases."""

import re

import pytest

from checks import ALGORITHM_VERSION, Ancestor, Element, fingerprint

MAIN = Ancestor(tag="main", role="main", id="sisalto")
TOOLBAR = Ancestor(tag="div", role="toolbar", name="Hakutyökalut")
ITEM = (Ancestor(tag="li", role="listitem"), Ancestor(tag="ul", role="list"))


def component(html: str, element: Element | None = None, rule: str = "color-contrast") -> str:
    return fingerprint(rule=rule, html=html, element=element).component


def instance(html: str, element: Element | None = None, ordinal: int = 0) -> str:
    return fingerprint(rule="r", html=html, element=element, ordinal=ordinal).instance


def test_keys_are_32_hexadecimal_digits() -> None:
    keys = fingerprint(rule="image-alt", html='<img src="a.png">')
    assert re.fullmatch("[0-9a-f]{32}", keys.component)
    assert re.fullmatch("[0-9a-f]{32}", keys.instance)


def test_the_keys_of_version_1_do_not_change_unnoticed() -> None:
    keys = fingerprint(
        rule="link-name",
        html='<a class="ikoni css-1x2y3z" href="https://www.hel.fi/haku"></a>',
        element=Element(role="link", ancestors=(*ITEM, MAIN)),
    )
    assert ALGORITHM_VERSION == 1
    assert (keys.component, keys.instance) == (
        "18e9779f1858abd0f6d16258f6f7c5f8",
        "706247db22678bef7b7336f196b3a03d",
    )


def test_named_buttons_of_one_toolbar_are_different_components() -> None:
    keys = {
        component(f"<button>{name}</button>", Element(role="button", name=name, ancestors=place))
        for name in ("Hae", "Tyhjennä")
        for place in [(TOOLBAR, MAIN)]
    }
    assert len(keys) == 2


def test_thirty_nameless_icon_links_are_one_component_with_thirty_instances() -> None:
    keys = [
        fingerprint(
            rule="link-name",
            html=f'<a id="kuvake-{n}" class="ikoni" href="/kohde/{n}"><svg></svg></a>',
            element=Element(role="link", ancestors=(*ITEM, MAIN)),
        )
        for n in range(30)
    ]
    assert len({each.component for each in keys}) == 1
    assert len({each.instance for each in keys}) == 30


def test_nameless_links_without_anything_of_their_own_are_told_apart_by_ordinal() -> None:
    keys = [fingerprint(rule="link-name", html="<a></a>", ordinal=n) for n in range(3)]
    assert len({each.component for each in keys}) == 1
    assert len({each.instance for each in keys}) == 3


def test_link_texts_in_a_list_are_content_of_one_component() -> None:
    def in_list(name: str) -> Element:
        return Element(role="link", name=name, ancestors=(*ITEM, MAIN))

    first = component('<a href="/1">Uutinen yksi</a>', in_list("Uutinen yksi"))
    second = component('<a href="/2">Aivan muuta</a>', in_list("Aivan muuta"))
    assert first == second
    assert instance('<a href="/1"></a>', in_list("Uutinen yksi")) != instance(
        '<a href="/1"></a>', in_list("Aivan muuta")
    )


def test_buttons_in_a_list_keep_their_names() -> None:
    keys = {
        component("<button></button>", Element(role="button", name=name, ancestors=ITEM))
        for name in ("Poista", "Muokkaa")
    }
    assert len(keys) == 2


def test_nameless_buttons_in_a_list_are_one_component_whatever_their_ids() -> None:
    keys = {
        component(f'<button id="poista-{city}"></button>', Element(role="button", ancestors=ITEM))
        for city in ("helsinki", "espoo")
    }
    assert len(keys) == 1


def test_unlabelled_fields_of_one_form_differ_by_name_or_id() -> None:
    form = Element(role="textbox", ancestors=(Ancestor(tag="form", id="tilaus"), MAIN))
    keys = {
        component(html, form, rule="label")
        for html in (
            '<input type="text" name="etunimi">',
            '<input type="text" name="sukunimi">',
            '<input type="text" id="puhelin">',
            '<input type="text" id="osoite">',
        )
    }
    assert len(keys) == 4


def test_radio_buttons_of_one_group_are_instances_told_apart_by_value() -> None:
    first = fingerprint(rule="label", html='<input type="radio" name="maksu" value="lasku">')
    second = fingerprint(rule="label", html='<input type="radio" name="maksu" value="kortti">')
    assert first.component == second.component
    assert first.instance != second.instance


def test_what_somebody_typed_is_not_part_of_a_key() -> None:
    typed = '<input type="text" name="nimi" value="{}">'
    assert fingerprint(rule="label", html=typed.format("Aino")) == fingerprint(
        rule="label", html=typed.format("Väinö")
    )


@pytest.mark.parametrize(
    "other",
    [
        Ancestor(tag="footer", role="contentinfo"),
        Ancestor(tag="nav", role="navigation", name="Päävalikko"),
        Ancestor(tag="section", role="region", name="Yhteystiedot"),
        Ancestor(tag="div", id="yhteystiedot"),
    ],
)
def test_the_place_tells_components_apart(other: Ancestor) -> None:
    html = "<button></button>"
    assert component(html, Element(role="button", ancestors=(other, MAIN))) != component(
        html, Element(role="button", ancestors=(MAIN,))
    )


def test_the_layout_around_a_landmark_is_no_part_of_the_place() -> None:
    footer = Ancestor(tag="footer", role="contentinfo")
    layouts = (
        (),
        (Ancestor(tag="div", id="etusivu"), Ancestor(tag="body")),
        (Ancestor(tag="div", id="kampanja"), Ancestor(tag="div", id="__next")),
    )
    keys = {component("<a></a>", Element(ancestors=(footer, *layout))) for layout in layouts}
    assert len(keys) == 1


def test_a_header_within_an_article_is_no_banner() -> None:
    article = Ancestor(tag="article")
    header = Ancestor(tag="header")
    in_article = component("<h2></h2>", Element(ancestors=(header, article, MAIN)))
    assert in_article == component("<h2></h2>", Element(ancestors=(article, MAIN)))
    assert in_article != component("<h2></h2>", Element(ancestors=(header,)))


def test_a_missing_language_is_one_component_on_every_page_and_build() -> None:
    assert component('<html class="no-js page-12" data-build="77a1">', rule="html-has-lang") == (
        component('<html class="js wf-active">', rule="html-has-lang")
    )


def test_another_rule_on_the_same_element_is_another_component() -> None:
    assert component("<a></a>", rule="link-name") != component("<a></a>", rule="target-size")
