"""`luiska gate --import-pa11yci`: a policy out of pa11y-ci's configuration."""

from datetime import date
from pathlib import Path

from service.barriers.gate.pa11yci import BadPa11yci, policy_from_pa11yci
from service.cli.console import CannotRun, give, refuse_bad_output, say


def policy_of_pa11yci(file: Path, output: Path | None, today: date) -> int:
    """Write the policy to stdout or `output`, and what is to be looked at to stderr; 0.

    Raises `CannotRun` on a file that cannot be read, and on a policy that is there already.
    """
    refuse_bad_output(output)
    if output is not None and output.exists():
        raise CannotRun(f"--output {output}: is there already; name another file.")
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CannotRun(f"--import-pa11yci {file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CannotRun(f"--import-pa11yci {file}: is not UTF-8.") from error
    try:
        imported = policy_from_pa11yci(text, name=file.name, today=today)
    except BadPa11yci as error:
        raise CannotRun(str(error)) from error
    give(imported.toml, output)
    for remark in imported.remarks:
        say(remark)
    return 0
