"""Reading luiska.toml: what it may say, and what is told of what it may not."""

from datetime import date

import pytest

from checks import Impact
from service.barriers.gate.policy import BadPolicy, read_policy
from service.barriers.gate.values import Policy, Suppress

# The example that the contract gives, word for word.
EXAMPLE = """\
standard = "wcag22aa"
urls = ["/", "/haku"]              # against --base-url
[gate]
fail_on = "new"                    # new | any | none
impact = "serious"                 # this and worse
budget = { "color-contrast" = 3 }  # per rule
witnessed = true                   # also fail on any barrier that people met in a session
incomplete = "fail"                # fail | allow
[[suppress]]
rule = "color-contrast"
selector = ".legacy-banner *"
url = "/arkisto/*"
reason = "replaced in release 12"
owner = "web team"
expires = 2027-01-31
[sarif.files]
"/haku" = "templates/search.html"
"""


def test_the_contract_s_example():
    words = read_policy(EXAMPLE, name="luiska.toml")
    assert (words.standard, words.urls) == ("wcag22aa", ["/", "/haku"])
    assert words.sarif.files == {"/haku": "templates/search.html"}
    assert words.to_policy() == Policy(
        fail_on="new",
        impact=Impact.SERIOUS,
        budget={"color-contrast": 3},
        witnessed=True,
        incomplete="fail",
        suppress=(
            Suppress(
                rule="color-contrast",
                selector=".legacy-banner *",
                url="/arkisto/*",
                reason="replaced in release 12",
                owner="web team",
                expires=date(2027, 1, 31),
            ),
        ),
    )


def test_an_empty_file_has_every_default():
    assert read_policy("", name="luiska.toml").to_policy() == Policy()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('fail_on = "new"', 'fail_onn = "new"', "line 4: gate.fail_onn: there is no such key."),
        ('"new"  ', '"old"  ', "line 4: gate.fail_on: Input should be 'new', 'any' or 'none'."),
        ('"serious"', '"bad"', "line 5: gate.impact: Input should be 'minor', 'moderate', 's"),
        ("= 3 }", "= -3 }", "line 6: gate.budget.color-contrast: Input should be greater than or"),
        (
            "= 3 }",
            "= true }",
            "line 6: gate.budget.color-contrast: Input should be a valid integer",
        ),
        ("= 3 }", '= "3" }', "line 6: gate.budget.color-contrast: Input should be a valid integer"),
        ('reason = "replaced in release 12"\n', "", "line 9: suppress.0.reason: is missing."),
        ('owner = "web team"\n', "", "line 9: suppress.0.owner: is missing."),
        ("expires = 2027-01-31\n", "", "line 9: suppress.0.expires: is missing."),
        ('"replaced in release 12"', '" "', "line 13: suppress.0.reason: String should match pa"),
        ("2027-01-31", '"soon"', "line 15: suppress.0.expires: Input should be a valid date"),
        ("2027-01-31", "4102444800", "line 15: suppress.0.expires: write a date like 2027-01-31."),
        ('".legacy-banner *"', '"..x"', "line 11: suppress.0.selector: is not a CSS selector: "),
        (
            '"wcag22aa"',
            '"a"\nviewports = ["000x000"]',
            "line 2: viewports.0: each side is 200 to 8000.",
        ),
        ("[sarif.files]", "[sarif.file]", "line 16: sarif.file: there is no such key."),
        ('standard = "wcag22aa"', 'standards = "x"', "line 1: standards: there is no such key."),
    ],
)
def test_a_mistake_is_told_with_its_line(old, new, told):
    assert old in EXAMPLE
    with pytest.raises(BadPolicy) as error:
        read_policy(EXAMPLE.replace(old, new, 1), name="luiska.toml")
    assert str(error.value).startswith(f"luiska.toml, {told}")


def test_a_file_with_a_byte_order_mark_and_windows_line_ends_reads_the_same():
    text = "\ufeff" + EXAMPLE.replace("\n", "\r\n")
    assert read_policy(text, name="p.toml") == read_policy(EXAMPLE, name="p.toml")


def test_what_is_no_toml_is_told_with_its_line():
    with pytest.raises(BadPolicy, match=r"^luiska.toml: .*\(at line 2, column 6\)\.$"):
        read_policy('standard = "wcag22aa"\n[gate\n', name="luiska.toml")


def test_every_mistake_is_told():
    text = '[gate]\nx = 1\n[[suppress]]\nrule = "a"\n[[suppress]]\nrule = "b"\nreason = "r"\n'
    with pytest.raises(BadPolicy) as error:
        read_policy(text, name="p.toml")
    assert str(error.value).splitlines() == [
        "p.toml, line 2: gate.x: there is no such key.",
        "p.toml, line 3: suppress.0.reason: is missing.",
        "p.toml, line 3: suppress.0.owner: is missing.",
        "p.toml, line 3: suppress.0.expires: is missing.",
        "p.toml, line 5: suppress.1.owner: is missing.",
        "p.toml, line 5: suppress.1.expires: is missing.",
    ]


def test_a_suppression_of_everything_is_refused():
    text = '[[suppress]]\nreason = "r"\nowner = "o"\nexpires = 2027-01-31\n'
    with pytest.raises(
        BadPolicy, match=r"line 1: suppress\.0: name at least one of rule, selector"
    ):
        read_policy(text, name="p.toml")


def test_a_page_names_a_login_that_is_there():
    with pytest.raises(BadPolicy, match=r"there is no \[login.customer\]"):
        read_policy('[[page]]\nurl = "/"\nlogin = "customer"\n', name="p.toml")
