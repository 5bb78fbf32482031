"""`luiska gate --import-pa11yci`: where the policy and the remarks go, and what is refused."""

import json
import tomllib

CONFIG = {"defaults": {"runners": ["axe"], "wait": 500}, "urls": ["http://a.example/haku"]}


def test_the_policy_goes_to_the_file_asked_for_and_the_remarks_to_stderr(here, tmp_path):
    (tmp_path / ".pa11yci").write_text(json.dumps(CONFIG), encoding="utf-8")
    ended = here("gate", "--import-pa11yci", ".pa11yci", "--output", "luiska.toml")
    assert (ended.code, ended.out) == (0, "")
    assert ended.err.startswith("defaults.wait: name in wait_for ")
    policy = tomllib.loads((tmp_path / "luiska.toml").read_text(encoding="utf-8"))
    assert (policy["base_url"], policy["urls"]) == ("http://a.example/", ["/haku"])


def test_without_a_file_the_policy_is_the_result(here, tmp_path):
    (tmp_path / "ci.json").write_text('\ufeff{"urls": ["a.example"]}', encoding="utf-8")
    ended = here("gate", "--import-pa11yci", "ci.json")
    assert ended.code == 0
    assert tomllib.loads(ended.out)["urls"] == ["/"]


def test_a_policy_that_is_there_is_not_written_over(here, tmp_path):
    (tmp_path / ".pa11yci").write_text(json.dumps(CONFIG), encoding="utf-8")
    (tmp_path / "luiska.toml").write_text("mine", encoding="utf-8")
    ended = here("gate", "--import-pa11yci", ".pa11yci", "--output", "luiska.toml")
    said = "luiska: --output luiska.toml: is there already; name another file.\n"
    assert (ended.code, ended.out, ended.err) == (1, "", said)
    assert (tmp_path / "luiska.toml").read_text(encoding="utf-8") == "mine"


def test_a_file_that_is_not_there_or_is_no_json_is_one_line_with_the_way_out(here, tmp_path):
    ended = here("gate", "--import-pa11yci", ".pa11yci")
    said = "luiska: --import-pa11yci .pa11yci: No such file or directory\n"
    assert (ended.code, ended.err) == (1, said)
    (tmp_path / ".pa11yci").write_text('{\n  "urls": [1,]\n}', encoding="utf-8")
    ended = here("gate", "--import-pa11yci", ".pa11yci")
    assert ended.code == 1
    assert ended.err.startswith("luiska: .pa11yci, line 2: this is no JSON: ")
