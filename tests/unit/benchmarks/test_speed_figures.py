"""What the speed benchmark makes of its measurements: ratios, comparisons and tables."""

import io
import json
import os
from pathlib import Path

import pytest
from rich.console import Console

from benchmarks.speed.compare import Difference, differences, same_counts
from benchmarks.speed.contestants import NAMES, chosen
from benchmarks.speed.contestants.axe_cli import AxeCli
from benchmarks.speed.contestants.pa11y import DEFAULT
from benchmarks.speed.contestants.scripts import LIMIT
from benchmarks.speed.contestants.values import PageResult, Task, Told, Unreadable, selector
from benchmarks.speed.machine import Machine
from benchmarks.speed.measuring import Usage
from benchmarks.speed.peers import node
from benchmarks.speed.ratios import TARGETS, Cost, ratios
from benchmarks.speed.rounds import Run
from benchmarks.speed.server import Site
from benchmarks.speed.tables import ratio_table, round_table
from benchmarks.speed.totals import mean_costs

NAMELESS = ("failed", "image-alt", "#logo")
PALE = ("cantTell", "color-contrast", "p")


def cost(wall_s, cpu_s, *, whole=True):
    return Cost(wall_s=wall_s, cpu_s=cpu_s, whole=whole)


def run(contestant, pages, *, wall_s=30.0, cpu_s=10.0, number=1, failure=None):
    return Run(
        contestant=contestant,
        settings="as it comes",
        round=number,
        usage=Usage(
            wall_s=wall_s,
            cpu_rusage_s=cpu_s + 1,
            cpu_cgroup_s=cpu_s,
            cpu_by_program_s={"chromium": cpu_s},
            peak_pss_bytes=500_000_000,
            exit_codes=(0,),
            left_processes=0,
            timed_out=False,
        ),
        pages=pages,
        failure=failure,
    )


def printed(table):
    out = io.StringIO()
    Console(file=out, width=200).print(table)
    return out.getvalue()


@pytest.fixture
def task(tmp_path):
    machine = Machine(
        chromium="/bin/chromium",
        chromedriver="/bin/chromedriver",
        chromium_version="156",
        axe_path=Path("axe.min.js"),
        axe_version="4.14.1",
        flags=("--headless=new",),
        window=(1280, 1167),
        cores=2,
        memory_bytes=1,
        system="Linux",
    )
    return Task(
        pages=("a.html", "b c.html", "d.html"),
        site=Site(host="127.0.0.1:1"),
        folder=tmp_path,
        machine=machine,
        lanes=2,
        tags=("wcag2a", "wcag22aa"),
    )


def test_a_ratio_is_met_at_its_target_and_not_above_it():
    found = ratios({"luiska": cost(9.0, 11.0), "limit": cost(9.0, 10.0)})
    assert [(each.peer, each.measure, each.value, each.at_most, each.met) for each in found] == [
        ("limit", "wall", 1.0, None, None),
        ("limit", "cpu", 1.1, 1.10, True),
    ]
    assert ratios({"luiska": cost(9.0, 11.1), "limit": cost(9.0, 10.0)})[1].met is False


def test_nothing_is_met_against_a_contestant_that_failed_a_page():
    found = ratios({"luiska": cost(1.0, 1.0), "axe-cli": cost(10.0, 10.0, whole=False)})
    assert [(each.value, each.valid, each.met) for each in found] == [(0.1, False, False)] * 2
    assert "(0.10, invalid)" in printed(ratio_table("Ratios", found))


def test_without_luiska_there_are_no_ratios():
    assert ratios({"limit": cost(1.0, 1.0), "axe-cli": cost(1.0, 1.0)}) == ()


def test_every_target_names_a_contestant():
    assert {target.peer for target in TARGETS} < set(NAMES)
    assert [each.name for each in chosen(NAMES, AxeCli(processes=2))] == list(NAMES)


def test_rounds_are_taken_together_by_their_mean_and_one_failure_spoils_it():
    whole, failed = {"a": PageResult()}, {"a": PageResult(error="no result")}
    rounds = [
        [run("luiska", whole, wall_s=10.0, cpu_s=4.0), run("limit", whole)],
        [run("luiska", whole, wall_s=20.0, cpu_s=6.0), run("limit", failed)],
    ]
    costs = mean_costs(rounds)
    assert costs["luiska"] == cost(15.0, 5.0)
    assert costs["limit"].whole is False


def test_two_that_found_the_same_in_another_order_do_not_differ():
    first = {"a": PageResult(findings=(NAMELESS, PALE))}
    second = {"a": PageResult(findings=(PALE, NAMELESS))}
    assert differences(first, second) == ()


def test_a_finding_more_and_a_failed_page_are_differences():
    first = {"a": PageResult(findings=(PALE, PALE)), "b": PageResult()}
    second = {"a": PageResult(findings=(PALE,)), "b": PageResult(error="render_timeout")}
    assert differences(first, second) == (
        Difference(page="a", only_first=(PALE,), only_second=()),
        Difference(page="b", only_first=(), only_second=(("error", "render_timeout", ""),)),
    )


