# SPDX-License-Identifier: AGPL-3.0-or-later
"""A new computer in the place of lost ones: kit and passphrase open the package, and the root names new keys.

Two steps. `begin` signs in with the kit and opens what the relay keeps; nothing has changed yet, and the owner
sees whose account it is. `finish` makes keys and factors, keeps them in a profile that does not count yet, asks
the relay, and only then the profile counts. When the answer is lost, the same request is kept under the
passphrase, and the next `begin` and `finish` repeat it.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import json
import logging
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.engine import audit, kits, known_kits, restoring, second_factors
from app.engine.journal.keys import adopt, journal_keys
from app.engine.journal.noting import note
from app.engine.ports.relay import (
    Caller,
    Challenge,
    Relay,
    RelayAnswerError,
    RelayRefusedError,
    RelayUntrustedError,
    SignInNeededError,
    SignInRefusedError,
)
from app.engine.ports.vault import Owner, Setting
from app.engine.session import open_session
from app.interface.failures import CommandError, Failure
from app.interface.snapshots import (
    OwnComputer,
    Registered,
    RestoreOffer,
)
from crypto_core.errors import (
    CryptoCoreError,
    SignatureError,
    SignInError,
    WireError,
)
from crypto_core.keys.kit import Kit
from crypto_core.keys.recovery import certify_next_identity, open_package
from crypto_core.keys.signing import SIGNING_SEED_BYTES, SigningPair
from crypto_core.opaque.client import FinishedLogin, Login, start_login
from crypto_core.trust.checkpoints import parse_log_identity
from crypto_core.trust.key_history import KeyHistory
from crypto_core.trust.signatures import sha256
from crypto_core.trust.tlog_proof import verify_tlog_proof
from crypto_core.wire.audit import AuditLeaf, DeviceListPublished, Verb
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.devices import DeviceEntry, DeviceList
from crypto_core.wire.enrolment import Enrolment, parse_enrolment
from crypto_core.wire.ids import AccountId, DeviceId, UnixMillis, format_address
from crypto_core.wire.journal import Action
from crypto_core.wire.labels import DEVICE_LIST
from crypto_core.wire.limits import DEVICE_LIST_LIFE_SECONDS
from crypto_core.wire.oauth import OAuthError, Step
from crypto_core.wire.recovery import RecoveryPackage
from crypto_core.wire.relay_api import ProblemCode, RecoverRequest

if TYPE_CHECKING:
    from app.engine.accounts import Surroundings
    from app.engine.ports.vault import SecondFactors, Store, Vault
    from app.engine.session import Session
    from app.interface.commands import BeginRestore, FinishRestore
    from crypto_core.wire.devices import AccountCertificate
    from crypto_core.wire.relay_api import LogReceipt
    from crypto_core.wire.signed import Signed

_VERIFIER_BYTES: Final = 32
_TRIES: Final = 8
"""So often may the account's list change between the request and its answer."""
_log = logging.getLogger(__name__)
_REFUSED: Final = frozenset(
    {OAuthError.ACCESS_DENIED, OAuthError.INVALID_SESSION, OAuthError.INVALID_GRANT}
)


