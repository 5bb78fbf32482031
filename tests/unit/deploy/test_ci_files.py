"""The ready files for CI: what they call is there, and no exit code is lost on the way."""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from service.cli.main import command_line
from service.reports import FORMATS

CI = Path(__file__).resolve().parents[3] / "deploy" / "ci"
ACTION = yaml.safe_load((CI / "github" / "action.yml").read_text(encoding="utf-8"))
EXAMPLE = yaml.safe_load((CI / "github" / "example.yml").read_text(encoding="utf-8"))
GITLAB = yaml.safe_load((CI / "gitlab.yml").read_text(encoding="utf-8"))["luiska"]
JENKINS = (CI / "Jenkinsfile").read_text(encoding="utf-8")
SAYS = {0: "passed", 2: "failed", 3: "could not decide", 1: "could not run"}
FAKE = """#!/usr/bin/env python3
import json, os, pathlib, sys
kept = {name: value for name, value in os.environ.items() if name.startswith("LUISKA_")}
pathlib.Path("called.json").write_text(json.dumps([sys.argv[1:], kept]))
if os.environ["FAKE_CODE"] != "1":
    for option, value in zip(sys.argv[1:], sys.argv[2:]):
        if option in ("--output", "--report"):
            pathlib.Path(value.rpartition("=")[2]).write_text("a report")
sys.exit(int(os.environ["FAKE_CODE"]))
"""
BASE_URL = 'https://a.example/"; touch stolen; "'


@pytest.fixture
def shell(tmp_path):
    """Runs a script where `luiska` only writes down how it was called, and ends as told."""
    fake = tmp_path / "bin" / "luiska"
    fake.parent.mkdir()
    fake.write_text(FAKE, encoding="utf-8")
    fake.chmod(0o755)

    def run(script: str, code: int, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script],
            cwd=tmp_path,
            env={
                "PATH": f"{fake.parent}:{os.environ['PATH']}",
                "FAKE_CODE": str(code),
                **variables,
            },
            capture_output=True,
            encoding="utf-8",
        )

    return run


def called(folder: Path) -> tuple[dict[str, Any], dict[str, str]]:
    """The options that `luiska gate` understood, and the LUISKA_ variables that it saw."""
    (verb, *arguments), variables = json.loads((folder / "called.json").read_text("utf-8"))
    assert verb == "gate"
    command = get_command(command_line(["gate"])).commands["gate"]
    options = command.make_context("gate", arguments).params
    assert not (folder / "stolen").exists()
    return options, variables


def formats(options: dict[str, Any]) -> set[str]:
    """The formats that are written; every one of them is there."""
    named = {options["report_format"], *(each.partition("=")[0] for each in options["report"])}
    assert named <= FORMATS.keys()
    return named


def step(name: str) -> dict[str, Any]:
    (found,) = [each for each in ACTION["runs"]["steps"] if each["name"] == name]
    return found


def inputs(**given: str) -> dict[str, str]:
    """The variables of the gate's step, with the inputs of a workflow in them."""
    values = {name: each.get("default", "") for name, each in ACTION["inputs"].items()}
    values |= {name.replace("_", "-"): value for name, value in given.items()}
    return {
        variable: values[re.fullmatch(r"\$\{\{ inputs\.(.+) \}\}", expression)[1]]
        for variable, expression in step("Examine and judge")["env"].items()
    }


@pytest.mark.parametrize("code", SAYS)
def test_the_action_of_github_writes_reports_first_and_ends_with_the_gate_s_own_code(
    shell, tmp_path, code
):
    files = {
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
        "GITHUB_ACTION_PATH": "/nowhere/deploy/ci/github",
    }
    variables = inputs(base_url=BASE_URL, baseline="base line.json", allow_hosts="127.0.0.1:3000")
    ended = shell(step("Examine and judge")["run"], code, **variables, **files)
    assert (ended.returncode, ended.stderr) == (0, "")
    outputs = (tmp_path / "output").read_text("utf-8").splitlines()
    assert outputs == [f"exit-code={code}", *(["has-sarif=true"] if code != 1 else [])]
    assert (tmp_path / "summary").exists() == (code != 1)
    options, seen = called(tmp_path)
    assert (options["base_url"], str(options["baseline"])) == (BASE_URL, "base line.json")
    assert formats(options) == {"md", "html", "json", "junit", "sarif"}
    assert seen == {"LUISKA_ALLOW_HOSTS": "127.0.0.1:3000"}
    last = shell(step("The verdict")["run"], 0, CODE=str(code))
    assert last.returncode == code
    assert SAYS[code] in last.stdout


