"""Taking over pa11y-ci's configuration: what is kept, what is told, what is refused."""

import json
import tomllib
from datetime import date

import pytest

from service.barriers.gate.pa11yci import BadPa11yci, policy_from_pa11yci
from service.barriers.gate.pa11yci.writing import toml_of
from service.barriers.gate.policy import read_policy
from service.barriers.gate.selecting import covers

TODAY = date(2026, 11, 22)
SUPPRESSED = {
    "reason": "taken over from .pa11yci",
    "owner": "FILL IN",
    "expires": date(2027, 2, 20),
}
GATE = {"fail_on": "any", "impact": "serious"}
MUNICIPALITY = {
    "defaults": {
        "standard": "WCAG2AA",
        "runners": ["axe"],
        "timeout": 60000,
        "wait": 500,
        "viewport": {"width": 320, "height": 480, "isMobile": True},
        "ignore": ["color-contrast", "WCAG2AA.Principle1.Guideline1_4.1_4_3.G18.Fail", "notice"],
        "hideElements": ".cookie-banner, #map",
        "chromeLaunchConfig": {"args": ["--no-sandbox"]},
        "concurrency": 4,
        "reporters": ["cli", ["json", {"fileName": "a.json"}]],
    },
    "urls": [
        "http://localhost:3000",
        "http://localhost:3000/haku?q=1",
        {
            "url": "http://localhost:3000/haku",
            "actions": ["click element #open", "wait for element #menu to be visible"],
            "timeout": 90000,
        },
        {"url": "http://localhost:3000/kartta", "ignore": ["image-alt"], "wait": 500},
    ],
}
WITH_SECRETS = {
    "defaults": {
        "headers": {"Authorization": "Bearer s3cret-token", "Accept-Language": "fi"},
        "actions": ["set field #password to hunter2", "click element button"],
    },
    "urls": ["https://admin:pw0rd@staging.example/", "https://other.example/a"],
}


def taken(config, name=".pa11yci"):
    """The policy, read back by the reader of policies, and the remarks."""
    text = config if isinstance(config, str) else json.dumps(config)
    imported = policy_from_pa11yci(text, name=name, today=TODAY)
    read_policy(imported.toml, name="luiska.toml")
    return tomllib.loads(imported.toml), imported.remarks


def defaults(**options):
    return taken({"defaults": {"runners": ["axe"], **options}, "urls": ["http://a.example/"]})


def test_a_whole_file_becomes_a_policy_with_a_remark_for_all_that_has_no_counterpart():
    policy, remarks = taken(MUNICIPALITY)
    assert policy == {
        "standard": "wcag21aa",
        "timeout_s": 60,
        "viewports": ["320x480"],
        "base_url": "http://localhost:3000/",
        "urls": ["/", "/haku?q=1", "/kartta"],
        "gate": GATE,
        "page": [
            {
                "url": "/haku",
                "state": "after its steps",
                "actions": ["click element #open", "wait for element #menu to be visible"],
            }
        ],
        "suppress": [
            {"rule": "color-contrast", **SUPPRESSED},
            {
                "selector": ".cookie-banner, .cookie-banner *, #map, #map *",
                **SUPPRESSED,
            },
            {"rule": "image-alt", "url": "/kartta", **SUPPRESSED},
        ],
    }
    assert [remark.partition(": ")[0] for remark in remarks] == [
        "defaults.wait",
        "defaults.viewport.isMobile",
        "defaults.ignore WCAG2AA.Principle1.Guideline1_4.1_4_3.G18.Fail",
        "defaults.ignore notice",
        "defaults.chromeLaunchConfig",
        "defaults.concurrency",
        "defaults.reporters",
        "urls[2].timeout",
        "suppress",
    ]


def test_no_secret_of_the_file_is_in_the_policy_or_in_a_remark():
    imported = policy_from_pa11yci(json.dumps(WITH_SECRETS), name=".pa11yci", today=TODAY)
    told = imported.toml + "\n".join(imported.remarks)
    for secret in ("s3cret", "hunter2", "pw0rd", "admin"):
        assert secret not in told
    policy = tomllib.loads(imported.toml)
    assert policy["headers"] == {
        "Authorization": "${LUISKA_SECRET_AUTHORIZATION}",
        "Accept-Language": "fi",
    }
    assert policy["actions"][0] == "set field #password to ${LUISKA_SECRET_PASSWORD}"
    assert policy["urls"] == ["https://staging.example/", "https://other.example/a"]
    assert sum("LUISKA_SECRET_" in remark for remark in imported.remarks) == 2


