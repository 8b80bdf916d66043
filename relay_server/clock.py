# SPDX-License-Identifier: AGPL-3.0-or-later
"""The relay's clock, injected everywhere, and its two forms: milliseconds on the wire, datetime in SQL."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from crypto_core.wire.ids import UnixMillis

Clock = Callable[[], UnixMillis]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


def system_clock() -> UnixMillis:
    """Return the machine's time."""
    return UnixMillis(time.time_ns() // 1_000_000)


def to_datetime(moment: UnixMillis | int) -> datetime:
    """Return the aware datetime of a moment on the wire."""
    return _EPOCH + moment * _MILLISECOND


def to_millis(moment: datetime) -> UnixMillis:
    """Return the moment on the wire of an aware datetime, rounded down."""
    return UnixMillis((moment - _EPOCH) // _MILLISECOND)
