"""A machine on which every private address answers, and one visit of a page that asks for them all.

`python walled_network.py guarded|bare network|loopback` prints as JSON what was reached, and how
the visits ended. With `network` it needs an empty network namespace of its own: the addresses are
given to its loopback device, real ones that the kernel routes to. With `loopback`, for machines
where no namespace can be made, all of them are addresses of 127.0.0.0/8.
"""

import fcntl
import ipaddress
import json
import socket
import struct
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from attacking import AXE

from service.browser import BrowserOptions, Fleet, Viewport, VisitOutcome, VisitRequest, chromium

PUBLIC = "151.101.1.69"
PRIVATE = (
    "10.1.2.3", "172.16.5.4", "192.168.7.7", "169.254.169.254", "100.64.3.2", "198.18.0.9",
    "192.0.2.7", "203.0.113.9", "192.88.99.4", "240.1.2.3", "127.0.0.9", "fd12:3456::7", "::1",
)  # fmt: skip
LOOPBACK = tuple(f"127.0.0.{number}" for number in range(2, 12))

_SET_ADDRESS, _SET_NETMASK, _GET_FLAGS, _SET_FLAGS = 0x8916, 0x891C, 0x8913, 0x8914
_UP = 1

PAGE = """<!doctype html><html lang="en"><title>Attack</title><h1>Attack</h1>
<script>
const hosts = %s, port = %d;
const add = (tag, values) => {
  document.body.append(Object.assign(document.createElement(tag), values));
};
const attacks = hosts.flatMap((host) => {
  const url = `http://${host}:${port}/`;
  add("img", {src: url, alt: ""});
  add("script", {src: url});
  add("link", {rel: "stylesheet", href: url});
  add("iframe", {src: url, title: host});
  navigator.sendBeacon(url);
  new WebSocket(`ws://${host}:${port}/`).onerror = () => 0;
  new EventSource(url);
  return [fetch(url, {mode: "no-cors"}), fetch("/to/" + host, {mode: "no-cors"})];
});
Promise.allSettled(attacks).then(() => setTimeout(() => add("p", {id: "done"}), 1000));
</script></html>"""


def main() -> None:
    is_guarded, is_network = sys.argv[1] == "guarded", sys.argv[2] == "network"
    private = PRIVATE if is_network else LOOPBACK
    public = PUBLIC if is_network else "127.0.0.1"
    if is_network:
        take_addresses((public, *private))
    if not is_guarded:
        chromium.guard_flags = lambda proxy: ()
    # Chromium's own wall between public and private addresses is down: the guard stands alone.
    chromium.DISABLED_FEATURES = (*chromium.DISABLED_FEATURES, "LocalNetworkAccessChecks")
    reached: set[str] = set()
    server = serve(reached, public, private)
    allowed = frozenset() if is_network else frozenset({f"{public}:{server.server_port}"})
    with Fleet(BrowserOptions(axe_path=AXE, lanes=1)) as fleet:
        page = visit(fleet, url(public, server.server_port), allowed, wait_for="#done")
        # Without the guard they would show an empty page, which takes its time to be refused.
        straight = {
            host: visit(fleet, url(host, server.server_port), allowed)
            for host in (private[::4] if is_guarded else ())
        }
    server.shutdown()
    told = {
        "page": page.error.detail if page.error else None,
        "straight": {
            host: outcome.error and outcome.error.code for host, outcome in straight.items()
        },
        "reached": sorted(reached),
        "private": sorted(private),
    }
    sys.stdout.write(json.dumps(told))


def url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def visit(
    fleet: Fleet, address: str, allowed: frozenset[str], wait_for: str | None = None
) -> VisitOutcome:
    return fleet.visit(
        VisitRequest(
            url=address,
            viewport=Viewport(width=800, height=600),
            axe_tags=("cat.language",),
            allowed_hosts=allowed,
            wait_for=wait_for,
            deadline_s=60.0,
        )
    )


def serve(reached: set[str], public: str, private: tuple[str, ...]) -> ThreadingHTTPServer:
    """One server on every address there is; `reached` gets each that a connection was made to."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            host = plain(self.connection.getsockname()[0])
            if host != public:
                reached.add(host)
            if host == public and self.path.startswith("/to/"):
                self.send_response(302)
                self.send_header("Location", f"http://{self.path[4:]}:{port}/")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            hosts = json.dumps([f"[{each}]" if ":" in each else each for each in private])
            body = (PAGE % (hosts, port)).encode() if host == public else b""
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Nothing."""

    class OnAll(ThreadingHTTPServer):
        address_family = socket.AF_INET6

    server = OnAll(("::", 0), Answer)
    port = server.server_port
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return server


def plain(address: str) -> str:
    mapped = ipaddress.IPv6Address(address).ipv4_mapped
    return str(mapped or address)


def take_addresses(hosts: tuple[str, ...]) -> None:
    """Bring the namespace's loopback device up and give it these addresses."""
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as over4,
        socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as over6,
    ):
        request = bytearray(struct.pack("16sh14x", b"lo", 0))
        fcntl.ioctl(over4, _GET_FLAGS, request)
        flags = struct.unpack_from("h", request, 16)[0]
        fcntl.ioctl(over4, _SET_FLAGS, struct.pack("16sh14x", b"lo", flags | _UP))
        for number, host in enumerate(hosts):
            if ":" in host:
                if host != "::1":
                    packed = socket.inet_pton(socket.AF_INET6, host)
                    index = socket.if_nametoindex("lo")
                    fcntl.ioctl(over6, _SET_ADDRESS, struct.pack("16sIi", packed, 128, index))
                continue
            name = f"lo:{number}".encode()
            for operation, value in ((_SET_ADDRESS, host), (_SET_NETMASK, "255.255.255.255")):
                given = struct.pack("16sHH4s8x", name, socket.AF_INET, 0, socket.inet_aton(value))
                fcntl.ioctl(over4, operation, given)


if __name__ == "__main__":
    main()
