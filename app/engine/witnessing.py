# SPDX-License-Identifier: AGPL-3.0-or-later
"""This computer and the account's other ones as each other's witnesses of the log (C2SP tlog-cosignature, tlog-witness).

A relay that shows one computer another log than the next has to keep their cosignatures apart for good: the first
one that it lets through is the evidence, signed by the relay and by the own computer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.engine.audit import accept_checkpoint
from app.engine.correspondents import known_history
from app.engine.session import raise_alarm
from app.interface.snapshots import AlarmKind
from crypto_core.errors import CryptoCoreError
from crypto_core.keys.witnessing import cosign
from crypto_core.trust.checkpoints import verify_checkpoint
from crypto_core.trust.cosignatures import verify_cosignature, witness_key

if TYPE_CHECKING:
    from app.engine.session import Session
    from crypto_core.wire.devices import DeviceEntry
    from crypto_core.wire.ids import DeviceId

COUNTS_FOR_SECONDS: Final = 7 * 24 * 3600
"""A computer that has cosigned nothing for so long is not said to see the same log."""


async def exchange(session: Session) -> None:
    """Cosign the newest checkpoint, and hold what the other computers have cosigned against all that was seen.

    Raises RelayError, and CryptoCoreError with an alarm when the logs contradict each other.
    """
    others = await _others(session)
    if not others:
        session.witnesses.clear()
        return
    await _cosign_newest(session)
    answer = await session.relay.cosignatures()
    given = {each.device: each.note for each in answer.cosignatures}
    for device, entry in others.items():
        if device in given:
            await _hold(session, entry, given[device])


def agreeing(session: Session) -> int:
    """Return how many other computers have cosigned, lately and in this session's sight, the log that this one sees."""
    oldest = session.now() // 1000 - COUNTS_FOR_SECONDS
    return sum(seconds >= oldest for seconds in session.witnesses.values())


async def _others(session: Session) -> dict[DeviceId, DeviceEntry]:
    history = await known_history(session, session.owner.account)
    newest = None if history is None else history.newest
    entries = () if newest is None else newest.devices
    return {each.device: each for each in entries if each.device != session.owner.device}


async def _cosign_newest(session: Session) -> None:
    """Cosign what this computer has verified, connected with all it saw before, and kept."""
    latest = await session.vault.run(lambda store: store.trust.latest_checkpoint())
    if latest is None or latest.note is None:
        return
    await session.relay.cosign(
        cosign(
            latest.note,
            device=session.owner.device,
            origin=session.log.origin,
            pair=session.keys.signing,
            seconds=session.now() // 1000,
        )
    )


async def _hold(session: Session, witness: DeviceEntry, note: str) -> None:
    key = witness_key(session.log.origin, witness.device, witness.signing)
    try:
        seconds = verify_cosignature(note, key=key)
        verified = verify_checkpoint(note, log=session.log)
    except CryptoCoreError:
        # The relay checked it when it came.
        await raise_alarm(session, AlarmKind.PROOF_INVALID, f"cosignature {witness.device.hex()}")
        raise
    await accept_checkpoint(session, verified, note, is_kept=False)
    session.witnesses[witness.device] = seconds