@dataclass(frozen=True, slots=True)
class _OneToken:
    """Implements `AccessTokens` with the token of a recovery, which nothing renews."""

    token: str = field(repr=False)

    def access_token(self) -> str | None:
        return self.token

    async def renew(self, relay: Relay, *, refused: str | None) -> str:
        del relay, refused
        raise SignInNeededError


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What kit and passphrase have opened, until it is over."""

    enrolment_text: str
    enrolment: Enrolment
    account: AccountId
    kit: Kit = field(repr=False)
    passphrase: str = field(repr=False)
    request_seed: bytes = field(repr=False)
    relay: Relay
    """With a token of recovery."""
    history: KeyHistory
    package: RecoveryPackage | None = field(repr=False)
    """None if the relay has none that opens: kit and key history are enough for the account itself."""
    offer: RestoreOffer
    backup: Path | None
    good_until: float
    """On the monotonic clock."""


# --- opening -------------------------------------------------------------------------------------


async def begin(command: BeginRestore, around: Surroundings) -> Opened:
    """Sign in with the kit and open what the relay keeps; the relay has changed nothing.

    Raises CommandError, RelayError, VaultError, CryptoCoreError.
    """
    try:
        enrolment = parse_enrolment(command.enrolment)
    except WireError:
        raise CommandError(Failure.ENROLMENT_INVALID) from None
    backup = Path(command.backup) if command.backup else None
    made_at = None if backup is None else around.profile.backup_made_at(backup)
    named, kit = await asyncio.to_thread(kits.read_kit, command.kit)
    account = named or command.account or kit.account
    seed = await _begun_seed(command, account, around)
    request_seed = seed or around.machine.random_bytes(32)
    begun_at = around.machine.clock.monotonic()
    token, lasts = await _sign_in(
        around, enrolment, account, kit, command.passphrase, request_seed=request_seed
    )
    relay = around.relay_factory(enrolment, _caller(request_seed, _OneToken(token)))
    try:
        history = await _own_history(relay, enrolment, account)
        package = await _package(relay, kit, account, history)
    except BaseException:
        await relay.close()
        raise
    return Opened(
        enrolment_text=command.enrolment,
        enrolment=enrolment,
        account=account,
        kit=kit,
        passphrase=command.passphrase,
        request_seed=request_seed,
        relay=relay,
        history=history,
        package=package,
        offer=_offer(account, package, history, backup_made_at=made_at),
        backup=backup,
        good_until=begun_at + lasts,
    )


async def _begun_seed(
    command: BeginRestore, account: AccountId, around: Surroundings
) -> bytes | None:
    """Return the request key of a restoration that broke off: the relay may have it already."""
    vault = await around.profile.resume(command.passphrase)
    if vault is None:
        return None
    owner, begun = await vault.run(
        lambda store: (store.identity.owner(), store.identity.setting(Setting.RECOVERY))
    )
    if owner is None or begun is None or owner.account != account:
        return None
    return owner.request_seed if owner.enrolment == command.enrolment else None


async def _sign_in(
    around: Surroundings,
    enrolment: Enrolment,
    account: AccountId,
    kit: Kit,
    passphrase: str,
    *,
    request_seed: bytes,
) -> tuple[str, int]:
    """Show passphrase and kit; return a token of recovery and for how long it is good."""
    caller = _caller(request_seed)
    relay = around.relay_factory(enrolment, caller)
    verifier = _base64url(around.machine.random_bytes(_VERIFIER_BYTES))
    try:
        described = await relay.describe()
        if described.log_keys != enrolment.log_keys:
            raise RelayUntrustedError("the relay's log is not the one of the enrolment")
        login = start_login(
            passphrase,
            account=account,
            account_secret=kit.account_secret,
            random_bytes=around.machine.random_bytes,
        )
        thumbprint = _thumbprint(caller.request_key)
        challenge = await relay.start_recovery(
            account,
            ke1=login.ke1,
            code_challenge=_base64url(hashlib.sha256(verifier.encode("ascii")).digest()),
            root=kit.root.public,
            kit_proof=await asyncio.to_thread(
                kit.prove, _base64url(login.ke1), thumbprint=thumbprint
            ),
        )
        try:
            finished = await asyncio.to_thread(_finished, login, challenge)
        except SignInError:
            # Another passphrase, another kit, or no such account: the three cannot be told apart, not even here.
            raise CommandError(Failure.KIT_REFUSED) from None
        except WireError as error:
            raise RelayAnswerError("the relay's answer to the sign-in is malformed") from error
        needed = await relay.prove_passphrase(challenge.auth_session, ke3=finished.ke3)
        if Step.RECOVERY_KIT not in needed.steps:
            raise RelayAnswerError("the relay does not ask for the kit")
        proof = await asyncio.to_thread(kit.prove, needed.auth_session, thumbprint=thumbprint)
        code = await relay.prove_second_factor(
            needed.auth_session, Step.RECOVERY_KIT, _base64url(encode(proof))
        )
        grant = await relay.redeem_recovery(code.code, code_verifier=verifier)
    except SignInRefusedError as error:
        if error.error in _REFUSED:
            raise CommandError(Failure.KIT_REFUSED) from error
        raise
    finally:
        await relay.close()
    return grant.access_token, grant.expires_in


def _finished(login: Login, challenge: Challenge) -> FinishedLogin:
    """Prove the passphrase, which may be one of before a thief changed it. Raises SignInError, WireError."""
    for answer in (challenge.answer, *challenge.earlier):
        with contextlib.suppress(SignInError):
            return login.finish(answer)
    raise SignInError


async def _own_history(relay: Relay, enrolment: Enrolment, account: AccountId) -> KeyHistory:
    """Fetch and verify how the account's keys came about, as anybody would."""
    log = parse_log_identity(enrolment.log_keys)
    history = KeyHistory(account=account)
    while True:
        answer = await relay.key_events(account, after=history.number)
        for logged in answer.events:
            verified = verify_tlog_proof(logged.proof, log=log)
            history = await asyncio.to_thread(
                history.continued,
                logged.event,
                leaf=verified.leaf,
                log_index=verified.index,
                log_key=log.ed25519.public_key,
            )
        if not (answer.more and answer.events):
            break
    if not history.lists:
        raise RelayUntrustedError("the relay shows no keys of the account")
    return history


