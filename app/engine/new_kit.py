# SPDX-License-Identifier: AGPL-3.0-or-later
"""A new recovery kit in the place of a lost one, and the veto against one that the owner did not make.

The identity key announces the new root, which counts seven days later unless the old root calls it off
(`crypto_core/spec/keys.md` §3). Until then the old kit, should it be found, still brings everything back, and
from then on the new one does: whatever a kit has to open is sealed to both from the first moment.

In order: 1. the code is in the vault; 2. a sign-in, which knows the passphrase and has just shown both factors,
has the relay keep it a second time, with the account secret of the new kit; 3. the root is announced; 4. the
code is shown until it is on paper, and the account's other computers are told what they have to know; 5. a
synchronisation sees that the root counts. Each step finds what the one before it left, whenever the program ends.

Sign-ins go on with the old secret until everybody has heard of the new one (`secrets`); recovery takes either.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from app.engine import audit, kits, known_kits, outbox, packages
from app.engine.correspondents import known_history, refresh_history
from app.engine.known_kits import NextKit, digest_of, keys_of
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
from crypto_core.wire.envelope import MessageKind
from crypto_core.wire.limits import ENVELOPE_LIFE_SECONDS
from crypto_core.wire.relay_api import VetoRootChangeRequest
from crypto_core.wire.sign_in import CredentialRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.engine.ports.vault import Profile, Store
    from app.engine.session import Session
    from app.interface.snapshots import KitSheet
    from crypto_core.trust.key_history import KeyHistory
    from crypto_core.wire.ids import Hash, UnixMillis
    from crypto_core.wire.kit import KitKeys

_BEGUN_MILLIS: Final = 3_600_000
"""A code that was drawn so long ago and never announced is forgotten: nobody has seen it."""
_HEARD_MILLIS: Final = ENVELOPE_LIFE_SECONDS * 1000
"""So long after a kit counts, what told the other computers of it has arrived or never will."""

_log = logging.getLogger(__name__)


# --- making one ----------------------------------------------------------------------------------


async def create(session: Session, profile: Profile) -> KitSheet:
    """Announce a new kit and show it. Raises CommandError, RelayError, VaultError.

    STEP_UP_NEEDED also before the first sign-in after its beginning, which is when the passphrase goes with it.
    """
    # Before anything is asked of the relay, so that a sign-in finds it that is needed for that.
    code = await _begun(session)
    kit = await asyncio.to_thread(Kit.from_code, code)
    history = await refresh_history(session, session.owner.account)
    if kit.root.public not in history.roots:
        if history.pending_at(session.now()) is not None:
            raise CommandError(Failure.KIT_PENDING)
        if not await session.vault.run(lambda store: _is_ready(store, kit)):
            raise CommandError(Failure.STEP_UP_NEEDED)
        await _announce(session, history, kit)
        history = await refresh_history(session, session.owner.account)
    if not await _take_over(session, history, code, kit):
        # Somebody was faster, or has called it off already.
        raise CommandError(Failure.KIT_PENDING)
    await _seal(session, profile)
    with contextlib.suppress(RelayError):
        # Now, so that what is printed next opens what is at the relay; else with the next synchronisation.
        await packages.renew(session, is_hurried=True)
    session.wakes.outbox.set()
    session.wakes.status.set()
    return await kits.show(session)


async def _begun(session: Session) -> bytes:
    """Return the code of a kit that was begun, or draw one. Raises CommandError."""
    drawn = session.random(KIT_CODE_BYTES)
    history = await known_history(session, session.owner.account)
    is_busy = history is not None and history.pending_at(session.now()) is not None

    def begin(store: Store) -> bytes:
        begun = _code_begun(store)
        if begun is not None:
            return begun
        owner = store.identity.owner()
        is_shown = owner is None or owner.pending_recovery_code is not None
        following = known_kits.following(store)
        is_announced = following is not None and not known_kits.is_in_force(store, following)
        if is_busy or is_shown or is_announced:
            raise CommandError(Failure.KIT_PENDING)
        store.identity.put_setting(Setting.NEW_KIT, drawn + session.now().to_bytes(8, "big"))
        return drawn

    return await session.vault.run(begin)


def _code_begun(store: Store) -> bytes | None:
    kept = store.identity.setting(Setting.NEW_KIT)
    return None if kept is None else kept[:KIT_CODE_BYTES]


def _is_ready(store: Store, kit: Kit) -> bool:
    """Whether the relay keeps the passphrase for this kit, and none for another one that counts already."""
    stored = store.identity.setting(Setting.NEXT_SECRET_STORED)
    return known_kits.following(store) is None and stored == sha256(kit.account_secret)


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


async def _take_over(session: Session, history: KeyHistory, code: bytes, kit: Kit) -> bool:
    """Show a kit that the log has, and tell the other computers of it; False, and it is forgotten, if it is void."""
    counts_at = _counts_at(history, digest_of(kit.root.public), session.now())
    following = NextKit(kit=keys_of(kit), counts_at=counts_at or session.now())
    made_at = str(session.now()).encode()
    newest = history.newest
    has_others = newest is not None and len(newest.devices) > 1

    def keep(store: Store) -> None:
        if _code_begun(store) != code:
            # It was taken over by a synchronisation in this moment.
            return
        store.identity.put_setting(Setting.NEW_KIT, None)
        if counts_at is None:
            return
        store.identity.put_pending_recovery_code(code)
        store.identity.put_setting(Setting.KIT_MADE_AT, made_at)
        store.identity.put_setting(Setting.NEXT_KIT, encode(following))
        if has_others:
            outbox.queue(
                store,
                session,
                MessageKind.KIT,
                (following.kit,),
                to=(),
                message=outbox.new_message_id(session),
            )

    await session.vault.run(keep)
    return counts_at is not None


def _counts_at(history: KeyHistory, root: Hash, now: UnixMillis) -> UnixMillis | None:
    """When a root counts that is announced, or since when at the latest; None if it is void or unknown."""
    pending = history.pending_at(now)
    if pending is not None and digest_of(pending.change.root) == root:
        return pending.effective_at
    in_force = history.root_at(now)
    return now if in_force is not None and digest_of(in_force) == root else None


# --- on the other computers ----------------------------------------------------------------------


def receive(store: Store, session: Session, kit: KitKeys) -> None:
    """Keep what another own computer tells of a kit, if the account's keys name it; inside a transaction."""
    history = store.trust.histories([session.owner.account]).get(session.owner.account)
    counts_at = None if history is None else _counts_at(history, kit.root, session.now())
    if counts_at is None or store.identity.setting(Setting.KIT_ROOT) == kit.root:
        return
    store.identity.put_setting(Setting.NEXT_KIT, encode(NextKit(kit=kit, counts_at=counts_at)))
    store.identity.put_setting(Setting.NEXT_SECRET_STORED, sha256(kit.account_secret))