@pytest.mark.parametrize("field", ["#pwd", "input[name=pw]", "#salasana", "#lösenord"])
def test_a_field_for_a_password_is_known_in_many_words(field):
    policy, remarks = defaults(actions=[f"set field {field} to hunter2"])
    assert policy["actions"] == [f"set field {field} to ${{LUISKA_SECRET_PASSWORD}}"]
    assert "hunter2" not in "".join(remarks)


def test_a_secret_in_an_address_is_not_copied():
    policy, remarks = taken(
        {"defaults": {"runners": ["axe"]}, "urls": ["http://a.example/x?q=1&token=hunter2&key=3"]}
    )
    assert policy["urls"] == ["/x?q=1&key=3"]
    assert [remark.partition(",")[0] for remark in remarks] == [
        "urls[0]: a secret in the address belongs in no file: it was not copied; bring the page "
        "into its state with a header"
    ]


def test_what_no_policy_may_say_is_brought_within_its_limits_and_told():
    policy, remarks = defaults(timeout=900_000, viewport={"width": 100, "height": 9000})
    assert (policy["timeout_s"], policy["viewports"]) == (600, ["200x8000"])
    assert [remark.partition(": ")[0] for remark in remarks] == [
        "defaults.timeout", "defaults.viewport",
    ]  # fmt: skip


def test_the_remarks_stand_in_the_policy_as_comments_too():
    imported = policy_from_pa11yci(json.dumps(MUNICIPALITY), name=".pa11yci", today=TODAY)
    assert imported.toml.startswith("# Taken over from .pa11yci on 2026-11-22.\n# ")
    for remark in imported.remarks:
        assert f"# {remark}\n" in imported.toml


def test_the_other_runner_is_named_also_where_pa11y_s_default_is_meant():
    for config in ({"urls": ["http://a.example"]}, {"defaults": {"runners": ["axe", "htmlcs"]}}):
        assert any("HTML_CodeSniffer" in remark for remark in taken(config)[1])
    assert defaults()[1] == ()


def test_pages_on_several_sites_keep_their_whole_addresses():
    policy, _ = taken({"urls": ["localhost:8000/a", "https://b.example"]})
    assert policy["urls"] == ["http://localhost:8000/a", "https://b.example/"]
    assert "base_url" not in policy


def test_a_page_in_several_states_has_a_name_for_each():
    steps = {"url": "http://a.example/x", "actions": ["click element a"]}
    policy, _ = taken({"urls": [steps, steps]})
    assert [page["state"] for page in policy["page"]] == ["after its steps", "after its steps 2"]


def test_local_files_and_files_without_pages_are_told():
    _, remarks = taken({"defaults": {"runners": ["axe"]}, "urls": ["./dist/a.html"]})
    assert remarks[0].startswith("urls: there are none")
    assert remarks[1].startswith("urls[0] ./dist/a.html: is no web address")


@pytest.mark.parametrize(
    ("options", "gate"),
    [
        ({"level": "error"}, GATE),
        ({"level": "warning"}, {"fail_on": "any", "impact": "moderate"}),
        ({"level": "notice"}, {"fail_on": "any", "impact": "minor"}),
        ({"level": "none"}, {"fail_on": "none", "impact": "serious"}),
    ],
)
def test_the_level_is_the_mildest_impact_that_fails(options, gate):
    policy, remarks = defaults(**options)
    assert (policy["gate"], remarks) == (gate, ())


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("threshold", 10),
        ("rootElement", "#main"),
        ("standard", "WCAG2AAA"),
        ("standard", "WCAG2A"),
        ("standard", "Section508"),
        ("userAgent", "bot"),
        ("log", {"debug": True}),
        ("useIncognitoBrowserContext", False),
        ("includeWarnings", True),
        ("includeNotices", True),
        ("screenCapture", "a.png"),
        ("method", "POST"),
        ("postData", "a=b"),
        ("todo", ["later"]),
    ],
)
def test_what_has_no_counterpart_is_one_remark_that_names_the_key(option, value):
    _, remarks = defaults(**{option: value})
    assert len(remarks) == 1
    assert remarks[0].startswith(f"defaults.{option}: ")
    assert remarks[0].endswith(".")


