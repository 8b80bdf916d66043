# SPDX-License-Identifier: AGPL-3.0-or-later
"""Registration by invitation, device lists, and the directory: what is checked before anything is stored."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from crypto_core.errors import KeyStateError, SignatureError
from crypto_core.trust.devices import (
    find_device,
    require_current,
    verify_certificate,
    verify_device_list,
)
from crypto_core.trust.signatures import pseudonym_of, sha256
from crypto_core.wire.audit import AuditLeaf, DeviceListPublished, Verb
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.devices import AccountCertificate, DeviceList
from crypto_core.wire.limits import MAX_DIRECTORY_RESULTS
from crypto_core.wire.relay_api import (
    DeviceLists,
    DirectoryEntry,
    DirectoryPage,
    LoggedDeviceList,
    LogReceipt,
    ProblemCode,
)
from crypto_core.wire.signed import Signed
from relay_server.accounts import store
from relay_server.accounts.invitations import hash_of_code
from relay_server.accounts.store import DeviceRow, PublishList, Register
from relay_server.audit.service import receipt
from relay_server.audit.statements import check_statement
from relay_server.clock import to_datetime
from relay_server.errors import ProblemError

if TYPE_CHECKING:
    from crypto_core.wire.devices import DeviceEntry
    from crypto_core.wire.ids import AccountId, Hash
    from crypto_core.wire.relay_api import (
        PublishDeviceListRequest,
        RegisterRequest,
        SignedStatement,
    )
    from relay_server.accounts.devices import Devices
    from relay_server.audit.sequencer import DeviceAct, Sequencer
    from relay_server.audit.service import LogService
    from relay_server.authentication.door import Caller
    from relay_server.clock import Clock
    from relay_server.database.pool import Database
    from relay_server.sessions.enrolment import Enrolment

_LISTS_A_PAGE: Final = 20  # a receipt is about 10 kB
_MAX_WORDS: Final = 8
_RPPS_DIGITS: Final = 11


class AccountService:
    """What an account can do about itself, and what everyone may read about it."""

    def __init__(
        self,
        *,
        database: Database,
        sequencer: Sequencer,
        log: LogService,
        devices: Devices,
        enrolment: Enrolment,
        clock: Clock,
    ) -> None:
        self._database = database
        self._enrolment = enrolment
        self._devices = devices
        self._sequencer = sequencer
        self._log = log
        self._clock = clock

    async def register(self, request: RegisterRequest, *, request_key: bytes) -> LogReceipt:
        """Create the account of a certificate, with its first device, whose request key makes the request.

        A repetition gives the same leaf. Raises ProblemError, WireError.
        """
        certificate = _verified_certificate(request.certificate)
        listed = self._verified_list(certificate, request.device_list, None, None)
        if len(listed.devices) != 1 or listed.devices[0].request_key != request_key:
            raise ProblemError(
                ProblemCode.FORBIDDEN, "the first list names the calling device only"
            )
        first = listed.devices[0]
        act = _statement_about(listed, request.device_list, request.statement, by=first)
        shown = request.directory
        if shown is not None:
            _require_own_entry(shown, listed.account)
        factors = self._enrolment.prepare(listed.account, request.sign_in)
        effect = Register(
            now=to_datetime(self._clock()),
            code_hash=hash_of_code(request.invitation),
            account=listed.account,
            certificate=encode(request.certificate),
            list_hash=sha256(request.device_list.body),
            signed=encode(request.device_list),
            key_hashes=_key_hashes(certificate, listed),
            device=_row(listed, first),
            entry=None if shown is None else encode(shown),
            words=None if shown is None else _searchable(shown),
            factors=factors,
        )
        answer = await self._append(listed, act, effect)
        if not await self._enrolment.is_enrolled(listed.account, factors):
            # A repetition, but with another passphrase than the one that is stored.
            raise ProblemError(ProblemCode.ALREADY_REGISTERED, "the account exists")
        return answer

    async def publish_list(self, caller: Caller, request: PublishDeviceListRequest) -> LogReceipt:
        """Put the caller's next device list in force; a repetition gives the same leaf.

        Raises ProblemError, WireError.
        """
        async with self._database.session() as session:
            encoded = await store.certificate(session, caller.account)
            newest = await store.newest_list(session, caller.account)
        if encoded is None or newest is None:
            raise ProblemError(ProblemCode.NOT_FOUND, "no such account")
        certificate = decode(AccountCertificate, decode(Signed, encoded).body)
        before = decode(DeviceList, decode(Signed, newest.signed).body)
        given = decode(DeviceList, request.device_list.body)
        by = find_device(before, caller.device)
        if by is None:
            raise ProblemError(ProblemCode.FORBIDDEN, "the device is not listed")
        act = _statement_about(given, request.device_list, request.statement, by=by)
        if given.sequence <= before.sequence:
            # Either a repetition after a lost answer, or not the next list.
            return await self._repeated(given, act, _not_next(before))
        if given.sequence != before.sequence + 1:
            raise _not_next(before)
        listed = self._verified_list(certificate, request.device_list, before, newest.list_hash)
        effect = PublishList(
            account=listed.account,
            sequence=listed.sequence,
            previous=listed.previous,
            list_hash=sha256(request.device_list.body),
            signed=encode(request.device_list),
            key_hashes=_key_hashes(certificate, listed),
            devices=tuple(_row(listed, entry) for entry in listed.devices),
        )
        return await self._append(listed, act, effect)

    async def _append(
        self, listed: DeviceList, act: DeviceAct, effect: Register | PublishList
    ) -> LogReceipt:
        try:
            inclusion = await self._sequencer.append(act, effect)
        except ProblemError as problem:
            return await self._repeated(listed, act, problem)

        # The announcement reaches other relays in a moment; here a removed device is out at once.
        self._devices.forget()
        return receipt(inclusion)

    async def _repeated(
        self, listed: DeviceList, act: DeviceAct, problem: ProblemError
    ) -> LogReceipt:
        """Return the receipt of exactly this act if it was recorded before; raise `problem` otherwise."""
        async with self._database.session() as session:
            rows = await store.device_lists(
                session, listed.account, after=listed.sequence - 1, limit=1
            )
        if rows:
            inclusion = await self._log.inclusion(rows[0].leaf_index)
            if decode(AuditLeaf, inclusion.leaf).statement == act.encoded:
                return receipt(inclusion)
        raise problem

    async def device_lists(self, account: AccountId, *, after: int) -> DeviceLists:
        """Return an account's lists numbered above `after`, each with the proof of its leaf."""
        async with self._database.session() as session:
            certificate = await store.certificate(session, account)
            rows = await store.device_lists(session, account, after=after, limit=_LISTS_A_PAGE + 1)
        if certificate is None:
            raise ProblemError(ProblemCode.NOT_FOUND, "no such account")
        page = rows[:_LISTS_A_PAGE]
        inclusions = await self._log.inclusions([row.leaf_index for row in page])
        return DeviceLists(
            certificate=decode(Signed, certificate),
            lists=tuple(
                LoggedDeviceList(
                    device_list=decode(Signed, row.signed),
                    proof=receipt(inclusions[row.leaf_index]).proof,
                )
                for row in page
            ),
            more=len(rows) > len(page),
        )

    async def keys(self, account: AccountId) -> tuple[Signed, Signed] | None:
        """Return certificate and newest device list of an account, None if there is no such account."""
        async with self._database.session() as session:
            certificate = await store.certificate(session, account)
            newest = await store.newest_list(session, account)
        if certificate is None or newest is None:
            return None
        return decode(Signed, certificate), decode(Signed, newest.signed)

    async def forget_invitations(self) -> None:
        """Remove codes that nobody has used in time."""
        async with self._database.session() as session:
            await store.forget_invitations(session, to_datetime(self._clock()))

    async def search(self, query: str) -> DirectoryPage:
        """Return directory entries that contain every word of the query."""
        words = _normalised(query).split()[:_MAX_WORDS]
        async with self._database.session() as session:
            found = await store.search_entries(session, words, MAX_DIRECTORY_RESULTS + 1)
        page = found[:MAX_DIRECTORY_RESULTS]
        return DirectoryPage(
            entries=tuple(decode(DirectoryEntry, each) for each in page),
            more=len(found) > len(page),
        )

    async def entry(self, account: AccountId) -> DirectoryEntry:
        """Return what an account shows. Raises ProblemError when it shows nothing."""
        async with self._database.session() as session:
            found = await store.entry(session, account)
        if found is None:
            raise ProblemError(ProblemCode.NOT_FOUND, "the account shows no directory entry")
        return decode(DirectoryEntry, found)

    async def show(self, caller: Caller, account: AccountId, entry: DirectoryEntry) -> None:
        """Show the caller in the directory. Raises ProblemError for anybody else's entry."""
        _require_own(caller, account)
        _require_own_entry(entry, account)
        async with self._database.session() as session:
            await store.put_entry(session, account, encode(entry), _searchable(entry))

    async def hide(self, caller: Caller, account: AccountId) -> None:
        """Take the caller out of the directory. Raises ProblemError for anybody else."""
        _require_own(caller, account)
        async with self._database.session() as session:
            await store.delete_entry(session, account)

    def _verified_list(
        self,
        certificate: AccountCertificate,
        signed: Signed,
        follows: DeviceList | None,
        follows_hash: Hash | None,
    ) -> DeviceList:
        try:
            listed = verify_device_list(
                certificate, signed, follows=follows, follows_digest=follows_hash
            )
            require_current(listed, now=self._clock())
        except SignatureError as error:
            raise ProblemError(
                ProblemCode.SIGNATURE_INVALID, "the device list is not valid"
            ) from error
        except KeyStateError as error:
            raise ProblemError(ProblemCode.EXPIRED, "the device list is not valid now") from error
        return listed