def test_a_page_that_only_one_of_two_scanned_differs():
    found = differences({"a": PageResult()}, {})
    assert found[0].only_second == (("error", "not scanned", ""),)


def test_counts_are_compared_whatever_the_selectors_look_like():
    ours = {"a": PageResult(findings=(NAMELESS,)), "b": PageResult(error="empty_page")}
    theirs = {
        "a": PageResult(findings=(("failed", "image-alt", "html > img"),)),
        "b": PageResult(error="empty_page"),
    }
    assert same_counts(ours, theirs) == 1


def test_the_table_of_a_round_says_what_is_invalid_and_why():
    pages = {"a": PageResult(findings=(PALE,)), "b": PageResult()}
    text = printed(
        round_table(
            [
                run("limit", pages),
                run("axe-cli", {**pages, "b": PageResult(error="gone")}, failure="it stopped"),
            ]
        )
    )
    assert "CPU of the whole process tree by cgroup" in text
    limit, axe_cli = (line.split("│") for line in text.splitlines() if "500" in line)
    assert [cell.strip() for cell in limit[1:-1]] == [
        *("limit", "30.0", "4.0", "10.0", "5.000", "500", "0", "1", "2/2", "as it comes")
    ]
    assert [axe_cli[index].strip() for index in (1, 7, 9, 10)] == [
        *("axe-cli (invalid)", "1", "1/2", "it stopped")
    ]


def test_a_target_in_frames_and_shadow_roots_reads_as_luiska_writes_it():
    assert selector(["#frame", ["my-card", ".title"], "b"]) == "#frame >>> my-card >> .title >>> b"


@pytest.fixture
def a_node(monkeypatch, tmp_path):
    """As if Node.js were on this machine; nothing here starts it."""
    (tmp_path / "node").touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    node.cache_clear()
    yield
    node.cache_clear()


@pytest.mark.usefixtures("a_node")
def test_pa11y_runs_the_rules_of_every_tag(task):
    DEFAULT.prepare(task)
    defaults = json.loads((task.folder / "pa11y.json").read_text())["defaults"]
    assert (defaults["standard"], defaults["rules"]) == ("WCAG2AA", ["target-size"])


def test_pa11y_pages_are_read_with_their_errors(task):
    issue = {"code": "region", "selector": "#p", "runnerExtras": {"needsFurtherReview": True}}
    results = {
        task.urls[0]: [issue],
        task.urls[1]: [{"message": "Navigation timeout"}],
        task.urls[2]: [],
    }
    (task.folder / "results.json").write_text(json.dumps({"results": results}))
    assert DEFAULT.read(task) == Told(
        pages={
            "a.html": PageResult(findings=(("cantTell", "region", "#p"),)),
            "b c.html": PageResult(error="Navigation timeout"),
            "d.html": PageResult(),
        },
        axe_versions=frozenset({"4.14.1"}),
    )


def test_a_process_of_axe_cli_that_died_fails_its_share_of_the_pages(task):
    answered = [
        {
            "url": url,
            "testEngine": {"version": "4.14.1"},
            "violations": [{"id": "image-alt", "nodes": [{"target": ["#logo"]}]}],
            "incomplete": [],
        }
        for url in task.urls[0::2]
    ]
    (task.folder / "results-0.json").write_text(json.dumps(answered))
    (task.folder / "results-1.json").write_text("")
    (task.folder / "err-0.txt").write_text("")
    (task.folder / "err-1.txt").write_text("Error: it broke\n")
    assert AxeCli(processes=2).read(task).pages == {
        "a.html": PageResult(findings=(NAMELESS,)),
        "d.html": PageResult(findings=(NAMELESS,)),
        "b c.html": PageResult(error="Error: it broke"),
    }


def test_what_the_limit_judged_before_it_was_loaded_counts_as_failed(task):
    results = {"violations": [], "incomplete": [], "testEngine": {"version": "4.14.1"}}
    lines = [
        {"url": task.urls[0], "results": {**results, "state": "complete"}},
        {"url": task.urls[1], "results": {**results, "state": "interactive"}},
        {"url": task.urls[2], "error": "timeout"},
    ]
    (task.folder / "answer.jsonl").write_text("\n".join(json.dumps(line) for line in lines))
    assert [each.error for each in LIMIT.read(task).pages.values()] == [
        *(None, "the page was still interactive", "timeout")
    ]


def test_a_contestant_that_left_nothing_is_quoted(task):
    (task.folder / "answer.jsonl").write_text("")
    (task.folder / "err.txt").write_text("Traceback\nOSError: no chromedriver\n")
    with pytest.raises(Unreadable, match="OSError: no chromedriver"):
        LIMIT.read(task)
