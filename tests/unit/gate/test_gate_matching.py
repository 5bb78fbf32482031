"""What a baseline recognises although its keys changed, and what it does not."""

from gate_words import MAIN, finding, known, page, rules, verdict

from checks.values import Ancestor

FIELD = finding(
    "label", '<input class="field" id="haku">', selector="#haku", path="html>body>main>form.search"
)
NAMELESS = '<button class="icon"></button>'


def button(ordinal=0, html=NAMELESS, **more):
    return finding("button-name", html, ordinal=ordinal, selector="button", **more)


def image(src):
    return finding("image-alt", f'<img src="{src}">')


def test_one_more_nameless_button_among_known_ones_is_new():
    before = known(page("/", button(0), button(1)))
    judged = verdict([page("/", button(0), button(1), button(2))], before)
    assert (judged.new[0].elements, judged.existing[0].elements) == (1, 2)


def test_a_known_element_on_another_page_is_known():
    judged = verdict([page("/", button()), page("/new", button())], known(page("/", button())))
    assert (judged.new, judged.existing[0].pages) == (
        (), ("https://site.example/", "https://site.example/new"),
    )  # fmt: skip


def test_a_known_element_is_new_on_a_page_that_was_known_without_it_unless_it_moved_there():
    before = known(page("/a", button()), page("/b"))
    spread = verdict([page("/a", button()), page("/b", button())], before)
    assert (spread.new[0].pages, spread.existing[0].pages) == (
        ("https://site.example/b",), ("https://site.example/a",),
    )  # fmt: skip
    moved = verdict([page("/a"), page("/b", button())], before)
    assert (moved.new, moved.fixed, moved.existing[0].because) == (
        (), (), ("the same element, moved from /a",),
    )  # fmt: skip


def test_a_known_component_with_other_content_is_known_on_a_new_page_only():
    before = known(page("/"), page("/a", image("/a.png")))
    on_new = verdict([page("/"), page("/b", image("/b.png"))], before)
    assert (on_new.new, on_new.existing[0].because) == (
        (), ("the same component as on pages that the baseline knows",),
    )  # fmt: skip
    on_clean = verdict([page("/", image("/b.png")), page("/a", image("/a.png"))], before)
    assert on_clean.new[0].pages == ("https://site.example/",)


def test_a_new_page_may_have_as_many_of_a_known_component_as_a_known_page_had():
    before = known(page("/a", image("/a.png"), image("/b.png")), page("/b", image("/c.png")))
    images = [image(f"/{number}.png") for number in range(4)]
    judged = verdict([page("/new", *images), page("/other", *images[:2])], before)
    assert (judged.new[0].elements, judged.new[0].pages) == (2, ("https://site.example/new",))
    narrow = page("/new", *images[:2], viewport=(320, 640))
    assert verdict([page("/new", *images[:2]), narrow], before).new == ()
    same = verdict([page("/new", image("/a.png"), image("/b.png"), images[0])], before)
    assert (same.new[0].elements, same.existing[0].elements) == (1, 2)


def test_content_that_changed_in_place_is_known_and_what_is_more_than_before_is_new():
    before = known(page("/", image("/a.png")))
    one = verdict([page("/", image("/b.png"))], before)
    assert (one.new, one.existing[0].because, one.fixed) == (
        (), ("the same component on the same page, with other content",), (),
    )  # fmt: skip
    two = verdict([page("/", image("/b.png"), image("/c.png"))], before)
    assert (two.new[0].elements, two.existing[0].elements) == (1, 1)


def test_the_same_element_in_another_viewport_takes_no_second_place():
    before = known(page("/", image("/a.png"), image("/z.png")))
    narrow = page("/", image("/b.png"), viewport=(320, 640))
    judged = verdict([page("/", image("/b.png")), narrow], before)
    assert judged.new == ()


def test_an_element_with_the_same_id_is_the_same_wherever_it_moved():
    moved = finding(
        "label", '<input class="other" id="haku" type="search">', selector="#haku",
        path="html>body>header", ancestors=(Ancestor(tag="header", role="banner"),),
    )  # fmt: skip
    judged = verdict([page("/", moved)], known(page("/", FIELD)))
    assert (judged.new, judged.fixed, judged.existing[0].because) == (
        (), (), ("the same id, 'haku', at another place or in other words",),
    )  # fmt: skip


def test_an_element_with_the_same_words_is_the_same_in_a_new_wrapper():
    old = finding("color-contrast", '<p class="note">Open from ten</p>')
    new = finding(
        "color-contrast", '<p class="hint">Open from ten</p>', path="html>body>main>div.card"
    )
    judged = verdict([page("/", new)], known(page("/", old)))
    assert (judged.new, judged.existing[0].because) == (
        (), ("the same element and words, at another place or written otherwise",),
    )  # fmt: skip


def test_other_words_and_another_address_are_another_defect():
    old = finding("link-name", '<a href="/one"><img></a>', name="One")
    new = finding("link-name", '<a href="/two" class="big"><img></a>', name="Two")
    judged = verdict([page("/", new)], known(page("/", old)))
    assert (rules(judged.new), rules(judged.fixed)) == (["link-name"], ["link-name"])


def test_another_rule_or_another_tag_is_another_defect():
    for other in (
        finding("image-alt", '<input id="haku">'),
        finding("label", "<select id='haku'>"),
    ):
        assert len(verdict([page("/", other)], known(page("/", FIELD))).new) == 1


def test_one_that_is_gone_stands_for_one_that_is_there_and_no_more():
    old = finding("list", '<ul class="menu"></ul>', path="html>body>main>div.left")
    twins = [
        finding(
            "list", f'<ul class="menu{n}"></ul>', path="html>body>main>div.left",
            ancestors=(Ancestor(tag="div", id=f"part{word}"), *MAIN),
        )
        for n, word in ((1, "one"), (2, "two"))
    ]  # fmt: skip
    judged = verdict([page("/", *twins)], known(page("/", old)))
    assert (len(judged.new), len(judged.existing), judged.fixed) == (1, 1, ())


def test_what_people_met_stays_met_when_the_component_is_rewritten():
    from service.barriers.gate.judge import Ledger
    from service.barriers.gate.values import People, Policy

    moved = finding(
        "label", '<input id="haku">', selector="#haku", path="html>body>header",
        ancestors=(Ancestor(tag="header", role="banner"),),
    )  # fmt: skip
    ledger = Ledger(people={FIELD.fingerprint: People(met=2, exposed=5)})
    judged = verdict(
        [page("/", moved)], known(page("/", FIELD)), Policy(witnessed=True), ledger=ledger
    )
    assert (judged.verdict, judged.existing[0].people) == ("fail", People(met=2, exposed=5))


def test_the_same_words_on_a_page_that_nobody_knew_are_known_and_on_a_known_page_new():
    old = finding("color-contrast", '<p class="note">Open from ten</p>', path="html>body>main#a")
    new = finding(
        "color-contrast", '<p class="hint">Open from ten</p>', path="html>body>aside>div>div"
    )
    before = known(page("/", old), page("/clean"))
    elsewhere = verdict([page("/", old), page("/new", new)], before)
    assert (elsewhere.new, [each.because for each in elsewhere.existing if each.because]) == (
        (), [("the same element and words as on pages that the baseline knows",)],
    )  # fmt: skip
    assert rules(verdict([page("/", old), page("/clean", new)], before).new) == ["color-contrast"]
