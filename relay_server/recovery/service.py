# SPDX-License-Identifier: AGPL-3.0-or-later
"""Recovery packages, and the account that comes back: checked before anything is stored."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from crypto_core.errors import SignatureError
from crypto_core.trust.signatures import open_signed, sha256
from crypto_core.wire.audit import FactorChange, SessionsEnded, Verb
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.devices import (
    AccountCertificate,
    DeviceList,
    KeyEvent,
    KeyEventKind,
)
from crypto_core.wire.ids import FactorId
from crypto_core.wire.labels import RECOVERY_PACKAGE
from crypto_core.wire.recovery import PackageHeader, SealedPackage
from crypto_core.wire.relay_api import ProblemCode
from crypto_core.wire.sign_in import FactorKind
from relay_server.accounts.key_events import prepare_event, statement_about
from relay_server.clock import to_datetime
from relay_server.errors import ProblemError
from relay_server.recovery import store
from relay_server.recovery.store import RecoverAccount, StoredPackage
from relay_server.sessions.effects import AlreadyDoneError
from relay_server.sessions.factor_changes import changed
from relay_server.sessions.factor_rows import factors
from relay_server.sessions.store import unended

if TYPE_CHECKING:
    from crypto_core.wire.ids import AccountId
    from crypto_core.wire.relay_api import LogReceipt, RecoverRequest
    from relay_server.accounts.key_events import KeyEventService
    from relay_server.accounts.service import AccountService
    from relay_server.authentication.door import Caller, Recovering
    from relay_server.clock import Clock
    from relay_server.database.pool import Database
    from relay_server.sessions.assembly import SignIn

_KEPT_PACKAGES: Final = 3
_MOST_AHEAD: Final = 100
"""So far above the last number the next one may be: a thief's request must not use them all up."""
_TRIES: Final = 3
_FACTOR_BYTES: Final = 16


class RecoveryService:
    """What an account keeps for the day when all its devices are lost, and that day."""

    def __init__(
        self,
        *,
        database: Database,
        accounts: AccountService,
        keys: KeyEventService,
        sign_in: SignIn,
        clock: Clock,
    ) -> None:
        self._database = database
        self._accounts = accounts
        self._keys = keys
        self._sign_in = sign_in
        self._clock = clock

    async def put_package(self, caller: Caller, package: SealedPackage) -> None:
        """Store the caller's next package; the same bytes again are harmless. Raises ProblemError, WireError."""
        in_force = await self._accounts.keys(caller.account)
        if in_force is None:
            raise ProblemError(ProblemCode.NOT_FOUND, "no such account")
        certificate, _ = in_force
        identity = decode(AccountCertificate, certificate.body).identity
        try:
            header = open_signed(PackageHeader, identity, RECOVERY_PACKAGE, package.header)
        except SignatureError as error:
            raise ProblemError(
                ProblemCode.SIGNATURE_INVALID, "the package is not by the account's identity key"
            ) from error
        if (header.account, header.sealed_sha256) != (caller.account, sha256(package.sealed)):
            raise ProblemError(ProblemCode.MALFORMED, "the header is of another package")
        given = StoredPackage(
            identity=sha256(encode(identity)), number=header.number, package=encode(package)
        )
        async with self._database.session() as session:
            if await store.put_package(
                session,
                caller.account,
                given,
                certificate=encode(certificate),
                keep=_KEPT_PACKAGES,
                most_ahead=_MOST_AHEAD,
            ):
                return
            newest = await store.newest_package(session, caller.account)
        if newest != given:
            is_of_this_key = newest is not None and newest.identity == given.identity
            number = newest.number if newest is not None and is_of_this_key else 0
            raise ProblemError(
                ProblemCode.CONFLICT,
                "the number is not one of those that come next",
                newest_number=number,
            )

    async def package(self, account: AccountId) -> SealedPackage:
        """Return an account's newest package. Raises ProblemError."""
        async with self._database.session() as session:
            newest = await store.newest_package(session, account)
        if newest is None:
            raise ProblemError(ProblemCode.NOT_FOUND, "the account has no recovery package")
        return decode(SealedPackage, newest.package)

    async def recover(self, recovering: Recovering, request: RecoverRequest) -> LogReceipt:
        """Put new keys in force and replace all second factors; a repetition gives the same leaf.

        Raises ProblemError, WireError.
        """
        account = recovering.account
        event = KeyEvent(
            version=1,
            kind=KeyEventKind.DEVICE_LIST,
            signed=request.device_list,
            certificate=request.certificate,
        )
        listed = decode(DeviceList, request.device_list.body).devices
        own = [each for each in listed if each.request_key == recovering.key]
        if len(own) != 1:
            raise ProblemError(ProblemCode.FORBIDDEN, "the list does not name the calling device")
        act = statement_about(account, event, request.statement, by=own[0])
        recorded = await self._keys.recorded(account, event, act)
        if recorded is not None:
            return recorded
        history = await self._keys.history(account)
        if history is None:
            raise ProblemError(ProblemCode.NOT_FOUND, "no such account")
        added, _ = prepare_event(history, event, now=self._clock())
        keyed = self._sign_in.factors.keyed_recovery_hashes(account, request.recovery_hashes)
        for _ in range(_TRIES):
            now = to_datetime(self._clock())
            async with self._database.session() as session:
                families = tuple(each.family for each in await unended(session, account, now=now))
                kinds = [each.kind for each in await factors(session, account)]
            effect = RecoverAccount(
                account=account,
                number=added.number,
                head=added.head,
                now=now,
                session=recovering.session,
                added=added,
                factor=FactorId(secrets.token_bytes(_FACTOR_BYTES)),
                sealed_totp_secret=self._sign_in.factors.seal_totp(account, request.totp_secret),
                keyed_recovery_hashes=keyed,
                families=families,
                leaves=_leaves(recovering, kinds, sessions=len(families)),
                replaced=changed(
                    account, recovering.pseudonym, FactorKind.PASSPHRASE, FactorChange.REPLACED
                ),
            )
            try:
                answer = await self._keys.append_with(act, effect, added)
            except AlreadyDoneError:
                # A session began or ended meanwhile: another look tells how many there are.
                continue
            self._sign_in.living.forget()
            self._sign_in.journal.wake()
            return answer
        raise ProblemError(ProblemCode.UNAVAILABLE, "the sessions are changing; try again")


def _leaves(
    recovering: Recovering, kinds: list[FactorKind], *, sessions: int
) -> tuple[tuple[Verb, bytes], ...]:
    """Return what the log is told about factors and sessions."""
    account, by = recovering.account, recovering.pseudonym
    ended = encode(SessionsEnded(account=account, device=by, count=sessions))
    changes = [(kind, FactorChange.REMOVED) for kind in kinds]
    changes += [
        (FactorKind.TOTP, FactorChange.ADDED),
        (FactorKind.RECOVERY_CODE, FactorChange.REPLACED),
    ]
    told = [(Verb.FACTORS_CHANGED, changed(account, by, *each)) for each in changes]
    if sessions:
        told.append((Verb.SESSIONS_ENDED, ended))
    return tuple(told)