@pytest.mark.parametrize(
    ("option", "value"),
    [("threshold", 0), ("includeWarnings", False), ("useIncognitoBrowserContext", True),
     ("standard", "WCAG2AA"), ("wait", 0)],
)  # fmt: skip
def test_what_is_the_same_here_is_no_remark(option, value):
    assert defaults(**{option: value})[1] == ()


def test_a_key_outside_of_defaults_and_urls_is_told():
    _, remarks = taken({"default": {"timeout": 1}, "urls": [], "sitemap": "http://a.example/s.xml"})
    assert any(remark.startswith("default: is no key") for remark in remarks)


def test_hidden_elements_are_suppressed_with_what_is_in_them():
    policy, remarks = defaults(hideElements=["nav > ol a", '[data-x="a,b"]', "h2 + p", "a >>> b"])
    selector = policy["suppress"][0]["selector"]
    assert selector == 'nav > ol a, nav > ol a *, [data-x="a,b"]'
    assert covers(selector, found="a", html="<a></a>", path="html>body>nav>ol>li")
    assert covers(selector, found="b", html="<b></b>", path="html>body>nav>ol>li>a")
    assert covers(selector, found="p", html='<p data-x="a,b"></p>', path="html>body")
    assert not covers(selector, found="a", html="<a></a>", path="html>body>nav")
    (told, _) = remarks
    assert told.startswith(
        'defaults.hideElements [data-x="a,b"] *, defaults.hideElements h2 + p, '
        "defaults.hideElements h2 + p *, defaults.hideElements a >>> b, "
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{\n  "urls": [\n    "a",\n  ]\n}', ".pa11yci, line 4: this is no JSON: "),
        ("", ".pa11yci, line 1: this is no JSON: "),
        ("module.exports = {}", ".pa11yci, line 1: this is JavaScript."),
        ("[]", ".pa11yci: must be an object in braces."),
        ('{"urls": "http://a.example"}', ".pa11yci: urls: must be a list."),
        ('{"urls": [1]}', ".pa11yci: urls[0]: must be an object in braces."),
        ('{"urls": [{}]}', ".pa11yci: urls[0].url: must be a text."),
        ('{"urls": ["http://[::1/"]}', ".pa11yci: urls[0]: http://[::1/ is no address."),
        ('{"defaults": []}', ".pa11yci: defaults: must be an object in braces."),
        ('{"defaults": {"timeout": "1"}}', ".pa11yci: defaults.timeout: must be a number."),
        ('{"defaults": {"timeout": Infinity}}', ".pa11yci: defaults.timeout: must be a number."),
        ('{"defaults": {"timeout": 0}}', ".pa11yci: defaults.timeout: must be at least 1 milli"),
        ('{"defaults": {"viewport": {}}}', ".pa11yci: defaults.viewport.width: must be a number."),
        ('{"defaults": {"ignore": [1]}}', ".pa11yci: defaults.ignore[0]: must be a text."),
        ('{"defaults": {"level": "x"}}', ".pa11yci: defaults.level: must be error, warning"),
    ],
)
def test_a_file_that_cannot_be_taken_over_is_an_error_that_says_where(text, message):
    with pytest.raises(BadPa11yci) as told:
        policy_from_pa11yci(text, name=".pa11yci", today=TODAY)
    assert str(told.value).startswith(message)


def test_any_text_is_written_as_toml_that_reads_back():
    awkward = {"a key": '"quoted" \\ \n\t\x00\x7f \U0001f600 \'', "list": ["x" * 90, "y" * 90, "]"]}
    policy = {**awkward, "flag": True, "table": awkward, "tables": [awkward, {}]}
    assert tomllib.loads(toml_of(policy)) == policy
