# SPDX-License-Identifier: AGPL-3.0-or-later
"""The own account: registered once, its device list signed again before it expires."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.engine import audit, kits
from app.engine.correspondents import refresh_history
from app.engine.ports.relay import (
    RelayFactory,
    RelayRefusedError,
    RelayUnreachableError,
    RelayUntrustedError,
)
from app.engine.ports.vault import Owner, Profile, SecondFactors, Setting
from app.engine.second_factors import invent
from app.engine.session import Machine, Publish, Session, caller_of, open_session
from app.engine.sign_in import set_up
from app.interface.failures import CommandError, Failure
from app.interface.passphrases import strength_of
from crypto_core.errors import CryptoCoreError, WireError
from crypto_core.keys.kit import Kit
from crypto_core.keys.signing import (
    KIT_CODE_BYTES,
    SIGNING_SEED_BYTES,
    SigningPair,
    certify_identity,
    recovery_secrets,
)
from crypto_core.trust.devices import NO_PREVIOUS_LIST
from crypto_core.trust.key_history import RecordedEvent
from crypto_core.trust.signatures import sha256
from crypto_core.wire.audit import DeviceListPublished, Verb
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.devices import DeviceEntry, DeviceList, KeyEvent, KeyEventKind
from crypto_core.wire.enrolment import parse_enrolment
from crypto_core.wire.ids import DeviceId, UnixMillis
from crypto_core.wire.labels import DEVICE_LIST
from crypto_core.wire.limits import DEVICE_LIST_LIFE_SECONDS
from crypto_core.wire.relay_api import DirectoryEntry, ProblemCode, RegisterRequest
from crypto_core.wire.signed import Signed

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.engine.ports.vault import Store, Vault
    from app.interface.commands import Register
    from crypto_core.trust.key_history import KeyHistory
    from crypto_core.wire.relay_api import LogReceipt
    from crypto_core.wire.sign_in import SignInSetup

RENEW_BEFORE_MILLIS: Final = DEVICE_LIST_LIFE_SECONDS * 1000 // 2

_UNDECIDED: Final = frozenset(
    {
        ProblemCode.UNAVAILABLE,
        ProblemCode.INTERNAL,
        ProblemCode.TOO_MANY_REQUESTS,
        ProblemCode.STORAGE_FULL,
    }
)
"""Refusals after which the same registration may still succeed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What registering needs while there is no session yet."""

    profile: Profile
    machine: Machine
    relay_factory: RelayFactory
    publish: Publish


async def register(command: Register, around: Surroundings) -> Session:
    """Create an account with this computer as its first device, and return its session.

    A refusal leaves nothing behind. When the answer is lost, the same request is kept under the passphrase
    and repeated by the next call, for the relay may have created the account. Raises CommandError,
    RelayError, VaultError and CryptoCoreError.
    """
    try:
        parse_enrolment(command.enrolment)
    except WireError:
        raise CommandError(Failure.ENROLMENT_INVALID) from None
    require_strong(command.passphrase)
    vault = await around.profile.resume(command.passphrase)
    owner = None if vault is None else await vault.run(lambda store: store.identity.owner())
    if vault is None or owner is None or owner.enrolment != command.enrolment:
        factors = invent(around.machine.random_bytes)
        owner = await asyncio.to_thread(_invent_owner, command, factors, around.machine)
        setup = await _set_up_sign_in(command, owner, factors, around)
        vault = await _begin(command, owner, setup, around)
        owner = await vault.run(lambda store: store.identity.owner()) or owner
    session = _session(vault, owner, around)
    if owner.encoded_registration is not None:
        request = decode(RegisterRequest, owner.encoded_registration)
        try:
            await _confirm(session, await _ask(session, request, command), request)
        except RelayRefusedError as error:
            await session.relay.close()
            if error.code not in _UNDECIDED:
                await around.profile.discard()
            if error.code is ProblemCode.INVITATION_INVALID:
                raise CommandError(Failure.INVITATION_INVALID) from error
            raise
        except BaseException:
            await session.relay.close()
            raise
    await around.profile.confirm()
    owner = await vault.run(lambda store: store.identity.owner())
    return session if owner is None else replace(session, owner=owner)


async def _set_up_sign_in(
    command: Register, owner: Owner, factors: SecondFactors, around: Surroundings
) -> SignInSetup:
    """Ask the relay who it is, and register the passphrase, before anything is made on this computer."""
    enrolment = parse_enrolment(owner.enrolment)
    relay = around.relay_factory(enrolment, caller_of(owner))
    try:
        described = await relay.describe()
        if described.log_keys != enrolment.log_keys:
            raise RelayUntrustedError("the relay's log is not the one of the enrolment")
        return await set_up(
            owner,
            factors,
            relay,
            passphrase=command.passphrase,
            invitation=command.invitation.strip(),
            random_bytes=around.machine.random_bytes,
        )
    except RelayRefusedError as error:
        if error.code is ProblemCode.INVITATION_INVALID:
            raise CommandError(Failure.INVITATION_INVALID) from error
        raise
    finally:
        await relay.close()


async def _begin(
    command: Register, owner: Owner, setup: SignInSetup, around: Surroundings
) -> Vault:
    vault = await around.profile.create(command.passphrase)
    if owner.pending_recovery_code is not None:
        kit = await asyncio.to_thread(Kit.from_code, owner.pending_recovery_code)
        await around.profile.seal_to_kits([kit.public_key])
    session = _session(vault, owner, around)

    def keep(store: Store) -> None:
        now = session.now()
        device_list = session.identity.sign_object(
            DEVICE_LIST,
            DeviceList(
                version=1,
                account=owner.account,
                sequence=1,
                previous=NO_PREVIOUS_LIST,
                issued_at=now,
                expires_at=UnixMillis(now + DEVICE_LIST_LIFE_SECONDS * 1000),
                devices=(
                    DeviceEntry(
                        device=owner.device,
                        signing=session.keys.signing.public,
                        request_key=_public(owner.request_seed),
                        added_at=now,
                    ),
                ),
            ),
        )
        statement = audit.add_statement(
            store,
            session,
            Verb.DEVICE_LIST_PUBLISHED,
            _published(session, device_list),
            encoded_key_event=encode(
                list_event(device_list, decode(Signed, owner.encoded_certificate))
            ),
        )
        request = RegisterRequest(
            invitation=command.invitation.strip(),
            certificate=decode(Signed, owner.encoded_certificate),
            device_list=device_list,
            statement=statement,
            directory=_directory_entry(owner, rpps=command.rpps) if owner.is_listed else None,
            sign_in=setup,
        )
        store.identity.create(replace(owner, encoded_registration=encode(request)))
        if owner.pending_recovery_code is not None:
            kits.keep_new(store, owner.pending_recovery_code, made_at=now)
        if command.rpps:
            store.identity.put_setting(Setting.RPPS, command.rpps.encode("ascii"))

    try:
        await vault.run(keep)
    except BaseException:
        await around.profile.discard()
        raise
    finally:
        await session.relay.close()
    return vault


async def _ask(session: Session, request: RegisterRequest, command: Register) -> LogReceipt:
    """Send the request, once more if its answer was lost, and with a new invitation if the old one is void."""
    try:
        try:
            return await session.relay.register(request)
        except RelayUnreachableError:
            return await session.relay.register(request)
    except RelayRefusedError as error:
        invitation = command.invitation.strip()
        if error.code is not ProblemCode.INVITATION_INVALID or invitation == request.invitation:
            raise
        return await session.relay.register(replace(request, invitation=invitation))


async def _confirm(session: Session, receipt: LogReceipt, request: RegisterRequest) -> None:
    first = await session.vault.run(lambda store: store.outbox.first_pending())
    if first is None:
        return
    try:
        logged = await audit.accept_receipt(session, receipt.proof, first)
    except CryptoCoreError as error:
        raise RelayUntrustedError("the relay's receipt does not verify") from error

    def keep(store: Store) -> None:
        store.outbox.statement_logged(first.row, proof=receipt.proof)
        account = session.owner.account
        recorded = RecordedEvent(
            event=list_event(request.device_list, request.certificate),
            log_index=logged.log_index,
            relay_time=UnixMillis(logged.relay_time),
        )
        store.trust.add_key_event(account, 1, recorded, proof=receipt.proof)
        store.trust.note_complete(account, logged.log_index + 1)
        store.identity.confirm_registration()

    await session.vault.run(keep)


async def renew_device_list(session: Session) -> bool:
    """Look at the own key history, and queue the next device list when half of the last one's life is over.

    True if one was queued: the outbox publishes it in its turn, for it takes a number of the own chain. Raises
    RelayError.
    """
    history = await refresh_history(session, session.owner.account)
    last = history.lists[-1]
    if last.devices.expires_at - session.now() > RENEW_BEFORE_MILLIS:
        return False
    return await queue_next_list(session, history, last.devices.devices)


async def queue_next_list(
    session: Session,
    history: KeyHistory,
    devices: tuple[DeviceEntry, ...],
    then: Callable[[Store], None] = lambda _: None,
) -> bool:
    """Sign the next device list and queue it with its statement; False if one is on its way already.

    `then` belongs to the same transaction.
    """
    last = history.lists[-1]
    issued_at = UnixMillis(max(session.now(), last.devices.issued_at))
    signed = await asyncio.to_thread(
        session.identity.sign_object,
        DEVICE_LIST,
        replace(
            last.devices,
            sequence=last.devices.sequence + 1,
            previous=last.digest,
            issued_at=issued_at,
            expires_at=UnixMillis(issued_at + DEVICE_LIST_LIFE_SECONDS * 1000),
            devices=devices,
        ),
    )

    def queue(store: Store) -> bool:
        if store.outbox.has_pending_key_event():
            return False
        audit.add_statement(
            store,
            session,
            Verb.DEVICE_LIST_PUBLISHED,
            _published(session, signed),
            encoded_key_event=encode(list_event(signed)),
        )
        then(store)
        return True

    # No envelope may be sealed in between: its statement would build on this one.
    async with session.locks.outbox:
        return await session.vault.run(queue)


def list_event(device_list: Signed, certificate: Signed | None = None) -> KeyEvent:
    """Return a device list as a step in a history of keys."""
    return KeyEvent(
        version=1, kind=KeyEventKind.DEVICE_LIST, signed=device_list, certificate=certificate
    )


def _published(session: Session, device_list: Signed) -> DeviceListPublished:
    listed = decode(DeviceList, device_list.body)
    return DeviceListPublished(
        account=listed.account,
        sequence=listed.sequence,
        list_hash=sha256(device_list.body),
        at=session.now(),
        utc_offset=session.machine.clock.utc_offset(),
    )


def _invent_owner(command: Register, factors: SecondFactors, machine: Machine) -> Owner:
    """Draw every key of a new account. The root key only signs the certificate; the kit's code derives it."""
    code = machine.random_bytes(KIT_CODE_BYTES)
    recovery = recovery_secrets(code)
    identity_seed = machine.random_bytes(SIGNING_SEED_BYTES)
    certificate = certify_identity(
        recovery.root,
        SigningPair.from_seed(identity_seed).public,
        sequence=1,
        issued_at=machine.clock.now(),
    )
    return Owner(
        account=recovery.account,
        device=DeviceId(machine.random_bytes(16)),
        name=command.name,
        profession=command.profession,
        place=command.place,
        is_listed=command.is_listed,
        identity_seed=identity_seed,
        device_seed=machine.random_bytes(SIGNING_SEED_BYTES),
        request_seed=machine.random_bytes(32),
        pending_recovery_code=code,
        account_secret=recovery.account_secret,
        second_factors=factors,
        encoded_certificate=encode(certificate),
        enrolment=command.enrolment,
        encoded_registration=None,
    )


def require_strong(passphrase: str) -> None:
    """Raise CommandError for a new passphrase that a copied store would not stand up with (R-05)."""
    strength = strength_of(passphrase)
    if not strength.is_enough:
        raise CommandError(Failure.PASSPHRASE_WEAK, str(strength.bits))


def _directory_entry(owner: Owner, *, rpps: str) -> DirectoryEntry:
    return DirectoryEntry(
        account=owner.account,
        name=owner.name,
        profession=owner.profession,
        place=owner.place,
        rpps=rpps,
    )


def _session(vault: Vault, owner: Owner, around: Surroundings) -> Session:
    return open_session(
        vault,
        owner,
        machine=around.machine,
        relay_factory=around.relay_factory,
        publish=around.publish,
    )


def _public(request_seed: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(request_seed).public_key().public_bytes_raw()
