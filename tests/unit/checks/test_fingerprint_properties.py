"""The identity of a finding under every change that leaves the defect as it was."""

import itertools
from collections import Counter
from dataclasses import dataclass, replace

from hypothesis import given
from hypothesis import strategies as st

from checks import Ancestor, Element, Fingerprint, fingerprint

WORDS = ("hae", "tyhjennä", "lähetä lomake", "kirjaudu", "ostoskori", "lue lisää", "peruuta")
CLASSES = ("btn", "btn--primary", "card__title", "navItem", "mt-4", "text-gray-400", "ikoni")
IDS = ("email", "hakukentta", "tilaus-lomake", "etunimi")

HEADER = Ancestor(tag="header", role="banner")
FOOTER = Ancestor(tag="footer", role="contentinfo")
PLACES: tuple[tuple[Ancestor, ...], ...] = (
    (Ancestor(tag="main", role="main", id="sisalto"),),
    (FOOTER,),
    (Ancestor(tag="nav", role="navigation", name="Päävalikko"), HEADER),
    (Ancestor(tag="form", role="form", id="tilaus"), Ancestor(tag="main", role="main")),
    (Ancestor(tag="li", role="listitem"), Ancestor(tag="ul"), FOOTER),
    (Ancestor(tag="div", id="hakutulokset"), Ancestor(tag="main", role="main")),
)


@dataclass(frozen=True, kw_only=True)
class Defect:
    """One element with a fault, before it is written out."""

    rule: str
    tag: str
    role: str
    name: str | None
    classes: tuple[str, ...]
    attributes: tuple[tuple[str, str], ...]
    place: tuple[Ancestor, ...]
    children: str = ""

    def keys(self) -> Fingerprint:
        attributes = (("class", " ".join(self.classes)), *self.attributes)
        written = "".join(f' {name}="{value}"' for name, value in attributes)
        return fingerprint(
            rule=self.rule,
            html=f"<{self.tag}{written}>{self.name or ''}{self.children}</{self.tag}>",
            element=Element(role=self.role, name=self.name, ancestors=self.place),
        )


@st.composite
def defects(draw: st.DrawFn) -> Defect:
    tag, role = draw(st.sampled_from((("a", "link"), ("button", "button"), ("h2", "heading"))))
    attributes = [("id", draw(st.sampled_from(IDS))), ("type", "button")]
    if tag == "a":
        attributes.append(("href", draw(st.sampled_from(("/haku", "/tili?x=1", "/a/b#osa")))))
    return Defect(
        rule=draw(st.sampled_from(("color-contrast", "link-name", "target-size"))),
        tag=tag,
        role=role,
        name=draw(st.none() | st.sampled_from(WORDS)),
        classes=tuple(draw(st.lists(st.sampled_from(CLASSES), unique=True))),
        attributes=tuple(attributes),
        place=draw(st.sampled_from(PLACES)),
    )


LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
HASHES = st.text(LETTERS + "0123456789", min_size=5, max_size=7)
WORD_HASHES = st.text(LETTERS, min_size=6, max_size=6)


@st.composite
def hashed_classes(draw: st.DrawFn) -> tuple[str, ...]:
    """What emotion, styled-components, CSS modules and Svelte would write in one build."""
    return (
        f"css-{draw(HASHES)}",
        f"sc-{draw(WORD_HASHES)}",
        draw(WORD_HASHES),
        f"Button_root__{draw(HASHES)}",
        f"svelte-{draw(HASHES)}",
        f"jss{draw(st.integers(1, 999))}",
    )


@given(defects(), hashed_classes(), hashed_classes())
def test_hashed_class_names_of_another_build(
    defect: Defect, before: tuple[str, ...], after: tuple[str, ...]
) -> None:
    first = replace(defect, classes=defect.classes + before)
    second = replace(defect, classes=defect.classes + after)
    assert first.keys() == second.keys()


@given(defects(), st.randoms())
def test_attributes_and_classes_in_another_order(defect: Defect, random: object) -> None:
    attributes, classes = list(defect.attributes), list(defect.classes)
    random.shuffle(attributes)  # type: ignore[attr-defined]
    random.shuffle(classes)  # type: ignore[attr-defined]
    shuffled = replace(defect, attributes=tuple(attributes), classes=tuple(classes))
    assert shuffled.keys() == defect.keys()


