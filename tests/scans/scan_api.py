"""The calls about scans that tests make."""

import json
import time
from dataclasses import dataclass
from typing import Any

from starlette.testclient import TestClient

from service.scans import ENDED

SITE = "https://library.example"
Headers = dict[str, str]
Json = dict[str, Any]


@dataclass
class Api:
    """The calls about scans that tests make, as an owner."""

    client: TestClient
    headers: Headers
    project_id: str

    def post(self, *paths: str, **more: Any) -> Any:
        """Ask for a scan of these paths of the library; the response."""
        body = {"urls": [SITE + path for path in paths], **more}
        return self.post_body(body)

    def post_body(self, body: Json, **headers: str) -> Any:
        return self.client.post(
            f"/api/v1/projects/{self.project_id}/scans",
            headers={**self.headers, **headers},
            json=body,
        )

    def scan(self, *paths: str, **more: Any) -> str:
        answer = self.post(*paths, **more)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    def get(self, path: str, **params: Any) -> Json:
        answer = self.client.get(f"/api/v1{path}", headers=self.headers, params=params)
        assert answer.status_code == 200, answer.text
        got: Json = answer.json()
        return got

    def ended(self, scan_id: str, within_s: float = 20) -> Json:
        """The scan when it has ended."""
        deadline = time.monotonic() + within_s
        while (scan := self.get(f"/scans/{scan_id}"))["state"] not in ENDED:
            assert time.monotonic() < deadline, scan
            time.sleep(0.05)
        return scan

    def visits(self, scan_id: str) -> list[Json]:
        items: list[Json] = self.get(f"/scans/{scan_id}/pages", limit=200)["items"]
        return items

    def findings(self, scan_id: str, **filters: Any) -> list[Json]:
        items: list[Json] = self.get(f"/scans/{scan_id}/findings", limit=200, **filters)["items"]
        return items

    def cancel(self, scan_id: str) -> Any:
        return self.client.post(f"/api/v1/scans/{scan_id}/cancel", headers=self.headers)

    def events(self, scan_id: str, after: str | None = None) -> list[Json]:
        """Every event until the stream ends: its `event`, `id` and `data`."""
        headers = {**self.headers, **({} if after is None else {"Last-Event-ID": after})}
        answer = self.client.get(f"/api/v1/scans/{scan_id}/events", headers=headers)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].startswith("text/event-stream")
        return [read_event(block) for block in answer.text.strip().split("\n\n")]


def read_event(block: str) -> Json:
    fields = dict(line.split(": ", 1) for line in block.splitlines())
    return {"event": fields["event"], "id": fields.get("id"), "data": json.loads(fields["data"])}
