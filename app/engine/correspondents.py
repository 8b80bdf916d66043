# SPDX-License-Identifier: AGPL-3.0-or-later
"""Certificates and device lists of other accounts (and the own): fetched, verified, kept, never guessed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.engine.audit import see_checkpoint
from app.engine.ports.relay import RelayUntrustedError
from app.engine.session import Session, raise_alarm
from app.interface.snapshots import AlarmKind
from crypto_core.errors import CryptoCoreError, SignatureError
from crypto_core.trust.audit import read_device_list_leaf, verify_statement
from crypto_core.trust.devices import DeviceHistory, verify_certificate
from crypto_core.trust.signatures import pseudonym_of, sha256
from crypto_core.trust.tlog_proof import parse_proof, verify_tlog_proof
from crypto_core.wire.audit import AuditLeaf, AuditStatement
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.ids import Hash
from crypto_core.wire.signed import HybridSignature

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.engine.ports.vault import Store
    from crypto_core.wire.devices import DeviceEntry, DeviceList
    from crypto_core.wire.ids import AccountId, DevicePseudonym
    from crypto_core.wire.relay_api import LoggedDeviceList
    from crypto_core.wire.signed import Signed, SigningPublicKey


class CorrespondentUntrustedError(RelayUntrustedError):
    """What the relay handed out for an account does not verify, or contradicts what was known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _NewList:
    sequence: int
    encoded: bytes
    log_index: int
    proof: str
    fingerprints: tuple[Hash, ...]


async def known_history(session: Session, account: AccountId) -> DeviceHistory | None:
    """What the vault has about an account."""
    histories = await session.vault.run(lambda store: store.trust.histories([account]))
    return histories.get(account)


async def refresh_history(
    session: Session, account: AccountId, *, complete_to: int = 0
) -> DeviceHistory:
    """Fetch the device lists that are not known yet, verify each, and keep them.

    `complete_to` is the size of a log that was verified before this is called: every list up to there must
    now be known. Raises CorrespondentUntrustedError, and RelayError (a refusal NOT_FOUND for an unknown
    account).
    """
    history = await known_history(session, account)
    has_more = True
    while has_more:
        newest = None if history is None else history.newest
        after = 0 if newest is None else newest.sequence
        answer = await session.relay.device_lists(account, after=after)
        try:
            history = await _verified_certificate(session, account, history, answer.certificate)
            added: list[_NewList] = []
            for logged in answer.lists:
                history, entry = await _extended(session, history, logged)
                added.append(entry)
        except CryptoCoreError as error:
            raise CorrespondentUntrustedError("the device lists do not verify") from error
        await session.vault.run(
            _keep(account, encode(answer.certificate), added, 0 if answer.more else complete_to)
        )
        if newest is not None and added:
            # A first contact is no change; a later list may be one, and is told.
            await _tell_new_devices(session, account, newest, history)
        has_more = answer.more and bool(answer.lists)
    if history is None or history.newest is None:
        raise CorrespondentUntrustedError("the account has no devices")
    return history


async def _verified_certificate(
    session: Session, account: AccountId, known: DeviceHistory | None, signed: Signed
) -> DeviceHistory:
    certificate = verify_certificate(account, signed)
    if known is None:
        return DeviceHistory(certificate=certificate, lists=())
    if known.certificate != certificate:
        await raise_alarm(session, AlarmKind.KEYS_CHANGED, account.hex())
        raise SignatureError("the account shows another identity key than before")
    return known


async def _extended(
    session: Session, history: DeviceHistory, logged: LoggedDeviceList
) -> tuple[DeviceHistory, _NewList]:
    """Verify one list and its place in the log; who published it must be one of its own devices, then or before."""
    verified = verify_tlog_proof(logged.proof, log=session.log)
    published = read_device_list_leaf(verified.leaf, list_bytes=logged.device_list.body)
    extended = history.extended(logged.device_list, log_index=verified.index)
    newest = extended.lists[-1].devices
    if (published.account, published.sequence) != (newest.account, newest.sequence):
        raise SignatureError("the leaf publishes another list")
    leaf = decode(AuditLeaf, verified.leaf)
    actor = decode(AuditStatement, leaf.statement).actor
    verify_statement(
        _publisher(history.newest, newest, actor),
        leaf.statement,
        decode(HybridSignature, leaf.signature),
    )
    await see_checkpoint(session, parse_proof(logged.proof).checkpoint)
    return extended, _NewList(
        sequence=newest.sequence,
        encoded=encode(logged.device_list),
        log_index=verified.index,
        proof=logged.proof,
        fingerprints=tuple(sha256(key) for entry in newest.devices for key in _public_keys(entry)),
    )


def _publisher(
    before: DeviceList | None, newest: DeviceList, actor: DevicePseudonym
) -> SigningPublicKey:
    for listed in (newest, before):
        for entry in () if listed is None else listed.devices:
            if pseudonym_of(entry.device) == actor:
                return entry.signing
    raise SignatureError("the list was published by a device that is not on it")


def _public_keys(entry: DeviceEntry) -> tuple[bytes, ...]:
    return entry.request_key, entry.signing.ed25519, entry.signing.ml_dsa_65


def _keep(
    account: AccountId, encoded_certificate: bytes, added: list[_NewList], complete_to: int
) -> Callable[[Store], None]:
    def keep(store: Store) -> None:
        for entry in added:
            for fingerprint in entry.fingerprints:
                claim_key(store, fingerprint, account)
            store.trust.add_device_list(
                account,
                entry.sequence,
                encoded_list=entry.encoded,
                log_index=entry.log_index,
                proof=entry.proof,
            )
        store.trust.save_history(account, encoded_certificate, complete_to=complete_to)

    return keep


def claim_key(store: Store, fingerprint: Hash, account: AccountId) -> None:
    """Remember whose a public key is. Raises CorrespondentUntrustedError if it was seen under another account."""
    owner = store.trust.key_owner(fingerprint)
    if owner is not None and owner != account:
        raise CorrespondentUntrustedError("a public key was seen under another account")
    if owner is None:
        store.trust.claim_key(fingerprint, account)


async def _tell_new_devices(
    session: Session, account: AccountId, before: DeviceList, history: DeviceHistory
) -> None:
    newest = history.newest
    known = {entry.device for entry in before.devices}
    for entry in () if newest is None else newest.devices:
        if entry.device not in known and account != session.owner.account:
            await raise_alarm(
                session, AlarmKind.KEYS_CHANGED, f"{account.hex()} {entry.device.hex()}"
            )
