"""Every format by its golden file, its schema and an independent reader."""

import csv
import io
import json
from pathlib import Path

import jsonschema_rs
import junitparser
import pytest
import xmlschema
from report_case import awkward_report, footer_report, scan, unjudged_report

from service.reports import FORMATS, Report

HERE = Path(__file__).parent
GOLDEN = HERE / "golden"
SCHEMAS = HERE / "schemas"
FILES = {
    "json": "report.json",
    "csv": "report.csv",
    "html": "report.html",
    "sarif": "report.sarif",
    "junit": "report.junit.xml",
    "codequality": "report.codequality.json",
    "gitlab-a11y": "report.gitlab-a11y.json",
    "md": "report.md",
}
CASES = {
    "judged": awkward_report,
    "not judged": unjudged_report,
    "a footer": footer_report,
    "nothing found": lambda: Report(scan=scan()),
}
every_case = pytest.mark.parametrize("case", CASES)


def rendered(name: str, case: str) -> str:
    return FORMATS[name](CASES[case]())


def schema(name: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(json.loads((SCHEMAS / name).read_text("utf-8")))


def test_every_format_has_a_golden_file():
    assert FILES.keys() == FORMATS.keys()


@pytest.mark.parametrize("name", FORMATS)
def test_a_report_is_what_it_was(name):
    golden = (GOLDEN / FILES[name]).read_bytes().decode("utf-8")
    assert FORMATS[name](awkward_report()) == golden


@pytest.mark.parametrize("name", FORMATS)
@every_case
def test_every_report_can_be_written_as_utf_8_and_is_the_same_again(name, case):
    text = rendered(name, case)
    assert text.encode("utf-8")
    assert "\x00" not in text
    assert text == rendered(name, case)


@every_case
def test_sarif_is_valid_by_the_schema_of_oasis(case):
    log = json.loads(rendered("sarif", case))
    assert [str(error) for error in schema("sarif-2.1.0.json").iter_errors(log)] == []


@pytest.mark.parametrize("name", ["codequality", "gitlab-a11y"])
@every_case
def test_what_gitlab_reads_is_valid(name, case):
    content = json.loads(rendered(name, case))
    assert [str(error) for error in schema(f"{name}.json").iter_errors(content)] == []


@every_case
def test_junit_is_valid_by_the_schema_of_jenkins_and_reads_back(case, tmp_path):
    text = rendered("junit", case)
    xmlschema.XMLSchema(SCHEMAS / "junit-10.xsd").validate(text)
    file = tmp_path / "junit.xml"
    file.write_text(text, encoding="utf-8")
    read = junitparser.JUnitXml.fromfile(str(file))
    names = [(one.classname, one.name) for suite in read for one in suite]
    assert len(names) == len(set(names)) == read.tests


@every_case
def test_csv_reads_back_with_the_same_columns_in_every_line(case):
    text = rendered("csv", case)
    assert text.startswith("\ufeffstanding,")
    lines = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert {len(line) for line in lines} == {20}


def test_a_footer_s_defect_is_one_barrier_however_many_pages_it_is_on():
    assert "| New | 1 |" in rendered("md", "a footer")
    assert "1 element on 575 pages" in rendered("md", "a footer")
    (barrier,) = json.loads(rendered("json", "a footer"))["new"]
    assert (barrier["elements"], len(barrier["pages"])) == (1, 575)
    assert rendered("html", "a footer").count("<article") == 1
