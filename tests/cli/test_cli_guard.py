"""`luiska guard`: the egress guard by itself, for browsers that run elsewhere."""

import httpx
import pytest
from local_site import LocalSite
from program import Running, luiska
from socks_client import NOT_ALLOWED, asked, named


def test_a_guard_by_itself_lets_through_what_is_allowed_and_nothing_else(
    tmp_path, site: LocalSite
) -> None:
    with Running(
        "guard", "--listen", "127.0.0.1:0", "--allow-host", site.host, folder=tmp_path
    ) as guard:
        proxy = guard.wait_for(r"Guarding at (socks5://127\.0\.0\.1:\d+)\.")[1]
        with httpx.Client(proxy=proxy, trust_env=False) as client:
            for _ in range(2):
                assert client.get(site.url("/clean")).status_code == 200
        port = int(site.host.partition(":")[2])
        with asked(int(proxy.rpartition(":")[2]), named("localhost", port)) as (reply, _):
            assert reply == NOT_ALLOWED
        stopped = guard.stop()
    assert (stopped.code, stopped.out) == (0, "")
    assert "Traceback" not in stopped.err


@pytest.mark.parametrize(
    ("option", "text"),
    [("--listen", "1080"), ("--listen", "nowhere.invalid:1"), ("--allow-host", "x")],
)
def test_an_address_that_is_none_is_named(tmp_path, option: str, text: str) -> None:
    ended = luiska("guard", option, text, folder=tmp_path)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith(f"luiska: {option} {text}: ")
    assert ended.err.count("\n") == 1
