# SPDX-License-Identifier: AGPL-3.0-or-later
"""The device's epoch: a number that every sign-in replaces, so that a copy of the profile is found out.

Order, and why: the next epoch is in the vault before anything else knows it; then the system's secret store
has it; then the relay. So a vault that was put back, from a backup or as a copy, has neither the epoch that
the relay expects nor the one that the secret store remembers. A lost answer, or an end of the program at any
point, leaves a vault that has. The relay alone decides; the secret store only makes one ask it again.
Imports ports only.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from app.engine.ports.machine import SecretStoreError
from app.engine.ports.relay import EpochStep
from app.engine.ports.vault import Setting
from crypto_core.wire.oauth import EPOCH_BYTES

if TYPE_CHECKING:
    from app.engine.ports.machine import SecretStore
    from app.engine.ports.vault import Store
    from app.engine.session import Session
    from crypto_core.wire.ids import DeviceId


async def prepare(session: Session) -> EpochStep:
    """Return what the next sign-in shows; it is kept first, here and in the secret store."""
    drawn = session.random(EPOCH_BYTES)

    def keep(store: Store) -> EpochStep:
        # One whose answer was lost is named again: the relay may have it already.
        following = store.identity.setting(Setting.NEXT_EPOCH) or drawn
        store.identity.put_setting(Setting.NEXT_EPOCH, following)
        return EpochStep(held=store.identity.setting(Setting.EPOCH), following=following)

    step = await session.vault.run(keep)
    await asyncio.to_thread(
        _remember, session.machine.secret_store, session.owner.device, step.following
    )
    return step


def accept(store: Store, step: EpochStep) -> None:
    """The relay has taken the step; part of the transaction that keeps the session."""
    store.identity.put_setting(Setting.EPOCH, step.following)
    store.identity.put_setting(Setting.NEXT_EPOCH, None)


async def is_doubtful(session: Session) -> bool:
    """Whether the secret store remembers a sign-in that this vault knows nothing of."""
    known = await session.vault.run(
        lambda store: (
            store.identity.setting(Setting.EPOCH),
            store.identity.setting(Setting.NEXT_EPOCH),
        )
    )
    remembered = await asyncio.to_thread(
        _recall, session.machine.secret_store, session.owner.device
    )
    return remembered is not None and remembered not in known


def _remember(secrets: SecretStore, device: DeviceId, epoch: bytes) -> None:
    # Without it the relay finds a copy out all the same.
    with contextlib.suppress(SecretStoreError):
        if secrets.is_available():
            secrets.write(_name(device), epoch)


def _recall(secrets: SecretStore, device: DeviceId) -> bytes | None:
    with contextlib.suppress(SecretStoreError):
        if secrets.is_available():
            return secrets.read(_name(device))
    return None


def _name(device: DeviceId) -> str:
    return f"epoch-{device.hex()}"
