# SPDX-License-Identifier: AGPL-3.0-or-later
"""The recovery package: what the relay keeps, sealed to the kit, for the day all computers are gone.

Made when contacts or keys have changed, and at most once an hour, so that the relay does not learn from its
times when somebody was met; the first ones of an account are made at once, for a new account is lost as easily
as an old one. It is in the vault before the relay has it.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from app.engine import known_kits, restoring
from app.engine.ports.relay import RelayRefusedError
from app.engine.ports.vault import Setting
from app.engine.session import CONNECTION_REFUSALS
from crypto_core.keys.recovery import seal_package
from crypto_core.trust.signatures import sha256
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.ids import UnixMillis
from crypto_core.wire.recovery import RecoveryPackage, SealedPackage
from crypto_core.wire.relay_api import ProblemCode

if TYPE_CHECKING:
    from app.engine.ports.vault import Store
    from app.engine.session import Session

LEAST_MILLIS: Final = 3_600_000
_AT_ONCE: Final = 10
"""So many packages of an account do not wait for the hour."""
_TRIES: Final = 2
_LAST_NUMBER: Final = 2**31 - 1
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """How the last package stands."""

    number: int
    made_at: UnixMillis
    digest: bytes
    is_stored: bool

    def to_bytes(self) -> bytes:
        """Return what the vault keeps."""
        head = self.number.to_bytes(4, "big") + self.made_at.to_bytes(8, "big")
        return head + self.digest + bytes([self.is_stored])

    @classmethod
    def load(cls, store: Store) -> State | None:
        """Return what the vault has, None before the first package."""
        kept = store.identity.setting(Setting.PACKAGE_STATE)
        if kept is None:
            return None
        return cls(
            number=int.from_bytes(kept[:4], "big"),
            made_at=UnixMillis(int.from_bytes(kept[4:12], "big")),
            digest=kept[12:44],
            is_stored=bool(kept[44]),
        )


async def renew(session: Session, *, is_hurried: bool = False) -> None:
    """Have the relay store a new package if one is due. Raises RelayError when the relay cannot be asked.

    With `is_hurried` the hour is not waited for: there is another kit, which opens none of those before.
    """
    await _make_if_due(session, is_hurried=is_hurried)
    for _ in range(_TRIES):
        state, sealed = await session.vault.run(
            lambda store: (State.load(store), store.identity.setting(Setting.PACKAGE))
        )
        if state is None or sealed is None or state.is_stored:
            return
        try:
            await session.relay.put_recovery_package(decode(SealedPackage, sealed))
        except RelayRefusedError as error:
            if error.code in CONNECTION_REFUSALS:
                raise
            newest = error.fields.get("newest_number")
            if error.code is ProblemCode.CONFLICT and type(newest) is int:
                # Another computer of the owner was faster, and its package does not know what this one does; or
                # the numbers have begun again, with a new identity key or an older database.
                await _make_if_due(session, next_number=max(1, newest + 1))
                continue
            _log.warning("the relay does not take the recovery package: %s", error.code.value)
            return
        await _note_stored(session, replace(state, is_stored=True))
        session.wakes.status.set()


async def _note_stored(session: Session, state: State) -> None:
    kept = state.to_bytes()
    await session.vault.run(lambda store: store.identity.put_setting(Setting.PACKAGE_STATE, kept))


async def _make_if_due(
    session: Session, *, next_number: int | None = None, is_hurried: bool = False
) -> None:
    """Make a package if there is something new, or with the number that the relay takes next."""
    now = session.now()

    def gather(store: Store) -> tuple[RecoveryPackage, tuple[bytes, ...]] | None:
        kits = known_kits.public_keys(store)
        history = store.trust.histories([session.owner.account]).get(session.owner.account)
        if not kits or history is None or not known_kits.are_all_known(store, history, now):
            return None
        last = State.load(store)
        number = next_number or (1 if last is None else last.number + 1)
        if number > _LAST_NUMBER:
            # Whoever used the numbers up has the identity key: only a new one, by the kit, begins them again.
            _log.warning("the numbers of recovery packages are used up")
            return None
        content = restoring.gather(store, session, number=number)
        if last is not None and next_number is None:
            is_early = last.number >= _AT_ONCE and now - last.made_at < LEAST_MILLIS
            if (is_early and not is_hurried) or last.digest == _digest(content, kits):
                return None
        return content, kits

    due = await session.vault.run(gather)
    if due is None:
        return
    content, kits = due
    sealed = await asyncio.to_thread(
        seal_package,
        content,
        kit_public_keys=kits,
        identity=session.identity,
        random_bytes=session.random,
    )
    state = State(
        number=content.number, made_at=now, digest=_digest(content, kits), is_stored=False
    )

    def keep(store: Store) -> None:
        store.identity.put_setting(Setting.PACKAGE, encode(sealed))
        store.identity.put_setting(Setting.PACKAGE_STATE, state.to_bytes())

    await session.vault.run(keep)


def _digest(content: RecoveryPackage, kits: tuple[bytes, ...]) -> bytes:
    """Return the hash of what makes a new package worth its while: not its number, its time, or the log's size."""
    fixed = replace(content, number=1, created_at=UnixMillis(0), checkpoint="")
    return sha256(*kits, encode(fixed))