WRAPPERS = (
    Ancestor(tag="div"),
    Ancestor(tag="div", id="wrapper"),
    Ancestor(tag="div", id=":r4:"),
    Ancestor(tag="span", role="generic"),
    Ancestor(tag="div", role="presentation"),
    Ancestor(tag="section"),
)


@given(defects())
def test_a_wrapper_anywhere_above(defect: Defect) -> None:
    for place, wrapper in itertools.product(PLACES, WRAPPERS):
        bare = replace(defect, place=place).keys()
        for at in range(len(place) + 1):
            wrapped = replace(defect, place=(*place[:at], wrapper, *place[at:]))
            assert wrapped.keys() == bare, (place, wrapper, at)


@given(defects(), st.text("abcåäö 123", max_size=30), st.text("abcåäö 123", max_size=30))
def test_texts_of_other_nodes(defect: Defect, before: str, after: str) -> None:
    first = replace(defect, children=f"<span>{before}</span><svg><title>{before}</title></svg>")
    second = replace(defect, children=f"<span>{after}</span><svg><title>{after}</title></svg>")
    assert first.keys() == second.keys()


@given(defects(), st.sampled_from(("first", "last", "odd", "even", "is-active", "current")))
def test_siblings_that_come_and_go_move_only_position_classes(defect: Defect, state: str) -> None:
    assert replace(defect, classes=(*defect.classes, state)).keys() == defect.keys()


@given(defects(), st.integers(0, 99), st.integers(0, 99))
def test_siblings_that_come_and_go_renumber_classes_and_ids(
    defect: Defect, before: int, after: int
) -> None:
    def numbered(number: int) -> Defect:
        attributes = (("id", f"rivi-{number}"), *defect.attributes[1:])
        classes = (*defect.classes, f"rivi-{number}")
        return replace(defect, attributes=attributes, classes=classes)

    assert numbered(before).keys() == numbered(after).keys()


@given(defects(), st.sampled_from(("etusivu", "tilaus", "haku", "f47ac10b")))
def test_the_same_footer_on_another_page(defect: Defect, page: str) -> None:
    here = replace(defect, place=(FOOTER,))
    layout = (Ancestor(tag="div", id=page), Ancestor(tag="body", id=f"{page}-body"))
    assert replace(defect, place=(FOOTER, *layout)).keys() == here.keys()


TOKENS = st.text("0123456789abcdef", min_size=24, max_size=32)
TIMES = st.datetimes()


@given(defects(), TOKENS, TOKENS, TIMES, TIMES)
def test_nonces_tokens_sessions_times_ports_and_hosts(
    defect: Defect, token: str, other_token: str, time: object, other_time: object
) -> None:
    def written(token: str, time: object, origin: str) -> Defect:
        stamp = f"{time:%d.%m.%Y %H:%M}"
        attributes = (
            *defect.attributes[:1],
            ("nonce", token),
            ("data-timestamp", str(time)),
            ("data-csrf", token),
            ("href", f"{origin}/haku?q=talo&csrf={token}&sid={token}&ts={stamp}"),
            ("src", f"{origin}/kuva.png;jsessionid={token}?_={token}"),
        )
        return replace(defect, attributes=attributes, name=f"Päivitetty {stamp}")

    first = written(token, time, "http://127.0.0.1:3000")
    second = written(other_token, other_time, "https://pr-17.preview.example.fi")
    assert first.keys() == second.keys()


@given(defects())
def test_equal_instances_have_equal_components(defect: Defect) -> None:
    nameless = replace(defect, name=None)
    if defect.keys().instance == nameless.keys().instance:
        assert defect.keys().component == nameless.keys().component


def test_different_defects_share_a_component_in_less_than_one_of_a_hundred() -> None:
    rules = ("color-contrast", "target-size", "aria-allowed-attr")
    kinds = (("a", "link"), ("button", "button"), ("h2", "heading"), ("p", "paragraph"))
    places = (*PLACES[:4], PLACES[5])
    products = itertools.product(rules, kinds, WORDS, ("btn", "card__title", "ikoni"), places)
    keys = Counter(
        Defect(
            rule=rule,
            tag=tag,
            role=role,
            name=name,
            classes=(class_name,),
            attributes=(),
            place=place,
        )
        .keys()
        .component
        for rule, (tag, role), name, class_name, place in products
    )
    assert keys.total() == 1260
    assert keys.total() - len(keys) == 0
