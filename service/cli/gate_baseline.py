"""The file of known barriers: read before a gate's work, written after it."""

from pathlib import Path

from service.barriers.gate.baseline import (
    BadBaseline,
    Baseline,
    baseline_of,
    is_like_a_baseline,
    read_baseline,
    updated,
    without,
    write_baseline,
)
from service.barriers.gate.values import Verdict
from service.cli.console import INCOMPLETE, CannotRun, give, refuse_bad_output, say
from service.cli.gate_words import verdict_lines
from service.scans import ScanDocument


def known_baseline(file: Path | None, is_updated: bool, server: str | None) -> Baseline | None:
    """What the file knows; None without one, or where it is to be written anew.

    Raises `CannotRun`, also on a file that is to be written and has something else in it.
    """
    if file is None:
        if is_updated:
            raise CannotRun("--update-baseline needs --baseline, the file to write.")
        return None
    if is_updated and server is not None:
        raise CannotRun(
            "--update-baseline writes what is examined here; a server keeps its scans, so compare "
            "with --base-sha there."
        )
    refuse_bad_output(file, option="--baseline")
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        if is_updated:
            return None
        raise CannotRun(f"--baseline {file}: is not there; --update-baseline writes it.") from error
    except OSError as error:
        raise CannotRun(f"--baseline {file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CannotRun(f"--baseline {file}: is not UTF-8.") from error
    try:
        return read_baseline(text, name=str(file))
    except BadBaseline as error:
        if not is_updated:
            raise CannotRun(str(error)) from error
        if not is_like_a_baseline(text):
            raise CannotRun(
                f"--baseline {file}: is something else, which would be lost; name another file."
            ) from error
        say(f"{error} It is written anew, without what it knew of pages that are not visited now.")
        return None


def write_anew(file: Path, known: Baseline | None, document: ScanDocument, verdict: Verdict) -> int:
    """Write the baseline, unless something was not examined: then nothing is known of it."""
    if verdict.not_examined or not document.pages:
        for line in verdict_lines(verdict):
            say(line)
        say(f"{file} was not written: some pages were not examined in full.")
        return INCOMPLETE
    seen = baseline_of(document, source=str(file))
    # What is only suppressed is not known: when its time is over it has to break the gate.
    counted = {each.fingerprint for each in (*verdict.new, *verdict.existing)}
    suppressed = {each.fingerprint for each in verdict.suppressed} - counted
    baseline = updated(known, without(seen, suppressed))
    give(write_baseline(baseline), file)
    say(f"{file}: {len(baseline.barriers)} barriers on {len(baseline.pages)} pages.")
    return 0
