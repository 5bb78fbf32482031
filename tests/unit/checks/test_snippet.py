"""Reading an element's own start tag and text out of axe's HTML."""

from checks.snippet import read_snippet


def test_only_the_first_tag_and_its_direct_text_are_read() -> None:
    snippet = read_snippet('<a href="/x" class="k">Lue <b>tämä</b> lisää</a> jälkeen')
    assert snippet.tag == "a"
    assert snippet.attributes == {"href": "/x", "class": "k"}
    assert snippet.text == "Lue lisää"


def test_void_elements_do_not_hide_the_text_after_them() -> None:
    assert read_snippet('<label>Nimi <input type="text"> pakollinen</label>').text == (
        "Nimi pakollinen"
    )


def test_attribute_values_that_axe_cut_are_left_out() -> None:
    snippet = read_snippet('<a class="text-gray-400 hover:..." role="link">')
    assert snippet.attributes == {"role": "link"}


def test_no_attribute_is_trusted_once_axe_dropped_some() -> None:
    snippet = read_snippet('<div id="haku" role="search" ...>')
    assert (snippet.tag, snippet.attributes) == ("div", {})


def test_what_is_no_html_is_text() -> None:
    assert read_snippet("  pelkkä teksti ").text == "pelkkä teksti"
    assert read_snippet("").tag == ""
