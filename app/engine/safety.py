# SPDX-License-Identifier: AGPL-3.0-or-later
"""How well the account is prepared for the loss of this computer; read from the vault only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.engine import known_kits
from app.engine.packages import State
from app.engine.ports.vault import Setting
from app.interface.snapshots import BackupTrouble, KitState, Safety
from crypto_core.wire.ids import UnixMillis

if TYPE_CHECKING:
    from app.engine.ports.vault import Store

REHEARSAL_MILLIS: Final = 91 * 86_400_000
"""A quarter of a year."""


def of(store: Store, now: UnixMillis) -> Safety:
    """Return what stands ready."""
    owner = store.identity.owner()
    is_missing = owner is None or owner.pending_recovery_code is not None
    rehearsed_at = moment(store, Setting.KIT_REHEARSED_AT)
    package = State.load(store)
    folder = store.identity.setting(Setting.BACKUP_FOLDER)
    failed = (store.identity.setting(Setting.BACKUP_FAILED) or b"").split()
    following = known_kits.following(store)
    if following is not None and known_kits.is_in_force(store, following):
        following = None
    state = KitState.IN_USE if following is None else KitState.ANNOUNCED
    return Safety(
        kit=KitState.MISSING if is_missing else state,
        kit_counts_at=None if following is None else following.counts_at,
        package_at=package.made_at if package is not None and package.is_stored else None,
        rehearsed_at=rehearsed_at,
        backup_folder="" if folder is None else folder.decode(),
        is_backup_on_same_disk=store.identity.setting(Setting.BACKUP_SAME_DISK) is not None,
        backup_at=moment(store, Setting.BACKUP_MADE_AT),
        backup_failed_at=UnixMillis(int(failed[0])) if failed else None,
        backup_trouble=BackupTrouble(int(failed[1])) if failed else None,
        is_rehearsal_due=not is_missing and now - (rehearsed_at or 0) >= REHEARSAL_MILLIS,
    )


def moment(store: Store, name: Setting) -> UnixMillis | None:
    """Return a moment that a single value holds."""
    value = store.identity.setting(name)
    return None if value is None else UnixMillis(int(value))
