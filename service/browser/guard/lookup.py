"""From a name to its addresses within a time limit, without holding up the guard's loop."""

import asyncio
import contextlib
import ipaddress
import threading

from service.browser.addresses import Resolver


class LookupFailed(Exception):
    """The name has no address, or none was told in time."""


async def look_up(host: str, resolve: Resolver, timeout_s: float) -> list[str]:
    """Every address of a host, which may be an address itself. Raises LookupFailed.

    Each lookup runs in a thread of its own: `getaddrinfo` can be neither timed out nor interrupted.
    """
    with contextlib.suppress(ValueError):
        return [str(ipaddress.ip_address(host))]
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[str]] = loop.create_future()

    def ask() -> None:
        try:
            addresses = resolve(host)
        except (OSError, UnicodeError) as error:
            settle([], f"{host} has no address: {error}")
        else:
            settle(addresses, f"{host} has no address")

    def settle(addresses: list[str], failure: str) -> None:
        # The guard may have been closed meanwhile.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(_settle, answer, addresses, failure)

    threading.Thread(target=ask, name="luiska-resolve", daemon=True).start()
    try:
        async with asyncio.timeout(timeout_s):
            return await answer
    except TimeoutError as error:
        raise LookupFailed(f"{host} was not resolved within {timeout_s:g} s") from error


def _settle(answer: "asyncio.Future[list[str]]", addresses: list[str], failure: str) -> None:
    if answer.done():
        return
    if addresses:
        answer.set_result(addresses)
    else:
        answer.set_exception(LookupFailed(failure))