def _certificate(history: KeyHistory) -> AccountCertificate:
    if history.certificate is None:
        raise RelayUntrustedError("the relay shows no keys of the account")
    return history.certificate


async def _package(
    relay: Relay, kit: Kit, account: AccountId, history: KeyHistory
) -> RecoveryPackage | None:
    """Open the newest package, which may still be signed by an identity key of before; None if nothing opens.

    A thief with a session can put one there that nobody opens, and that must not keep the owner out.
    """
    try:
        sealed = await relay.recovery_package()
    except RelayRefusedError as error:
        if error.code is ProblemCode.NOT_FOUND:
            return None
        raise
    in_force = _certificate(history).identity
    for identity in (in_force, *(history.identities - {in_force})):
        try:
            found = await asyncio.to_thread(
                open_package, kit, sealed, account=account, identity=identity
            )
        except SignatureError:
            continue
        except CryptoCoreError as error:
            _log.warning("the recovery package does not open: %s", type(error).__name__)
            return None
        if identity == in_force:
            return found
        # Whoever had that key may have written it, so it decides nothing in the owner's name about anybody.
        undecided = (
            replace(each, compared=None, is_accepted_unverified=False) for each in found.contacts
        )
        return replace(found, contacts=tuple(undecided))
    raise RelayUntrustedError("the recovery package is not by the account")


def _offer(
    account: AccountId,
    package: RecoveryPackage | None,
    history: KeyHistory,
    *,
    backup_made_at: UnixMillis | None,
) -> RestoreOffer:
    return RestoreOffer(
        account=account,
        name="" if package is None else package.name,
        profession="" if package is None else package.profession,
        place="" if package is None else package.place,
        made_at=None if package is None else package.created_at,
        contacts=0 if package is None else len(package.contacts),
        backup_made_at=backup_made_at,
        others=tuple(
            OwnComputer(device=each.device, added_at=each.added_at)
            for each in history.lists[-1].devices.devices
        ),
    )


# --- making it true ------------------------------------------------------------------------------


async def finish(opened: Opened, command: FinishRestore, around: Surroundings) -> Session:
    """Make this computer the account's, and return its session.

    Raises CommandError, RelayError, VaultError and CryptoCoreError; a refusal leaves nothing behind.
    """
    if around.machine.clock.monotonic() >= opened.good_until:
        raise CommandError(Failure.RESTORE_ENDED)
    known = {each.device for each in opened.offer.others}
    if not set(command.keep) <= known:
        raise CommandError(Failure.UNKNOWN_DEVICE)
    session, request = await _kept(opened, command, around)
    try:
        try:
            receipt = await _recover(opened, command, session, request)
        except RelayRefusedError as error:
            if error.code is ProblemCode.CHAIN_BROKEN:
                # Kept, so that the next attempt costs the relay no new factors and the owner no new pages.
                raise CommandError(Failure.RESTORE_OVERTAKEN) from error
            if error.code not in _UNDECIDED:
                await session.relay.close()
                await around.profile.discard()
            raise
        await _confirm(session, receipt)
    except BaseException:
        await session.relay.close()
        raise
    finally:
        await opened.relay.close()
    await around.profile.confirm()
    return session


_UNDECIDED: Final = frozenset(
    {
        ProblemCode.UNAVAILABLE,
        ProblemCode.INTERNAL,
        ProblemCode.TOO_MANY_REQUESTS,
        ProblemCode.STORAGE_FULL,
    }
)
"""Refusals after which the same request may still succeed."""


