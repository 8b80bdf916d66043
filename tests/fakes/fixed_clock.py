# SPDX-License-Identifier: AGPL-3.0-or-later
"""A clock that stands still, in a time zone of choice."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import tzinfo

    from crypto_core.wire.ids import UnixMillis


class FixedClock:
    """Implements `app.window.i18n.formats.Clock`."""

    def __init__(self, at: UnixMillis, zone: tzinfo) -> None:
        self.at = at
        self._zone = zone

    def now(self) -> datetime:
        """Return the time at which it stands."""
        return self.local(self.at)

    def local(self, at: UnixMillis) -> datetime:
        """Return an instant in its zone."""
        return datetime.fromtimestamp(at / 1000, self._zone)