# --- as time goes by -----------------------------------------------------------------------------


async def settle(session: Session, profile: Profile) -> None:
    """Go on with a kit that was begun, over to one that counts, or forget one that is void; part of the upkeep."""
    history = await known_history(session, session.owner.account)
    if history is None:
        return
    code = await session.vault.run(_code_begun)
    if code is not None:
        # What was announced just now is not among what is known yet.
        history = await refresh_history(session, session.owner.account)
        kit = await asyncio.to_thread(Kit.from_code, code)
        if kit.root.public in history.roots:
            await _take_over(session, history, code, kit)
        else:
            await session.vault.run(_forget_begun(session))
    shown = await _shown(session)
    if await session.vault.run(lambda store: _follow(store, history, shown, session.now())):
        session.wakes.status.set()
    await _seal(session, profile)


def _follow(store: Store, history: KeyHistory, shown: Hash | None, now: UnixMillis) -> bool:
    """Let the next kit be what the account's keys say it is; True if that is news."""
    following = known_kits.following(store)
    if following is None or known_kits.is_in_force(store, following):
        return False
    root = following.kit.root
    counts_at, in_force = _counts_at(history, root, now), history.root_at(now)
    if counts_at is None:
        # Called off: what may still be shown is worth nothing.
        store.identity.put_setting(Setting.NEXT_KIT, None)
        store.identity.put_setting(Setting.NEXT_SECRET_STORED, None)
        if shown == root:
            store.identity.put_pending_recovery_code(None)
    elif in_force is not None and digest_of(in_force) == root:
        known_kits.put_in_force(store, root=root, public_key=following.kit.public_key)
        if shown not in {None, root}:
            # The code of a kit that does not count any more.
            store.identity.put_pending_recovery_code(None)
    elif counts_at != following.counts_at:
        following = replace(following, counts_at=counts_at)
        store.identity.put_setting(Setting.NEXT_KIT, encode(following))
    else:
        return False
    return True


