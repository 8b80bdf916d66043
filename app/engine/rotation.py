# SPDX-License-Identifier: AGPL-3.0-or-later
"""A stolen computer, another one at hand, and the kit: a new identity key, so that what was stolen signs nothing more.

Removing a computer alone ends its sessions and prekeys, but it holds the identity key, which lists computers.
What the kit's root certifies outranks it (`crypto_core/spec/keys.md` §3). The new key is in the vault before
anybody hears of it, and takes its place there once the log has it.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from app.engine import audit, kits, outbox
from app.engine.accounts import list_event
from app.engine.correspondents import refresh_history
from app.engine.journal.keys import journal_keys
from app.engine.ports.vault import Setting
from app.interface.failures import CommandError, Failure
from crypto_core.keys.recovery import certify_next_identity
from crypto_core.keys.signing import SIGNING_SEED_BYTES, SigningPair
from crypto_core.trust.devices import find_device
from crypto_core.trust.signatures import sha256
from crypto_core.wire.audit import DeviceListPublished, Verb
from crypto_core.wire.codec import encode
from crypto_core.wire.devices import DeviceList
from crypto_core.wire.ids import UnixMillis
from crypto_core.wire.labels import DEVICE_LIST
from crypto_core.wire.limits import DEVICE_LIST_LIFE_SECONDS

if TYPE_CHECKING:
    from app.engine.ports.vault import Store
    from app.engine.session import Session
    from app.interface.commands import RevokeWithKit
    from crypto_core.keys.kit import Kit
    from crypto_core.trust.key_history import KeyHistory


async def revoke_with_kit(session: Session, command: RevokeWithKit) -> None:
    """Remove a computer and replace the identity key. Raises CommandError, RelayError (STEP_UP_NEEDED).

    The session goes on with the old key until it is opened anew.
    """
    if await settle(session):
        # The answer to the same command was lost; it was carried out.
        return
    if command.device == session.owner.device:
        raise CommandError(Failure.OWN_DEVICE)
    _, kit = await asyncio.to_thread(kits.read_kit, command.kit)
    history = await refresh_history(session, session.owner.account)
    if find_device(history.lists[-1].devices, command.device) is None:
        raise CommandError(Failure.UNKNOWN_DEVICE)
    if history.root_at(session.now()) != kit.root.public:
        raise CommandError(Failure.KIT_OTHER)
    drawn = session.random(SIGNING_SEED_BYTES)

    def begin(store: Store) -> bytes:
        seed = store.identity.setting(Setting.NEXT_IDENTITY) or drawn
        store.identity.put_setting(Setting.NEXT_IDENTITY, seed)
        return seed

    seed = await session.vault.run(begin)
    await _publish(session, history, command, kit, SigningPair.from_seed(seed))
    await settle(session)


async def settle(session: Session) -> bool:
    """Take over a new identity key that is in force; True if the session is to be opened anew."""
    seed = await session.vault.run(lambda store: store.identity.setting(Setting.NEXT_IDENTITY))
    if seed is None:
        return False
    history = await refresh_history(session, session.owner.account)
    identity = SigningPair.from_seed(seed).public
    if history.certificate is None or history.certificate.identity != identity:
        return False

    def keep(store: Store) -> None:
        events = store.trust.key_events(session.owner.account)
        certificates = [each.certificate for each in events if each.certificate is not None]
        # What follows from the key before has to be kept by now.
        journal_keys(store, session.owner.identity_seed)
        store.identity.put_identity(seed, encode(certificates[-1]))
        store.identity.put_setting(Setting.NEXT_IDENTITY, None)
        # Packages of the old key are void, and who had it may have used their numbers up: they begin again.
        store.identity.put_setting(Setting.PACKAGE_STATE, None)

    await session.vault.run(keep)
    return True


async def _publish(
    session: Session,
    history: KeyHistory,
    command: RevokeWithKit,
    kit: Kit,
    identity: SigningPair,
) -> None:
    before = history.certificate
    if before is None:
        raise CommandError(Failure.UNKNOWN_DEVICE)
    last = history.lists[-1]
    now = UnixMillis(max(session.now(), last.devices.issued_at))
    certificate = await asyncio.to_thread(
        certify_next_identity, kit.root, before, identity.public, issued_at=now
    )
    signed = await asyncio.to_thread(
        identity.sign_object,
        DEVICE_LIST,
        DeviceList(
            version=1,
            account=session.owner.account,
            sequence=last.devices.sequence + 1,
            previous=last.digest,
            issued_at=now,
            expires_at=UnixMillis(now + DEVICE_LIST_LIFE_SECONDS * 1000),
            devices=tuple(each for each in last.devices.devices if each.device != command.device),
        ),
    )
    published = DeviceListPublished(
        account=session.owner.account,
        sequence=last.devices.sequence + 1,
        list_hash=sha256(signed.body),
        at=session.now(),
        utc_offset=session.machine.clock.utc_offset(),
    )

    def queue(store: Store) -> None:
        audit.add_statement(
            store,
            session,
            Verb.DEVICE_LIST_PUBLISHED,
            published,
            encoded_key_event=encode(list_event(signed, certificate)),
        )

    await outbox.post_pending(session)
    async with session.locks.outbox:
        await session.vault.run(queue)
    await outbox.post_pending(session, raises=True)
