"""Calling a scan off through the API, with a real browser at work."""

import time

import httpx2
import psutil
from local_site import LocalSite
from program import Served, serve, still_running


def test_two_seconds_after_the_call_no_browser_is_left_at_the_page(tmp_path, sqlite_url):
    with LocalSite({"/endless": None}) as site:
        served = serve(tmp_path, LUISKA_DATABASE_URL=sqlite_url, LUISKA_ALLOW_HOSTS=site.host)
        with (
            served.running,
            httpx2.Client(
                base_url=f"{served.address}/api/v1",
                headers={"Authorization": f"Bearer {served.token}"},
                timeout=30,
            ) as client,
        ):
            asked = client.post("/projects/default/scans", json={"urls": [site.url("/endless")]})
            scan = f"/scans/{asked.json()['id']}"
            # A chromedriver, and the browser with its parts.
            wait_for(lambda: len(browsers_of(served)) > 2, 60)
            browsers = browsers_of(served)
            assert client.post(f"{scan}/cancel").status_code == 202
            assert still_running(browsers, within_s=2) == []
            visit = client.get(f"{scan}/pages").json()["items"][0]
            assert (visit["state"], visit["error"]) == ("error", "cancelled")


def wait_for(condition, within_s: float) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def browsers_of(served: Served) -> list[psutil.Process]:
    return [each for each in served.running.descendants() if "chrom" in each.name()]