def _statement_about(
    listed: DeviceList, signed: Signed, given: SignedStatement, *, by: DeviceEntry
) -> DeviceAct:
    act = check_statement(
        given,
        actor=pseudonym_of(by.device),
        signing_key=by.signing,
        verb=Verb.DEVICE_LIST_PUBLISHED,
    )
    said = decode(DeviceListPublished, act.statement.content)
    if (said.account, said.sequence) != (listed.account, listed.sequence) or (
        said.list_hash != sha256(signed.body)
    ):
        raise ProblemError(ProblemCode.MALFORMED, "the statement is about another device list")
    return act


def _not_next(newest: DeviceList) -> ProblemError:
    return ProblemError(
        ProblemCode.CHAIN_BROKEN,
        "the device list does not follow the newest one",
        expected_sequence=newest.sequence + 1,
    )


def _verified_certificate(signed: Signed) -> AccountCertificate:
    claimed = decode(AccountCertificate, signed.body)
    try:
        return verify_certificate(claimed.account, signed)
    except SignatureError as error:
        raise ProblemError(ProblemCode.SIGNATURE_INVALID, "the certificate is not valid") from error


def _key_hashes(certificate: AccountCertificate, listed: DeviceList) -> tuple[Hash, ...]:
    """Return the hash of every public key in these objects, each half of a pair by itself."""
    pairs = [certificate.root, certificate.identity, *(each.signing for each in listed.devices)]
    keys = [half for pair in pairs for half in (pair.ed25519, pair.ml_dsa_65)]
    keys += [each.request_key for each in listed.devices]
    return tuple({sha256(key) for key in keys})