async def _recover(
    opened: Opened, command: FinishRestore, session: Session, request: RecoverRequest
) -> LogReceipt:
    """Ask the relay, and again with what is newest: who has a session can publish a list at any moment."""
    for _ in range(_TRIES):
        try:
            return await opened.relay.recover(request)
        except RelayRefusedError as error:
            if error.code is not ProblemCode.CHAIN_BROKEN:
                raise
        history = await _own_history(opened.relay, opened.enrolment, opened.account)
        request = await _signed_anew(session, command, request, history)
    return await opened.relay.recover(request)


async def _signed_anew(
    session: Session, command: FinishRestore, request: RecoverRequest, history: KeyHistory
) -> RecoverRequest:
    """Let the list follow the newest one; the keys, which nobody has heard of, stay."""
    device_list = await _next_list(session, command, history)

    def keep(store: Store) -> RecoverRequest:
        overtaken = store.outbox.first_pending()
        if overtaken is not None:
            store.outbox.withdraw_statement(overtaken.row)
        factors = session.owner.second_factors
        if factors is None:
            raise CommandError(Failure.SECOND_FACTORS_GONE)
        again = _request(store, session, request.certificate, device_list, factors)
        store.identity.put_setting(Setting.RECOVERY, encode(again))
        return again

    return await session.vault.run(keep)


async def _kept(
    opened: Opened, command: FinishRestore, around: Surroundings
) -> tuple[Session, RecoverRequest]:
    """Return the request that is kept from before, or make one with all that belongs to it."""
    vault = await around.profile.resume(opened.passphrase)
    if vault is not None:
        owner, begun = await vault.run(
            lambda store: (store.identity.owner(), store.identity.setting(Setting.RECOVERY))
        )
        if owner is not None and begun is not None and owner.request_seed == opened.request_seed:
            return _session(vault, owner, around), decode(RecoverRequest, begun)
    try:
        if opened.backup is None:
            vault = await around.profile.create(opened.passphrase)
        else:
            vault = await around.profile.adopt(opened.passphrase, opened.backup, opened.kit)
        await around.profile.seal_to_kits([opened.kit.public_key])
        return await _made(opened, command, around, vault)
    except BaseException:
        await around.profile.discard()
        raise


async def _made(
    opened: Opened, command: FinishRestore, around: Surroundings, vault: Vault
) -> tuple[Session, RecoverRequest]:
    machine, package, history = around.machine, opened.package, opened.history
    identity_seed = machine.random_bytes(SIGNING_SEED_BYTES)
    identity = SigningPair.from_seed(identity_seed)
    factors = second_factors.invent(machine.random_bytes)
    last = history.lists[-1]
    now = UnixMillis(max(machine.clock.now(), last.devices.issued_at))
    certificate = await asyncio.to_thread(
        certify_next_identity,
        opened.kit.root,
        _certificate(history),
        identity.public,
        issued_at=now,
    )
    before = await vault.run(lambda store: store.identity.owner())
    said = package or before
    owner = Owner(
        account=opened.account,
        device=DeviceId(machine.random_bytes(16)),
        # Without either, the address is all that is known; correspondents have the name from before.
        name=format_address(opened.account) if said is None else said.name,
        profession="" if said is None else said.profession,
        place="" if said is None else said.place,
        is_listed=False,
        identity_seed=identity_seed,
        device_seed=machine.random_bytes(SIGNING_SEED_BYTES),
        request_seed=opened.request_seed,
        pending_recovery_code=None,
        account_secret=opened.kit.account_secret,
        second_factors=factors,
        encoded_certificate=encode(certificate),
        enrolment=opened.enrolment_text,
        encoded_registration=None,
    )
    session = _session(vault, owner, around)
    device_list = await _next_list(session, command, history)

    def keep(store: Store) -> RecoverRequest:
        if opened.backup is not None:
            before = store.identity.owner()
            if before is not None:
                journal_keys(store, before.identity_seed)
            store.identity.begin_anew()
            # What was done on the computer of the backup comes from the log, and so does whether it got there.
            store.journal.begin_anew()
        store.identity.create(owner)
        if package is not None:
            adopt(store, package.identity_seed, package.journal_keys)
            restoring.write_contacts(store, package, now=now)
        request = _request(store, session, certificate, device_list, factors)
        store.identity.put_setting(Setting.RECOVERY, encode(request))
        keys = known_kits.keys_of(opened.kit)
        known_kits.put_in_force(store, root=keys.root, public_key=keys.public_key)
        store.identity.put_setting(Setting.KIT_REHEARSED_AT, str(now).encode())
        note(store, session, Action.BROUGHT_BACK)
        return request

    return session, await vault.run(keep)