def _forget_begun(session: Session) -> Callable[[Store], None]:
    def forget(store: Store) -> None:
        kept = store.identity.setting(Setting.NEW_KIT)
        pending = store.outbox.first_pending()
        is_on_its_way = pending is not None and pending.encoded_key_event is not None
        if kept is None or is_on_its_way:
            return
        begun_at = int.from_bytes(kept[KIT_CODE_BYTES:], "big")
        if session.now() - begun_at >= _BEGUN_MILLIS:
            store.identity.put_setting(Setting.NEW_KIT, None)

    return forget


async def _shown(session: Session) -> Hash | None:
    """Return the root of the kit that is being shown."""
    owner = await session.vault.run(lambda store: store.identity.owner())
    code = None if owner is None else owner.pending_recovery_code
    if code is None:
        return None
    return digest_of((await asyncio.to_thread(Kit.from_code, code)).root.public)


async def _seal(session: Session, profile: Profile) -> None:
    """Have exactly those kits open this profile that have to."""
    public_keys, sealed = await session.vault.run(
        lambda store: (
            known_kits.public_keys(store),
            store.identity.setting(Setting.SEALED_KITS),
        )
    )
    digest = sha256(*public_keys)
    if not public_keys or sealed == digest:
        return
    await profile.seal_to_kits(public_keys)
    await session.vault.run(lambda store: store.identity.put_setting(Setting.SEALED_KITS, digest))


# --- at sign-ins ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """An account secret that a sign-in can be tried with."""

    value: bytes = field(repr=False)
    is_pending: bool
    """The relay keeps the passphrase with it beside the one in use."""
    is_of_next_kit: bool = False


async def secrets(session: Session, *, is_pending: bool) -> tuple[Secret, ...]:
    """Return what a sign-in is tried with, in this order; `is_pending` while a new passphrase waits.

    The secret of a new kit becomes the account's as soon as every computer that will ever hear of it has, or
    when a further kit needs the place that it has at the relay. Another computer may have done that already.
    """

    def find(store: Store) -> tuple[Secret, ...]:
        in_use = Secret(value=own_secret(store, session), is_pending=is_pending)
        following = known_kits.following(store)
        if following is None or not known_kits.is_in_force(store, following):
            return (in_use,)
        of_next = Secret(value=following.kit.account_secret, is_pending=False, is_of_next_kit=True)
        history = store.trust.histories([session.owner.account]).get(session.owner.account)
        is_alone = (
            history is not None and history.newest is not None and len(history.newest.devices) == 1
        )
        has_heard = is_alone or session.now() - following.counts_at >= _HEARD_MILLIS
        if has_heard or _code_begun(store) is not None:
            return replace(of_next, is_pending=True), in_use
        return in_use, of_next

    return await session.vault.run(find)


def own_secret(store: Store, session: Session) -> bytes:
    """Return the account secret that sign-ins use now."""
    owner = store.identity.owner()
    return session.owner.account_secret if owner is None else owner.account_secret


def go_over(store: Store, secret: Secret) -> None:
    """The relay has taken a secret, inside a transaction."""
    if not secret.is_of_next_kit:
        return
    owner = store.identity.owner()
    if owner is not None:
        # Names of second factors were sealed under it.
        store.identity.put_setting(Setting.EARLIER_SECRET, owner.account_secret)
    store.identity.put_account_secret(secret.value)
    store.identity.put_setting(Setting.NEXT_KIT, None)
    store.identity.put_setting(Setting.NEXT_SECRET_STORED, None)


async def register_passphrase(session: Session, passphrase: str) -> None:
    """Have the relay keep the passphrase with the secret of a new kit as well; called after a sign-in.

    What goes wrong is tried again after the next one.
    """
    secret = await session.vault.run(_secret_to_store)
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
        await session.relay.store_passphrase(credential)
    except (RelayError, CryptoCoreError) as error:
        _log.warning("the passphrase is not with the new kit yet: %s", type(error).__name__)
        return
    digest = sha256(secret)
    await session.vault.run(
        lambda store: store.identity.put_setting(Setting.NEXT_SECRET_STORED, digest)
    )


def _secret_to_store(store: Store) -> bytes | None:
    following, begun = known_kits.following(store), _code_begun(store)
    if following is not None:
        secret = following.kit.account_secret
    elif begun is not None:
        secret = Kit.from_code(begun).account_secret
    else:
        return None
    is_stored = store.identity.setting(Setting.NEXT_SECRET_STORED) == sha256(secret)
    return None if is_stored else secret


# --- calling one off -----------------------------------------------------------------------------


async def veto(session: Session, profile: Profile, text: str) -> None:
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
    await settle(session, profile)
