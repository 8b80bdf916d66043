# SPDX-License-Identifier: AGPL-3.0-or-later
"""Registration by invitation, and the directory: what is checked before anything is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crypto_core.trust.key_history import KeyHistory
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.devices import AccountCertificate, DeviceList, KeyEvent, KeyEventKind
from crypto_core.wire.limits import MAX_DIRECTORY_RESULTS
from crypto_core.wire.names import searchable, typed_words
from crypto_core.wire.relay_api import DirectoryEntry, DirectoryPage, LogReceipt, ProblemCode
from crypto_core.wire.signed import Signed
from relay_server.accounts import store
from relay_server.accounts.invitations import hash_of_code
from relay_server.accounts.key_events import device_row, prepare_event, statement_about
from relay_server.accounts.store import Register
from relay_server.clock import to_datetime
from relay_server.errors import ProblemError

if TYPE_CHECKING:
    from crypto_core.wire.ids import AccountId
    from crypto_core.wire.relay_api import RegisterRequest
    from relay_server.accounts.key_events import KeyEventService
    from relay_server.authentication.door import Caller
    from relay_server.clock import Clock
    from relay_server.database.pool import Database
    from relay_server.sessions.enrolment import Enrolment

_MAX_WORDS: Final = 8
_RPPS_DIGITS: Final = 11


class AccountService:
    """What an account can do about itself, and what everyone may read about it."""

    def __init__(
        self,
        *,
        database: Database,
        key_events: KeyEventService,
        enrolment: Enrolment,
        clock: Clock,
    ) -> None:
        self._database = database
        self._key_events = key_events
        self._enrolment = enrolment
        self._clock = clock

    async def register(self, request: RegisterRequest, *, request_key: bytes) -> LogReceipt:
        """Create the account of a certificate, with its first device, whose request key makes the request.

        A repetition gives the same leaf. Raises ProblemError, WireError.
        """
        account = decode(AccountCertificate, request.certificate.body).account
        event = KeyEvent(
            version=1,
            kind=KeyEventKind.DEVICE_LIST,
            signed=request.device_list,
            certificate=request.certificate,
        )
        added, history = prepare_event(KeyHistory(account=account), event, now=self._clock())
        devices = decode(DeviceList, request.device_list.body).devices
        if len(devices) != 1 or devices[0].request_key != request_key:
            raise ProblemError(
                ProblemCode.FORBIDDEN, "the first list names the calling device only"
            )
        act = statement_about(account, event, request.statement, by=devices[0])
        shown = request.directory
        if shown is not None:
            _require_own_entry(shown, account)
        factors = self._enrolment.prepare(account, request.sign_in)
        effect = Register(
            now=to_datetime(self._clock()),
            code_hash=hash_of_code(request.invitation),
            account=account,
            number=history.number,
            head=history.head,
            event=added.event,
            certificate=encode(request.certificate),
            device_list=encode(request.device_list),
            key_hashes=added.key_hashes,
            device=device_row(account, devices[0]),
            entry=None if shown is None else encode(shown),
            words=None if shown is None else _searchable(shown),
            factors=factors,
        )
        answer = await self._key_events.append_with(act, effect, added)
        if not await self._enrolment.is_enrolled(account, factors):
            # A repetition, but with another passphrase than the one that is stored.
            raise ProblemError(ProblemCode.ALREADY_REGISTERED, "the account exists")
        return answer

    async def keys(self, account: AccountId) -> tuple[Signed, Signed] | None:
        """Return certificate and newest device list of an account, None if there is no such account."""
        async with self._database.session() as session:
            found = await store.keys_in_force(session, account)
        if found is None:
            return None
        certificate, device_list = found
        return decode(Signed, certificate), decode(Signed, device_list)

    async def forget_invitations(self) -> None:
        """Remove codes that nobody has used in time."""
        async with self._database.session() as session:
            await store.forget_invitations(session, to_datetime(self._clock()))

    async def search(self, query: str) -> DirectoryPage:
        """Return directory entries that contain every word of the query."""
        words = typed_words(query)[:_MAX_WORDS]
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
    return searchable(f"{entry.name} {entry.profession} {entry.place}")
