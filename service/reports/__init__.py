"""Reports: one module for each format, each a pure `render(report) -> str`."""

from collections.abc import Callable, Mapping

from service.reports import codequality, csv, gitlab_a11y, json, junit, md, sarif
from service.reports.report import Report
from service.reports.verdict import gate_json


def _html(report: Report) -> str:
    # Its templates and languages are loaded for it alone.
    from service.reports.html import render

    return render(report)


FORMATS: Mapping[str, Callable[[Report], str]] = {
    "json": json.render,
    "csv": csv.render,
    "html": _html,
    "sarif": sarif.render,
    "junit": junit.render,
    "codequality": codequality.render,
    "gitlab-a11y": gitlab_a11y.render,
    "md": md.render,
}

__all__ = ["FORMATS", "Report", "gate_json"]
