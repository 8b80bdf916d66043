# SPDX-License-Identifier: AGPL-3.0-or-later
"""A new recovery kit in the place of a lost one, and the veto against one that the owner did not make.

The identity key announces the new root, which counts seven days later unless the old root calls it off
(`crypto_core/spec/keys.md` §3). Until then the old kit, should it be found, still opens everything: package and
passphrase go over to the new one when it counts, and only this computer's vault is sealed to it at once.

In order: 1. the code is in the vault; 2. the root is announced; 3. the code is shown until it is on paper;
4. a synchronisation sees that the root counts, and from then on packages are sealed to the new kit; 5. the next
sign-in, which knows the passphrase and has just shown both factors, has the relay store it with the account
secret of the new kit; 6. the sign-in after that makes it the account's. Each step finds what the one before it
left, whenever the program ends.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from app.engine import audit, kits, outbox
from app.engine.correspondents import known_history, refresh_history
from app.engine.ports.relay import RelayError, RelayRefusedError
from app.engine.ports.vault import Setting
from app.interface.failures import CommandError, Failure
from crypto_core.errors import CryptoCoreError
from crypto_core.keys.kit import Kit
from crypto_core.keys.recovery import announce_root, veto_root
from crypto_core.keys.signing import KIT_CODE_BYTES
from crypto_core.opaque.client import start_registration
from crypto_core.trust.signatures import sha256
from crypto_core.wire.audit import RootChangeAnnounced, Verb
from crypto_core.wire.codec import encode
from crypto_core.wire.devices import KeyEvent, KeyEventKind
from crypto_core.wire.ids import Hash, UnixMillis
from crypto_core.wire.relay_api import VetoRootChangeRequest
from crypto_core.wire.sign_in import CredentialRequest

if TYPE_CHECKING:
    from app.engine.ports.vault import Profile, Store
    from app.engine.session import Session
    from app.interface.snapshots import KitSheet
    from crypto_core.trust.key_history import KeyHistory

_HASH_BYTES: Final = 32
_SECRET_BYTES: Final = 32
_MOMENT_BYTES: Final = 8

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """A kit that is announced: what is taken over once it counts."""

    root: Hash
    """SHA-256 of the encoded public root."""
    account_secret: bytes = field(repr=False)
    counts_at: UnixMillis
    public_key: bytes

    def to_bytes(self) -> bytes:
        """Return what the vault keeps."""
        moment = self.counts_at.to_bytes(_MOMENT_BYTES, "big")
        return self.root + self.account_secret + moment + self.public_key

    @classmethod
    def load(cls, store: Store) -> Next | None:
        """Return the kit that is announced, None without any."""
        kept = store.identity.setting(Setting.NEXT_KIT)
        if kept is None:
            return None
        secret, moment = _HASH_BYTES + _SECRET_BYTES, _HASH_BYTES + _SECRET_BYTES + _MOMENT_BYTES
        return cls(
            root=Hash(kept[:_HASH_BYTES]),
            account_secret=kept[_HASH_BYTES:secret],
            counts_at=UnixMillis(int.from_bytes(kept[secret:moment], "big")),
            public_key=kept[moment:],
        )


# --- making one ----------------------------------------------------------------------------------


async def create(session: Session, profile: Profile) -> KitSheet:
    """Announce a new kit and show it. Raises CommandError, RelayError (STEP_UP_NEEDED), VaultError."""
    history = await refresh_history(session, session.owner.account)
    code = await _code(session, history)
    kit = await asyncio.to_thread(Kit.from_code, code)
    if kit.root.public not in history.roots:
        await _announce(session, history, kit)
        history = await refresh_history(session, session.owner.account)
    pending = history.pending_at(session.now())
    if pending is None or pending.change.root != kit.root.public:
        # Somebody was faster, or has called it off already.
        await session.vault.run(lambda store: store.identity.put_setting(Setting.NEW_KIT, None))
        raise CommandError(Failure.KIT_PENDING)
    await profile.seal_to_kit(kit.public_key)
    following = Next(
        root=_root_of(kit),
        account_secret=kit.account_secret,
        counts_at=pending.effective_at,
        public_key=kit.public_key,
    )
    made_at = str(pending.change.issued_at).encode()

    def keep(store: Store) -> None:
        store.identity.put_pending_recovery_code(code)
        store.identity.put_setting(Setting.KIT_MADE_AT, made_at)
        store.identity.put_setting(Setting.NEXT_KIT, following.to_bytes())
        store.identity.put_setting(Setting.NEW_KIT, None)

    await session.vault.run(keep)
    session.wakes.status.set()
    return await kits.show(session)


async def _code(session: Session, history: KeyHistory) -> bytes:
    """Return the code of a kit that was begun, or draw one."""
    drawn = session.random(KIT_CODE_BYTES)
    is_busy = history.pending_at(session.now()) is not None

    def begin(store: Store) -> bytes:
        begun = store.identity.setting(Setting.NEW_KIT)
        if begun is not None:
            return begun
        owner = store.identity.owner()
        is_shown = owner is None or owner.pending_recovery_code is not None
        if is_busy or is_shown or Next.load(store) is not None:
            raise CommandError(Failure.KIT_PENDING)
        store.identity.put_setting(Setting.NEW_KIT, drawn)
        return drawn

    return await session.vault.run(begin)


async def _announce(session: Session, history: KeyHistory, kit: Kit) -> None:
    signed = await asyncio.to_thread(
        announce_root,
        session.identity,
        session.owner.account,
        kit.root.public,
        sequence=history.last_change + 1,
        issued_at=session.now(),
    )
    event = KeyEvent(version=1, kind=KeyEventKind.ROOT_CHANGE, signed=signed, certificate=None)
    announced = RootChangeAnnounced(
        account=session.owner.account,
        sequence=history.last_change + 1,
        change_hash=sha256(signed.body),
        at=session.now(),
        utc_offset=session.machine.clock.utc_offset(),
    )

    def queue(store: Store) -> None:
        audit.add_statement(
            store,
            session,
            Verb.ROOT_CHANGE_ANNOUNCED,
            announced,
            encoded_key_event=encode(event),
        )

    await outbox.post_pending(session)
    async with session.locks.outbox:
        await session.vault.run(queue)
    await outbox.post_pending(session, raises=True)


# --- when it counts ------------------------------------------------------------------------------


async def settle(session: Session) -> None:
    """Go over to a kit that counts, or forget one that was called off; part of the upkeep."""
    following = await session.vault.run(Next.load)
    if following is None:
        return
    history = await known_history(session, session.owner.account)
    if history is None:
        return
    root, pending = history.root_at(session.now()), history.pending_at(session.now())
    if root is not None and sha256(encode(root)) == following.root:
        next_secret: bytes | None = following.account_secret
    elif pending is not None and sha256(encode(pending.change.root)) == following.root:
        return
    else:
        next_secret = None

    def keep(store: Store) -> None:
        if next_secret is None:
            # Called off: what may still be shown is worth nothing.
            store.identity.put_pending_recovery_code(None)
        else:
            store.identity.put_setting(Setting.KIT_PUBLIC_KEY, following.public_key)
            store.identity.put_setting(Setting.NEXT_SECRET, next_secret)
        store.identity.put_setting(Setting.NEXT_KIT, None)

    await session.vault.run(keep)
    session.wakes.status.set()


async def register_passphrase(session: Session, passphrase: str) -> None:
    """Have the relay store the passphrase with the secret of a kit that counts now; called after a sign-in.

    What goes wrong is tried again after the next one.
    """
    secret = await session.vault.run(lambda store: store.identity.setting(Setting.NEXT_SECRET))
    if secret is None:
        return
    random_bytes = session.machine.random_bytes
    try:
        registration = start_registration(
            passphrase,
            account=session.owner.account,
            account_secret=secret,
            random_bytes=random_bytes,
        )
        answer = await session.relay.register_passphrase(
            CredentialRequest(request=registration.request)
        )
        credential = await asyncio.to_thread(
            registration.finish, answer.response, random_bytes=random_bytes
        )
        # First the note: the relay may have it without our hearing of it.
        await session.vault.run(
            lambda store: store.identity.put_setting(Setting.NEXT_SECRET_STORED, b"1")
        )
        await session.relay.store_passphrase(credential)
    except (RelayError, CryptoCoreError) as error:
        _log.warning("the passphrase is not with the new kit yet: %s", type(error).__name__)


# --- calling one off -----------------------------------------------------------------------------


async def veto(session: Session, text: str) -> None:
    """Call off, with the kit in force, a root that is announced. Raises CommandError, RelayError."""
    _, kit = await asyncio.to_thread(kits.read_kit, text)
    history = await refresh_history(session, session.owner.account)
    pending = history.pending_at(session.now())
    if pending is None:
        raise CommandError(Failure.NO_KIT_CHANGE)
    if history.root_at(session.now()) != kit.root.public:
        raise CommandError(Failure.KIT_OTHER)
    signed = await asyncio.to_thread(
        veto_root,
        kit.root,
        session.owner.account,
        sequence=pending.change.sequence,
        issued_at=session.now(),
    )
    try:
        await session.relay.veto_root_change(VetoRootChangeRequest(veto=signed))
    except RelayRefusedError:
        history = await refresh_history(session, session.owner.account)
        if history.pending_at(session.now()) is not None:
            raise
        # Somebody else has called it off meanwhile.
    await refresh_history(session, session.owner.account)
    await settle(session)


def _root_of(kit: Kit) -> Hash:
    return sha256(encode(kit.root.public))
