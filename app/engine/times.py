# SPDX-License-Identifier: AGPL-3.0-or-later
"""A time that does not go back: what has ended stays so, whatever is done to the clock of this computer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.engine.ports.vault import Setting
from crypto_core.wire.ids import UnixMillis

if TYPE_CHECKING:
    from app.engine.ports.vault import Store
    from app.engine.session import Session

DAY_MILLIS: Final = 86_400_000


def latest_time(store: Store, session: Session) -> UnixMillis:
    """Return a time that does not go back when a clock is set back, and remember it (`spec/decisions.md` §5)."""
    stored = store.identity.setting(Setting.LATEST_TIME)
    newest = store.trust.latest_checkpoint()
    relay = 0 if newest is None else newest.signed_at_seconds * 1000
    known = 0 if stored is None else int(stored)
    now = max(session.now(), relay, known)
    if now != known:
        store.identity.put_setting(Setting.LATEST_TIME, str(now).encode())
    return UnixMillis(now)


def correct_time(store: Store, relay_time: int) -> None:
    """A checkpoint says what time it is: a clock that had run ahead by more than a day is not believed any longer."""
    stored = store.identity.setting(Setting.LATEST_TIME)
    if stored is not None and int(stored) > relay_time + DAY_MILLIS:
        store.identity.put_setting(Setting.LATEST_TIME, str(relay_time).encode())
