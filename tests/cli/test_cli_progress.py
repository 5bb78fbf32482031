"""What is told on stderr while a scan runs, and what it came to."""

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import termios
from dataclasses import replace
from pathlib import Path

from program import LUISKA, environment

from service.cli.progress import following, summary_lines
from service.cli.progress_bar import spoken
from service.scans import FindingDocument, PageDocument, RefusedHost, ScanDocument

SECONDS = r"\d+\.\d s"


class Terminal:
    """A real terminal of 100 columns that keeps what was written on it."""

    def __init__(self) -> None:
        self._master, self.end = pty.openpty()
        fcntl.ioctl(self.end, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))

    def read(self) -> str:
        """Everything until the last writer has closed it."""
        os.close(self.end)
        told = b""
        while True:
            try:
                told += os.read(self._master, 65536)
            except OSError:
                os.close(self._master)
                return told.decode()


def test_a_terminal_sees_rate_time_left_and_errors_and_stdout_stays_json(site, tmp_path: Path):
    terminal = Terminal()
    pages = [site.url(path) for path in ("/clean", "/gone", "/nameless", "/fi/ohje.html")]
    scan = subprocess.Popen(
        [LUISKA, "scan", *pages, "--allow-host", site.host],
        cwd=tmp_path,
        env=environment(LUISKA_LANES="1", TERM="xterm"),
        stdout=subprocess.PIPE,
        stderr=terminal.end,
    )
    told = terminal.read()
    assert scan.stdout is not None
    document = json.loads(scan.stdout.read())
    scan.stdout.close()
    assert scan.wait(60) == 3
    assert [page["error"] for page in document["pages"]] == [None, "http_error", None, None]
    seen = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", told)
    assert re.search(r"Starting .* 0/4 – pages/min – left no errors", seen)
    assert re.search(r"Examining .* 3/4 \d+ pages/min \d+ s left 1 error\b", seen)
    assert not re.search(r"\d/4 http", seen)
    pages_line, findings, time_line = seen.splitlines()[-3:]
    assert pages_line.endswith("Pages: 3 of 4 examined; 1 failed (http_error 1).")
    assert re.fullmatch(r"Findings: \d+ failed \(critical 1.*\), \d+ to review\.", findings)
    assert re.fullmatch(rf"Time: {SECONDS}, \d+\.\d pages per minute\.", time_line)


def test_a_crawl_that_finds_more_pages_raises_the_total(capsys):
    with following(1) as progress:
        progress.page_ended("https://a.example/", None, False)
        progress.planned(3)
        progress.page_ended("https://a.example/b", "tls_error", False)
        progress.page_ended("https://a.example/c", None, True)
        progress.page_ended("https://a.example/d", None, False)
    assert capsys.readouterr().err.splitlines() == [
        "1/1 https://a.example/ examined",
        "2/3 https://a.example/b tls_error",
        "3/3 https://a.example/c examined in part",
        "4/4 https://a.example/d examined",
    ]


def test_an_estimate_is_spoken_as_exactly_as_it_is():
    assert [spoken(s) for s in (0, 59, 60, 100, 3540, 11100)] == [
        "0 s", "59 s", "1 min", "2 min", "59 min", "3 h 5 min",
    ]  # fmt: skip


def page(error: str | None = None, *impacts: str | None, partial: bool = False) -> PageDocument:
    finding = {
        name: "" for name in FindingDocument.__dataclass_fields__ if name not in {"impact"}
    } | {"criteria": (), "advisory": False}
    return PageDocument(
        url="https://a.example/",
        final_url=None,
        viewport=(1280, 1024),
        state="error" if error else "examined",
        partial=partial,
        partial_reasons=(),
        error=error,
        error_detail=None,
        status=None,
        title=None,
        findings=tuple(
            FindingDocument(**{**finding, "impact": impact, "outcome": "failed"})
            for impact in impacts
        ),
    )


def lines_of(*pages: PageDocument, took_s: float = 30) -> list[str]:
    return summary_lines(ScanDocument(standard="wcag22aa", engine={}, pages=pages), took_s)


def test_the_summary_counts_pages_by_error_and_findings_by_impact():
    assert lines_of(
        page(None, "minor", "critical", "critical"),
        page(None, None, partial=True),
        page("tls_error"),
        page("http_error"),
        page("tls_error"),
    ) == [
        "Pages: 2 of 5 examined, 1 of them in part; 3 failed (http_error 1, tls_error 2).",
        "Findings: 4 failed (critical 2, minor 1, none 1), 0 to review.",
        "Time: 30.0 s, 10.0 pages per minute.",
    ]


def test_the_summary_of_a_clean_page_is_as_short_as_it_is():
    assert lines_of(page(), took_s=2) == [
        "Pages: 1 of 1 examined.",
        "Findings: 0 failed, 0 to review.",
        "Time: 2.0 s, 30.0 pages per minute.",
    ]


def test_the_summary_names_what_the_guard_kept_from_pages_that_were_examined():
    def lacking(*hosts: str, error: str | None = None) -> PageDocument:
        refused = (
            RefusedHost(host=host, port=80, code="blocked_address", reason="private")
            for host in hosts
        )
        return replace(page(error), refused=tuple(refused))

    lines = lines_of(
        lacking("10.0.0.1", "10.0.0.1", "10.0.0.2"),
        lacking("10.0.0.1"),
        lacking("10.0.0.9", error="blocked_address"),
        lacking("10.0.0.3", "10.0.0.4"),
    )

    assert lines[2] == (
        "Refused by the guard: 10.0.0.1:80 (2 pages), 10.0.0.2:80 (1 page), 10.0.0.3:80 (1 page) "
        "and 1 more."
    )
