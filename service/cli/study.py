"""`luiska study`: what a study's end asks for."""

import typer

from service import barriers
from service.cli.console import give_json, local_work, opened_store, say
from service.config import Settings

app = typer.Typer(help="Studies.", no_args_is_help=True)


@app.callback()
def _studies() -> None:
    """Studies."""


@app.command("expire")
def expire() -> None:
    """Erase the participants of every study whose retention has ended; counts stay.

    Prints the studies as JSON. Run it once a day; doing it again does nothing.
    """
    with opened_store(Settings()) as engine, local_work(engine) as work:
        expired = [
            {"study": study.id, "name": study.name, "participants": participants}
            for study, participants in barriers.expire_studies(work)
        ]
    give_json(expired)
    say(f"{len(expired)} studies ended." if len(expired) != 1 else "1 study ended.")