def _row(listed: DeviceList, entry: DeviceEntry) -> DeviceRow:
    return DeviceRow(
        device=entry.device,
        account=listed.account,
        pseudonym=pseudonym_of(entry.device),
        request_key=entry.request_key,
        signing_key=encode(entry.signing),
    )


def _require_own(caller: Caller, account: AccountId) -> None:
    if caller.account != account:
        raise ProblemError(ProblemCode.FORBIDDEN, "only the account itself may change this")


def _require_own_entry(entry: DirectoryEntry, account: AccountId) -> None:
    if entry.account != account:
        raise ProblemError(ProblemCode.FORBIDDEN, "the entry is another account's")
    is_number = entry.rpps.isascii() and entry.rpps.isdigit() and len(entry.rpps) == _RPPS_DIGITS
    if entry.rpps and not is_number:
        raise ProblemError(ProblemCode.MALFORMED, "an RPPS number has eleven digits")


def _searchable(entry: DirectoryEntry) -> str:
    return _normalised(f"{entry.name} {entry.profession} {entry.place}")


def _normalised(text: str) -> str:
    """Return text as it is compared: without case, accents and what PostgreSQL's texts cannot hold."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(
        character
        for character in decomposed
        if not unicodedata.combining(character) and character != "\x00"
    )
