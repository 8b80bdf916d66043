# SPDX-License-Identifier: AGPL-3.0-or-later
"""The owner's computers: listed, named, removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.engine import outbox
from app.engine.accounts import queue_next_list
from app.engine.correspondents import known_history, refresh_history
from app.engine.session import tell_devices
from app.interface.failures import CommandError, Failure
from app.interface.snapshots import DeviceRow, Devices, Done
from crypto_core.trust.devices import find_device

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.engine.ports.vault import Store
    from app.engine.session import Session
    from crypto_core.trust.key_history import KeyHistory
    from crypto_core.wire.devices import DeviceEntry
    from crypto_core.wire.ids import DeviceId


async def list_all(session: Session) -> Devices:
    """Return the owner's computers, as far as this one knows."""
    history = await known_history(session, session.owner.account)
    newest = None if history is None else history.newest
    entries = () if newest is None else newest.devices
    names = await session.vault.run(lambda store: store.identity.device_names())
    return Devices(
        rows=tuple(
            DeviceRow(
                device=entry.device,
                name=names.get(entry.device, ""),
                added_at=entry.added_at,
                is_current=entry.device == session.owner.device,
            )
            for entry in sorted(entries, key=lambda each: each.added_at)
        )
    )


async def rename(session: Session, device: DeviceId, name: str) -> Done:
    """Call a computer something, on this one only. Raises CommandError."""
    await _own_history(session, device)
    await session.vault.run(lambda store: store.identity.name_device(device, name.strip()))
    tell_devices(session)
    return Done()


async def revoke(session: Session, device: DeviceId) -> Done:
    """Publish a device list without a computer. Raises CommandError, RelayError."""
    if device == session.owner.device:
        raise CommandError(Failure.OWN_DEVICE)
    await refresh_history(session, session.owner.account)
    history = await _own_history(session, device)
    rest = tuple(each for each in history.lists[-1].devices.devices if each.device != device)

    def forget(store: Store) -> None:
        store.identity.name_device(device, "")
        store.outbox.stop_history(device)

    await publish(session, history, rest, forget)
    return Done()


async def publish(
    session: Session,
    history: KeyHistory,
    devices: tuple[DeviceEntry, ...],
    then: Callable[[Store], None],
) -> KeyHistory:
    """Put a device list in force now, and return the history with it; `then` is kept with its statement.

    Raises RelayRefusedError (STEP_UP_NEEDED, after which nothing is left of it), RelayError: when the answer is
    lost, the list goes out with the next synchronisation.
    """
    await outbox.post_pending(session)
    if not await queue_next_list(session, history, devices, then):
        raise CommandError(Failure.RELAY_BUSY)
    await outbox.post_pending(session, raises=True)
    return await refresh_history(session, session.owner.account)


async def _own_history(session: Session, device: DeviceId) -> KeyHistory:
    history = await known_history(session, session.owner.account)
    if history is None or find_device(history.lists[-1].devices, device) is None:
        raise CommandError(Failure.UNKNOWN_DEVICE)
    return history
