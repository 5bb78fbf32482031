"""`luiska vault`: the key that names and contact details are sealed with."""

import typer

from service.access.vault import new_key
from service.cli.console import give

app = typer.Typer(help="Who participants are, sealed.", no_args_is_help=True)


@app.callback()
def _vault() -> None:
    """Who participants are, sealed."""


@app.command("key")
def key() -> None:
    """Print a new key for `LUISKA_VAULT_KEY`; put it before an older one to change keys."""
    give(f"{new_key()}\n")