def test_the_action_of_github_fails_where_the_gate_was_never_reached(shell):
    ended = shell(step("The verdict")["run"], 0, CODE="")
    assert (ended.returncode, "could not run" in ended.stdout) == (1, True)


def test_the_action_of_github_names_the_server_only_where_there_is_one(shell, tmp_path):
    files = {
        "GITHUB_OUTPUT": "output",
        "GITHUB_STEP_SUMMARY": "summary",
        "GITHUB_ACTION_PATH": "/x",
    }
    server = inputs(base_url="https://a.example/", server="https://luiska.example", token="t0ken")
    shell(step("Examine and judge")["run"], 0, **server, **files)
    options, seen = called(tmp_path)
    assert seen["LUISKA_SERVER"] == "https://luiska.example"
    assert seen["LUISKA_TOKEN"] == "t0ken"
    assert options["baseline"] is None


def test_no_input_of_the_action_stands_in_a_script():
    for each in ACTION["runs"]["steps"]:
        assert "${{" not in each.get("run", "")


def test_what_the_action_uploads_it_uploads_also_when_the_gate_failed():
    for name in ("Tell code scanning", "Keep the reports", "The verdict"):
        assert "!cancelled()" in step(name)["if"]
    names = [each["name"] for each in ACTION["runs"]["steps"]]
    assert names[-1] == "The verdict"


def test_the_example_gives_the_action_only_inputs_that_it_has():
    (used,) = [
        each for each in EXAMPLE["jobs"]["gate"]["steps"] if "luiska" in each.get("uses", "")
    ]
    assert used["with"].keys() <= ACTION["inputs"].keys()
    assert {name for name, each in ACTION["inputs"].items() if each.get("required")} <= used[
        "with"
    ].keys()
    assert EXAMPLE["permissions"]["security-events"] == "write"


@pytest.mark.parametrize("code", SAYS)
def test_the_job_of_gitlab_says_the_verdict_and_ends_with_the_gate_s_own_code(
    shell, tmp_path, code
):
    variables = GITLAB["variables"] | {"GATE_BASE_URL": BASE_URL, "LUISKA_DATABASE_URL": "kept"}
    ended = shell("\n".join(GITLAB["script"]), code, **variables)
    assert ended.returncode == code
    assert SAYS[code] in ended.stdout
    options, seen = called(tmp_path)
    assert (options["base_url"], options["baseline"]) == (BASE_URL, None)
    assert formats(options) == {"md", "html", "json", "junit", "codequality", "gitlab-a11y"}
    assert "LUISKA_DATABASE_URL" not in seen


def test_gitlab_reads_the_reports_that_the_job_writes(shell, tmp_path):
    shell("\n".join(GITLAB["script"]), 2, **GITLAB["variables"])
    assert GITLAB["artifacts"]["when"] == "always"
    for file in GITLAB["artifacts"]["reports"].values():
        assert (tmp_path / file).is_file()


@pytest.mark.parametrize("baseline", ["", "known.json"])
def test_jenkins_runs_the_gate_and_tells_its_codes_apart(shell, tmp_path, baseline):
    (script,) = re.findall(r"sh\(returnStatus: true, script: '''(.*?)'''\)", JENKINS, re.DOTALL)
    # In Groovy's ''' a backslash before the end of a line joins the lines.
    joined = script.replace("\\\n", "")
    for code in SAYS:
        ended = shell(joined, code, GATE_BASE_URL=BASE_URL, GATE_POLICY="p", GATE_BASELINE=baseline)
        assert ended.returncode == code
    options, _ = called(tmp_path)
    assert options["baseline"] == (Path(baseline) if baseline else None)
    assert formats(options) == {"md", "html", "json", "junit", "sarif"}
    for said in ("failed", "could not decide", "could not run"):
        assert f"The accessibility gate {said}" in JENKINS
    assert JENKINS.index("post {") < JENKINS.index("always {") < JENKINS.index("junit testResults")
    assert JENKINS.count("{") == JENKINS.count("}")