async def _next_list(session: Session, command: FinishRestore, history: KeyHistory) -> Signed:
    """Sign the list that names this computer, and of those before the ones that are kept."""
    last, owner = history.lists[-1], session.owner
    now = UnixMillis(max(session.now(), last.devices.issued_at))
    kept = tuple(each for each in last.devices.devices if each.device in command.keep)
    own = DeviceEntry(
        device=owner.device,
        signing=session.keys.signing.public,
        request_key=_caller(owner.request_seed).request_key,
        added_at=now,
    )
    return await asyncio.to_thread(
        session.identity.sign_object,
        DEVICE_LIST,
        DeviceList(
            version=1,
            account=owner.account,
            sequence=last.devices.sequence + 1,
            previous=last.digest,
            issued_at=now,
            expires_at=UnixMillis(now + DEVICE_LIST_LIFE_SECONDS * 1000),
            devices=(own, *kept),
        ),
    )


def _request(
    store: Store,
    session: Session,
    certificate: Signed,
    device_list: Signed,
    factors: SecondFactors,
) -> RecoverRequest:
    listed = decode(DeviceList, device_list.body)
    statement = audit.add_statement(
        store,
        session,
        Verb.DEVICE_LIST_PUBLISHED,
        DeviceListPublished(
            account=listed.account,
            sequence=listed.sequence,
            list_hash=sha256(device_list.body),
            at=session.now(),
            utc_offset=session.machine.clock.utc_offset(),
        ),
    )
    return RecoverRequest(
        certificate=certificate,
        device_list=device_list,
        statement=statement,
        totp_secret=factors.totp_secret,
        recovery_hashes=second_factors.hashes_of(session.owner.account, factors.recovery_codes),
    )


async def _confirm(session: Session, receipt: LogReceipt) -> None:
    """Check that the relay's receipt is about the own statement, and keep it."""
    first = await session.vault.run(lambda store: store.outbox.first_pending())
    if first is not None:
        try:
            # Its log is held against what a backup had seen of it at the first synchronisation.
            leaf = decode(AuditLeaf, verify_tlog_proof(receipt.proof, log=session.log).leaf)
        except CryptoCoreError as error:
            raise RelayUntrustedError("the relay's receipt does not verify") from error
        if (leaf.statement, leaf.signature) != (first.encoded_statement, first.encoded_signature):
            raise RelayUntrustedError("the relay's receipt is of another statement")
        row = first.row

    def keep(store: Store) -> None:
        if first is not None:
            store.outbox.statement_logged(row, proof=receipt.proof)
        store.identity.put_setting(Setting.RECOVERY, None)

    await session.vault.run(keep)


# --- inside --------------------------------------------------------------------------------------


def shown(session: Session, *, os_secret_store: bool) -> Registered:
    """Return the new factors, which the owner takes over now."""
    factors = session.owner.second_factors
    if factors is None:
        raise CommandError(Failure.SECOND_FACTORS_GONE)
    return Registered(
        account=session.owner.account,
        os_secret_store=os_secret_store,
        totp_uri=second_factors.totp_uri(session.owner, factors.totp_secret),
        recovery_codes=second_factors.printed(factors.recovery_codes),
    )


def _session(vault: Vault, owner: Owner, around: Surroundings) -> Session:
    return open_session(
        vault,
        owner,
        machine=around.machine,
        relay_factory=around.relay_factory,
        publish=around.publish,
    )


def _caller(request_seed: bytes, tokens: _OneToken | None = None) -> Caller:
    key = Ed25519PrivateKey.from_private_bytes(request_seed)
    return Caller(request_key=key.public_key().public_bytes_raw(), sign=key.sign, tokens=tokens)


def _thumbprint(request_key: bytes) -> bytes:
    """JWK thumbprint (RFC 7638) of an Ed25519 key."""
    members = {"crv": "Ed25519", "kty": "OKP", "x": _base64url(request_key)}
    return hashlib.sha256(json.dumps(members, separators=(",", ":")).encode()).digest()


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
