"""docs/gate.md: what it shows can be typed."""

import re
import shlex
import textwrap
from pathlib import Path

import pytest
from typer.main import get_command

from service.barriers.gate.policy import read_policy
from service.cli.main import command_line
from service.reports import FORMATS

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "gate.md").read_text(encoding="utf-8")
POLICIES = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
COMMANDS = [
    *re.findall(r"`(luiska gate [^`]+)`", PAGE),
    *(
        each.replace("\\\n", " ")
        for each in re.findall(r"^ +(luiska gate .*?)\n *```", PAGE, re.M | re.S)
    ),
]


@pytest.mark.parametrize("policy", POLICIES)
def test_every_policy_of_the_page_can_be_followed(policy):
    assert read_policy(textwrap.dedent(policy), name="luiska.toml").urls


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_of_the_page_is_understood(line):
    _, verb, *arguments = shlex.split(line)
    get_command(command_line([verb])).commands[verb].make_context(verb, arguments)


def test_the_page_has_policies_commands_and_every_format():
    assert (len(POLICIES), len(COMMANDS)) == (2, 3)
    assert set(re.findall(r"^\| `([a-z0-9-]+)` \|", PAGE, re.MULTILINE)) == FORMATS.keys()
