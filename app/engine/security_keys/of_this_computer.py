# SPDX-License-Identifier: AGPL-3.0-or-later
"""The keys of this computer, whose library is only loaded once somebody uses one: most never do."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.engine.ports.security_keys import OnTouch, SecurityKeys


class KeysOfThisComputer:
    """Implements `SecurityKeys`."""

    async def register(self, options: str, *, site: str, pin: str, on_touch: OnTouch) -> str:
        """See the port."""
        keys = await asyncio.to_thread(_load)
        return await keys.register(options, site=site, pin=pin, on_touch=on_touch)

    async def sign_in(self, options: str, *, site: str, pin: str, on_touch: OnTouch) -> str:
        """See the port."""
        keys = await asyncio.to_thread(_load)
        return await keys.sign_in(options, site=site, pin=pin, on_touch=on_touch)


def _load() -> SecurityKeys:
    # A tenth of a second, which the start of every engine would pay.
    from app.engine.security_keys.plugged_in import system_keys  # noqa: PLC0415

    return system_keys()
