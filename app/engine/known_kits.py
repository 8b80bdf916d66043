# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which recovery kits this computer knows: the one in force, and one that was announced to take its place.

Both have to open everything while neither is void, so things are sealed to both. Imports ports and `crypto_core`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.engine.ports.vault import Setting
from crypto_core.trust.signatures import sha256
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.ids import Hash, UnixMillis
from crypto_core.wire.kit import KitKeys

if TYPE_CHECKING:
    from app.engine.ports.vault import Store
    from crypto_core.keys.kit import Kit
    from crypto_core.trust.key_history import KeyHistory
    from crypto_core.wire.signed import SigningPublicKey


@dataclass(frozen=True, slots=True, kw_only=True)
class NextKit:
    """A kit that takes another one's place; kept from its announcement until sign-ins use its secret."""

    kit: KitKeys
    counts_at: UnixMillis


def keys_of(kit: Kit) -> KitKeys:
    """Return what computers keep of a kit."""
    return KitKeys(
        version=1,
        root=digest_of(kit.root.public),
        account_secret=kit.account_secret,
        public_key=kit.public_key,
    )


def digest_of(root: SigningPublicKey) -> Hash:
    """Return what names a root."""
    return sha256(encode(root))


def put_in_force(store: Store, *, root: Hash, public_key: bytes) -> None:
    """Keep which kit counts, inside a transaction."""
    store.identity.put_setting(Setting.KIT_PUBLIC_KEY, public_key)
    store.identity.put_setting(Setting.KIT_ROOT, root)


def following(store: Store) -> NextKit | None:
    """Return the kit that takes another one's place, None without any."""
    kept = store.identity.setting(Setting.NEXT_KIT)
    return None if kept is None else decode(NextKit, kept)


def is_in_force(store: Store, kit: NextKit) -> bool:
    """Whether this computer has seen that a kit counts."""
    return store.identity.setting(Setting.KIT_ROOT) == kit.kit.root


def public_keys(store: Store) -> tuple[bytes, ...]:
    """Return what things are sealed to, the kit in force first; empty in a profile without any."""
    in_force = store.identity.setting(Setting.KIT_PUBLIC_KEY)
    if in_force is None:
        return ()
    announced = following(store)
    if announced is None or announced.kit.public_key == in_force:
        return (in_force,)
    return in_force, announced.kit.public_key


def are_all_known(store: Store, history: KeyHistory, now: UnixMillis) -> bool:
    """Whether the kits of `public_keys` are all that the account's key history speaks of.

    Where they are not, another computer of the owner knows more; what it has sealed stays.
    """
    announced = following(store)
    known = {store.identity.setting(Setting.KIT_ROOT)}
    if announced is not None:
        known.add(announced.kit.root)
    pending = history.pending_at(now)
    named = [history.root_at(now), None if pending is None else pending.change.root]
    roots = [digest_of(root) for root in named if root is not None]
    return all(root in known for root in roots)
