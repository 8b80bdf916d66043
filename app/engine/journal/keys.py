# SPDX-License-Identifier: AGPL-3.0-or-later
"""The account's journal keys: the first seals, all of them open.

The first one follows from the identity key, so that all computers of an account have the same without having
agreed; from then on it is kept, and a new identity key does not change it (`crypto_core/spec/journal.md` §3).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

from app.engine.ports.vault import Setting
from crypto_core.keys.journal import first_journal_key
from crypto_core.wire.codec import Size, decode, encode
from crypto_core.wire.limits import MAX_KEPT_KEYS
from crypto_core.wire.recovery import KeptKey

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.engine.ports.vault import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class _Keys:
    keys: Annotated[tuple[KeptKey, ...], Size(1, MAX_KEPT_KEYS)] = field(repr=False)


def journal_keys(store: Store, identity_seed: bytes) -> tuple[KeptKey, ...]:
    """Return the keys, and keep the first one if there was none."""
    keys = _kept(store)
    if not keys:
        keys = (first_journal_key(identity_seed),)
        _keep(store, keys)
    return keys


def adopt(store: Store, identity_seed: bytes, others: Sequence[KeptKey]) -> None:
    """Take over the keys that another computer or a recovery package has; its first one seals from now on.

    With one of before there were any, the first follows from the identity key that it has.
    """
    keys = {
        each.name: each
        for each in (*(others or (first_journal_key(identity_seed),)), *_kept(store))
    }
    _keep(store, tuple(keys.values())[:MAX_KEPT_KEYS])


def _kept(store: Store) -> tuple[KeptKey, ...]:
    kept = store.identity.setting(Setting.JOURNAL_KEYS)
    return () if kept is None else decode(_Keys, kept).keys


def _keep(store: Store, keys: tuple[KeptKey, ...]) -> None:
    store.identity.put_setting(Setting.JOURNAL_KEYS, encode(_Keys(keys=keys)))
