# SPDX-License-Identifier: AGPL-3.0-or-later
"""Waiting for somebody to touch a security key, and giving up. Imports ports only."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from app.engine.ports.security_keys import KeyTrouble, SecurityKeyError
from app.interface.events import TouchAwaited

if TYPE_CHECKING:
    from app.engine.ports.security_keys import OnTouch
    from app.engine.session import Session


class _Ask(Protocol):
    async def __call__(self, options: str, *, site: str, pin: str, on_touch: OnTouch) -> str: ...


async def touched(session: Session, ask: _Ask, options: str, *, pin: str) -> str:
    """Return what a security key says to `options`, telling the person when to touch it.

    Raises SecurityKeyError, UNTOUCHED also when the person has given up.
    """
    bell = session.wakes.key_given_up
    bell.clear()
    waits = asyncio.create_task(
        ask(
            options,
            site=_site_of(session.enrolment.url),
            pin=pin,
            on_touch=lambda: session.publish(TouchAwaited()),
        )
    )
    given_up = asyncio.create_task(bell.wait())
    try:
        await asyncio.wait({waits, given_up}, return_when=asyncio.FIRST_COMPLETED)
        if waits.done():
            return await waits
        raise SecurityKeyError(KeyTrouble.UNTOUCHED)
    finally:
        for task in (waits, given_up):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, SecurityKeyError):
                await task


def _site_of(url: str) -> str:
    """Return the name by which keys may know the relay; a computer's own relay is `localhost`."""
    host = urlsplit(url).hostname or ""
    with contextlib.suppress(ValueError):
        if ipaddress.ip_address(host).is_loopback:
            return "localhost"
    return host
