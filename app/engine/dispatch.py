# SPDX-License-Identifier: AGPL-3.0-or-later
"""Carries out the commands of front ends; what use cases and ports raise becomes a failure with a code."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from app.engine import (
    absence,
    attaching,
    attachments,
    audit,
    codes,
    contacts,
    decisions,
    devices,
    drafts,
    epochs,
    erasing,
    factors,
    histories,
    importing,
    kept_draft,
    kits,
    letters,
    linking,
    merging,
    new_kit,
    organising,
    patient_tables,
    patients,
    people,
    persons,
    restore,
    rotation,
    sending,
    sign_in,
    viewing,
    writing,
)
from app.engine.accounts import Surroundings, register, require_strong
from app.engine.backups import Backups
from app.engine.connection import Connection
from app.engine.folders import watching
from app.engine.journal import evidence, listing, reporting, timestamping
from app.engine.journal.noting import note
from app.engine.ports import files as file_errors
from app.engine.ports import vault as vault_errors
from app.engine.ports.relay import (
    RelayAnswerError,
    RelayError,
    RelayRefusedError,
    RelayUnreachableError,
    RelayUntrustedError,
    SignInNeededError,
    SignInRefusedError,
)
from app.engine.ports.security_keys import KeyTrouble, SecurityKeyError
from app.engine.search import finding
from app.engine.search.indexing import Indexing
from app.engine.session import Session, open_session, tell_conversations
from app.engine.tokens import Ended
from app.interface.absence import SaveAbsence
from app.interface.codes import ReadCode
from app.interface.commands import (
    AcceptContact,
    AcknowledgeAlarm,
    AcknowledgeKeyChange,
    AddByCard,
    AddSecurityKey,
    BackUp,
    BeginLink,
    BeginRestore,
    BeginTotp,
    CancelBackup,
    CancelLink,
    CancelRestore,
    ChangePassphrase,
    ChooseBackupFolder,
    ConfirmKit,
    ConfirmLink,
    ConfirmRecoveryCodes,
    ConfirmTotp,
    ConfirmVerified,
    CreateKit,
    DeclineContact,
    EndSessions,
    FinishRestore,
    GiveUpSecurityKey,
    JoinLink,
    JoinShares,
    ListAlarms,
    ListContacts,
    ListConversations,
    ListDevices,
    ListFactors,
    ListSessions,
    Lock,
    MarkRead,
    PrintKit,
    PrintShares,
    ReadConversation,
    RefuseMessage,
    Register,
    RehearseKit,
    RemoveFactor,
    RenameDevice,
    RenewRecoveryCodes,
    RequestContact,
    RevokeDevice,
    RevokeWithKit,
    SaveAttachment,
    SearchDirectory,
    SendLetter,
    ShowCard,
    ShowConnection,
    ShowContact,
    ShowConversation,
    ShowKit,
    ShowMessage,
    ShowReceipts,
    ShowSecondFactors,
    ShowStatus,
    ShowVerificationWords,
    SignIn,
    SignInWithSecurityKey,
    SplitKit,
    StopHistory,
    Synchronise,
    Unlock,
    UnlockWithKit,
    VerifyAudit,
    VetoKit,
    Vouch,
    WithdrawVouch,
)
from app.interface.erasing import EraseForGood, PlanErasure
from app.interface.events import StatusChanged
from app.interface.failures import CommandError, Failure
from app.interface.snapshots import (
    ConnectionState,
    Done,
    ProfileState,
    Registered,
    RestoreOffer,
    Status,
)
from app.interface.writing import SendDraft
from crypto_core.errors import (
    CryptoCoreError,
    VaultKeyError,
    WireError,
    WrongPassphraseError,
)
from crypto_core.wire.journal import Action, LockCause
from crypto_core.wire.oauth import OAuthError
from crypto_core.wire.relay_api import ProblemCode

if TYPE_CHECKING:
    from app.engine.handlers import Handlers
    from app.engine.ports.machine import SecretStore
    from app.engine.ports.vault import Owner, Store, Vault
    from app.interface.command import Command
    from app.interface.erasing import Erased
    from app.interface.snapshots import LinkJoined, SignedIn

_log = logging.getLogger(__name__)

Start: TypeAlias = Callable[[Coroutine[Any, Any, None]], "asyncio.Task[None]"]

_FAILURES: Final[tuple[tuple[type[Exception], Failure], ...]] = (
    (WrongPassphraseError, Failure.WRONG_PASSPHRASE),
    (VaultKeyError, Failure.OUT_OF_MEMORY),
    (vault_errors.VaultNewerError, Failure.PROFILE_NEWER),
    (vault_errors.VaultInUseError, Failure.PROFILE_IN_USE),
    (vault_errors.VaultMissingError, Failure.NO_PROFILE),
    (vault_errors.OsSecretMissingError, Failure.OS_SECRET_MISSING),
    (vault_errors.TooManyTriesError, Failure.TOO_MANY_ATTEMPTS),
    (vault_errors.KitMissingError, Failure.KIT_NOT_CONFIRMED),
    (vault_errors.KitOtherError, Failure.KIT_OTHER),
    (vault_errors.BackupUnreadableError, Failure.BACKUP_UNREADABLE),
    (vault_errors.BackupCancelledError, Failure.BACKUP_CANCELLED),
    (vault_errors.DiskFullError, Failure.DISK_FULL),
    (vault_errors.VaultError, Failure.PROFILE_DAMAGED),
    (file_errors.FileTooLargeError, Failure.FILE_TOO_LARGE),
    (file_errors.FileChangedError, Failure.FILE_CHANGED),
    (file_errors.FileIsFolderError, Failure.FILE_IS_FOLDER),
    (file_errors.FileUnreadableError, Failure.FILE_UNREADABLE),
    (file_errors.DirectoryUnwritableError, Failure.DIRECTORY_UNWRITABLE),
    (file_errors.NoSpaceError, Failure.DISK_FULL),
    (file_errors.SealedFileMissingError, Failure.ATTACHMENT_UNAVAILABLE),
    (file_errors.FileError, Failure.ATTACHMENT_DAMAGED),
    (RelayUnreachableError, Failure.RELAY_UNREACHABLE),
    (RelayUntrustedError, Failure.RELAY_UNTRUSTED),
    (RelayAnswerError, Failure.RELAY_UNTRUSTED),
    (RelayError, Failure.RELAY_REFUSED),
    (WireError, Failure.INVALID),
    (CryptoCoreError, Failure.RELAY_UNTRUSTED),
)
"""What each expected exception means; the most specific class comes first."""

_REFUSALS: Final = {
    ProblemCode.CLOCK_SKEW: Failure.CLOCK_WRONG,
    ProblemCode.STEP_UP_NEEDED: Failure.STEP_UP_NEEDED,
    ProblemCode.INVITATION_INVALID: Failure.INVITATION_INVALID,
    ProblemCode.TOO_MANY_REQUESTS: Failure.RELAY_BUSY,
    ProblemCode.UNAVAILABLE: Failure.RELAY_BUSY,
    ProblemCode.STORAGE_FULL: Failure.RELAY_BUSY,
}


_READABLE_ONLY: Final[dict[Ended | None, Failure]] = {
    Ended.COPIED: Failure.PROFILE_COPIED,
    Ended.REMOVED: Failure.DEVICE_REMOVED,
}
"""Why a profile reaches no relay any more, and what that is to whoever gives a command."""

_SIGN_IN_REFUSALS: Final = {
    OAuthError.ACCESS_DENIED: Failure.SECOND_FACTOR_REFUSED,
    OAuthError.INVALID_SESSION: Failure.SECOND_FACTOR_REFUSED,
    OAuthError.INVALID_GRANT: Failure.SECOND_FACTOR_REFUSED,
    OAuthError.INSUFFICIENT_AUTHORIZATION: Failure.SECOND_FACTOR_REFUSED,
}


_BY_PASSPHRASE: Final = 0
_BY_KIT: Final = 1
"""How a profile was unlocked, as its journal says."""

_KEY_TROUBLES: Final = {
    KeyTrouble.MISSING: Failure.SECURITY_KEY_MISSING,
    KeyTrouble.FORBIDDEN: Failure.SECURITY_KEY_FORBIDDEN,
    KeyTrouble.UNTOUCHED: Failure.SECURITY_KEY_UNTOUCHED,
    KeyTrouble.UNKNOWN: Failure.SECURITY_KEY_UNKNOWN,
    KeyTrouble.KNOWN: Failure.SECURITY_KEY_KNOWN,
    KeyTrouble.PIN_NEEDED: Failure.SECURITY_KEY_PIN_NEEDED,
    KeyTrouble.PIN_WRONG: Failure.SECURITY_KEY_PIN_WRONG,
    KeyTrouble.PIN_PAUSED: Failure.SECURITY_KEY_PIN_PAUSED,
    KeyTrouble.PIN_BLOCKED: Failure.SECURITY_KEY_PIN_BLOCKED,
    KeyTrouble.UNUSABLE: Failure.SECURITY_KEY_UNUSABLE,
    KeyTrouble.OTHER_SITE: Failure.RELAY_UNTRUSTED,
}

_HANDLERS: Final[Handlers] = {
    SearchDirectory: lambda session, command, _: contacts.search(session, command.query),
    ListContacts: lambda session, _, __: contacts.list_all(session),
    RequestContact: lambda session, command, _: contacts.request(
        session, command.account, command.note
    ),
    AcceptContact: lambda session, command, _: contacts.accept(session, command.account),
    DeclineContact: lambda session, command, _: contacts.decline(session, command.account),
    ShowContact: lambda session, command, _: persons.show(session, command.account),
    AcknowledgeKeyChange: lambda session, command, _: persons.acknowledge(session, command.account),
    ShowVerificationWords: lambda session, command, _: persons.words(
        session, command.account, command.language
    ),
    ConfirmVerified: lambda session, command, _: persons.confirm(
        session, command.account, command.how
    ),
    ShowCard: lambda session, _, __: persons.show_card(session),
    AddByCard: lambda session, command, _: persons.add_by_card(session, command),
    Vouch: lambda session, command, _: persons.vouch(session, command.account),
    WithdrawVouch: lambda session, command, _: persons.withdraw_vouch(session, command.account),
    ListConversations: lambda session, command, _: letters.conversations(session, command),
    ShowConversation: lambda session, command, _: letters.conversation(
        session, command.conversation
    ),
    ReadConversation: lambda session, command, _: letters.read(session, command),
    ShowMessage: lambda session, command, _: letters.show(session, command.message),
    MarkRead: lambda session, command, _: letters.mark_read(session, command.message),
    RefuseMessage: lambda session, command, _: letters.refuse(session, command),
    SendLetter: lambda session, command, number: sending.send_letter(
        session, command, request=number
    ),
    SaveAttachment: lambda session, command, number: attachments.save(
        session, command, request=number
    ),
    ShowReceipts: lambda session, command, _: letters.receipts(session, command.message),
    VerifyAudit: lambda session, _, __: audit.verify_everything(session),
    ListAlarms: lambda session, _, __: audit.list_alarms(session),
    AcknowledgeAlarm: lambda session, command, _: audit.acknowledge_alarm(session, command),
    **absence.HANDLERS,
    **erasing.HANDLERS,
    **writing.HANDLERS,
    **organising.HANDLERS,
    **patient_tables.HANDLERS,
    **patients.HANDLERS,
    **merging.HANDLERS,
    **people.HANDLERS,
    **decisions.HANDLERS,
    **finding.HANDLERS,
    **viewing.HANDLERS,
    **watching.HANDLERS,
    **importing.HANDLERS,
    **evidence.HANDLERS,
    **listing.HANDLERS,
    **timestamping.HANDLERS,
    **reporting.HANDLERS,
}
"""What needs nothing but the session. An area with a module of its own in `app.interface` adds its own table."""

_OUTGOING: Final = (
    SendLetter,
    SendDraft,
    RequestContact,
    AcceptContact,
    DeclineContact,
    RefuseMessage,
    AddByCard,
    BeginLink,
    RevokeDevice,
    SaveAbsence,
    Vouch,
)
"""What only makes sense if it can leave this computer some day."""


class Engine:
    """One profile and, once unlocked, its session. Implements the handler of `app.interface.pipe`."""

    def __init__(
        self,
        around: Surroundings,
        *,
        secret_store: SecretStore,
        start: Start,
        on_lock: Callable[[], None],
        connects: bool = True,
        poll_seconds: float = linking.POLL_SECONDS,
    ) -> None:
        """Take the ports and the way to start tasks, whose bugs end the engine. `connects` False leaves sending and receiving to Synchronise, as tests want it."""
        self._around = around
        self._secret_store = secret_store
        self._start = start
        self._on_lock = on_lock
        self._connects = connects
        self._session: Session | None = None
        self._connection: Connection | None = None
        self._running: list[asyncio.Task[None]] = []
        self._opening = asyncio.Lock()
        self._poll_seconds = poll_seconds
        self._linking: linking.OldComputer | None = None
        self._new_computer = linking.NewComputer(
            around, start=start, joined=self._joined, poll_seconds=poll_seconds
        )
        self._restore: restore.Opened | None = None
        self._backups: Backups | None = None
        self._is_locked_noted = False
        self._is_erasing = False

    async def handle(self, request: int, command: Command[Any]) -> object:
        """Carry out a command and return its answer. Raises CommandError only."""
        try:
            return await self._carry_out(request, command)
        except CommandError:
            raise
        except Exception as error:
            raise _failure(command, error) from error

    async def announce(self) -> None:
        """Say once what was found; what an engine that was killed left readable is removed first."""
        await asyncio.to_thread(self._forget_left_copies)
        self._around.publish(StatusChanged(status=await self._status()))

    async def close(self) -> None:
        """End what runs and close the store; whatever was committed stays."""
        if self._session is not None:
            await self._session.importing.stop()
        # First what shows contents: it is not to outlive the lock.
        await self._around.machine.documents.close()
        await self._new_computer.close()
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        self._running.clear()
        await self._forget_restore()
        session, self._session, self._connection = self._session, None, None
        if session is not None:
            await asyncio.to_thread(session.machine.copies.forget)
            try:
                await self._note_locked(session, LockCause.CLOSED)
                await session.tokens.settle()
                await session.relay.close()
            finally:
                await session.vault.close()

    # --- inside ------------------------------------------------------------------------------

    async def _note_locked(self, session: Session, cause: LockCause) -> None:
        """Note that the profile is locked, once; a full disk does not keep it open."""
        if self._is_locked_noted:
            return
        try:
            await session.vault.run(
                lambda store: note(store, session, Action.LOCKED, number=int(cause))
            )
        except vault_errors.VaultError as error:
            _log.warning("the lock could not be noted: %s", type(error).__name__)
        self._is_locked_noted = True

    def _forget_left_copies(self) -> None:
        copies = self._around.machine.copies
        if not copies.are_left():
            return
        with self._around.profile.alone() as is_alone:
            # Else they are in use: another engine has this profile unlocked.
            if is_alone:
                copies.forget()

    async def _carry_out(self, request: int, command: Command[Any]) -> object:  # noqa: C901, PLR0911, PLR0912 - one line per command
        while self._is_erasing and not isinstance(command, Lock):
            # The store is about to get another key: what is asked meanwhile is asked of the one after.
            async with self._opening:
                pass
        match command:
            case ShowStatus():
                return await self._status()
            case Register():
                return await self._register(command)
            case Unlock():
                return await self._unlock(command)
            case UnlockWithKit():
                return await self._unlock_with_kit(command)
            case Lock():
                if self._session is not None:
                    await self._note_locked(self._session, command.cause)
                self._on_lock()
                return Done()
            case ReadCode():
                return await codes.read(self._around.machine.documents, command)
            case JoinLink():
                return await self._join(command)
            case CancelLink() if self._session is None:
                await self._new_computer.cancel()
                return Done()
            case BeginRestore() | FinishRestore() | CancelRestore() | JoinShares():
                return await self._restore_step(command)
        if self._session is None or self._connection is None:
            raise CommandError(Failure.LOCKED)
        session, connection = self._session, self._connection
        if isinstance(command, _OUTGOING):
            ended = await session.tokens.ended()
            if ended in _READABLE_ONLY:
                # It would wait here for ever, and seem to be on its way.
                raise CommandError(_READABLE_ONLY[ended])
        done = await self._about_access(session, command)
        if done is None:
            done = await self._about_recovery(session, command, request)
        if done is None:
            done = await self._about_devices(session, command)
        if done is not None:
            return done
        match command:
            case Synchronise():
                return await connection.synchronise()
            case ShowConnection():
                return await connection.details()
            case PlanErasure():
                return await erasing.plan(session, self._around.profile, command)
            case EraseForGood():
                return await self._erase(session, command)
        handler = _HANDLERS.get(type(command))
        if handler is None:
            raise CommandError(Failure.INVALID)
        return await handler(session, command, request)

    async def _about_devices(self, session: Session, command: Command[Any]) -> object | None:  # noqa: PLR0911 - one line per command
        """Carry out what is about the owner's computers; None for any other command."""
        match command:
            case ListDevices():
                return await devices.list_all(session)
            case RenameDevice():
                return await devices.rename(session, command.device, command.name)
            case RevokeDevice():
                return await devices.revoke(session, command.device)
            case BeginLink():
                return await self._old_computer(session).begin(command)
            case ConfirmLink():
                return await self._old_computer(session).confirm(command)
            case CancelLink():
                await self._old_computer(session).cancel()
                return Done()
            case StopHistory():
                return await histories.stop(session)
        return None

    def _old_computer(self, session: Session) -> linking.OldComputer:
        if self._linking is None:
            self._linking = linking.OldComputer(
                session, start=self._start_own, poll_seconds=self._poll_seconds
            )
        return self._linking

    def _start_own(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Start something that ends with this engine."""
        task = self._start(work)
        self._running.append(task)
        return task

    async def _join(self, command: JoinLink) -> LinkJoined:
        async with self._opening:
            if self._session is not None:
                raise CommandError(Failure.PROFILE_EXISTS)
            return await self._new_computer.join(command)

    async def _joined(self, vault: Vault, owner: Owner) -> None:
        async with self._opening:
            self._begin(
                open_session(
                    vault,
                    owner,
                    machine=self._around.machine,
                    relay_factory=self._around.relay_factory,
                    publish=self._around.publish,
                )
            )

    async def _about_access(self, session: Session, command: Command[Any]) -> object | None:  # noqa: C901, PLR0911, PLR0912 - one line per command
        """Carry out what is about factors and sessions; None for any other command."""
        profile = self._around.profile
        match command:
            case SignIn():
                return await self._sign_in(session, command)
            case SignInWithSecurityKey():
                return await self._sign_in(session, command)
            case GiveUpSecurityKey():
                session.wakes.key_given_up.set()
                return Done()
            case ConfirmRecoveryCodes():
                await factors.confirm_recovery_codes(session)
                return Done()
            case ListFactors():
                return await factors.list_all(session)
            case BeginTotp():
                return await factors.begin_totp(session, command.name)
            case ConfirmTotp():
                return await factors.confirm_totp(session, command.code)
            case AddSecurityKey():
                return await factors.add_security_key(session, command.name, command.pin)
            case RemoveFactor():
                await factors.remove(session, command.factor)
                return Done()
            case RenewRecoveryCodes():
                return await factors.renew_recovery_codes(session)
            case ChangePassphrase():
                await factors.change_passphrase(session, profile, command.passphrase)
                return Done()
            case ShowSecondFactors():
                return await sign_in.show_second_factors(
                    session, os_secret_store=profile.is_bound_to_os()
                )
            case ListSessions():
                return await sign_in.list_sessions(session)
            case EndSessions():
                await sign_in.end_sessions(session)
                return Done()
        return None

    async def _restore_step(
        self, command: BeginRestore | FinishRestore | CancelRestore | JoinShares
    ) -> object:
        """Carry out what a new computer does on the day another one is lost."""
        match command:
            case BeginRestore():
                return await self._begin_restore(command)
            case FinishRestore():
                return await self._finish_restore(command)
            case JoinShares():
                return await kits.join(command.shares)
            case CancelRestore():
                await self._forget_restore()
        return Done()

    async def _about_recovery(  # noqa: C901, PLR0911 - one line per command
        self, session: Session, command: Command[Any], request: int
    ) -> object | None:
        """Carry out what is about the day this computer is lost; None for any other command."""
        match command:
            case ShowKit():
                return await kits.show(session)
            case PrintKit():
                return await kits.print_page(session, command.language)
            case ConfirmKit():
                await kits.confirm(session, command.group)
                return Done()
            case CreateKit():
                return await new_kit.create(session, self._around.profile)
            case VetoKit():
                await new_kit.veto(session, self._around.profile, command.kit)
                return Done()
            case ChooseBackupFolder():
                return await self._require_backups().choose(command.folder)
            case BackUp():
                return await self._require_backups().now(command.folder, request=request)
            case CancelBackup():
                self._require_backups().cancel()
                return Done()
            case RevokeWithKit():
                await rotation.revoke_with_kit(session, command)
                await self._reopen(session)
                return Done()
            case RehearseKit():
                return await kits.rehearse(session, self._around.profile, command.kit)
            case SplitKit():
                return await kits.split(session, command)
            case PrintShares():
                return await kits.print_shares(session, command)
        return None

    async def _sign_in(self, session: Session, command: SignIn | SignInWithSecurityKey) -> SignedIn:
        profile = self._around.profile
        if await session.tokens.ended() is Ended.REMOVED:
            raise CommandError(Failure.DEVICE_REMOVED)
        if isinstance(command, SignIn):
            signed_in = await sign_in.sign_in(session, profile, command)
        else:
            signed_in = await sign_in.sign_in_with_security_key(session, profile, command)
        await linking.settle_passphrase(session, profile, command.passphrase)
        return signed_in

    async def _register(self, command: Register) -> Registered:
        async with self._opening:
            self._require_empty()
            session = await register(command, self._around)
            self._begin(session)
        return await sign_in.show_second_factors(
            session, os_secret_store=self._around.profile.is_bound_to_os()
        )

    async def _reopen(self, session: Session) -> None:
        """Go on with the keys that the vault has now."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        self._running.clear()
        await session.tokens.settle()
        await session.relay.close()
        await self._work_with(session.vault)

    async def _erase(self, session: Session, command: EraseForGood) -> Erased:
        """Erase for good; what else this engine does ends meanwhile, for the store gets another key."""
        profile = self._around.profile
        async with self._opening:
            self._is_erasing = True
            try:
                if not await profile.is_passphrase(command.passphrase):
                    wait = await asyncio.to_thread(profile.wait_seconds)
                    raise CommandError(Failure.WRONG_PASSPHRASE, str(wait) if wait else "")
                erasure, changed = await erasing.begin(session, command)
                await self._rest(session)
                await self._give_other_key(session, command.passphrase)
            finally:
                self._is_erasing = False
        again = self._session
        if again is None:
            raise CommandError(Failure.LOCKED)
        await erasing.settle(again, profile)
        tell_conversations(again, changed)
        return await erasing.show(again, erasure)

    async def _give_other_key(self, session: Session, passphrase: str) -> None:
        try:
            vault = await self._go_on_erasing(session.vault, passphrase)
        except Exception:
            # It goes on at the next unlocking; until then there is the store as it was, if it can be opened.
            still_open = self._around.profile.current()
            if still_open is None:
                self._on_lock()
            else:
                await self._work_with(still_open)
            raise
        await self._work_with(vault)

    async def _go_on_erasing(self, vault: Vault, passphrase: str) -> Vault:
        around = self._around
        return await erasing.go_on(vault, around.profile, around.machine.files, passphrase)

    async def _finish_erasures(self, vault: Vault, passphrase: str) -> Vault:
        """Go on with what an earlier engine was erasing; where that fails, the profile opens all the same."""
        try:
            return await self._go_on_erasing(vault, passphrase)
        except vault_errors.VaultError as error:
            _log.warning("an erasure could not be finished: %s", type(error).__name__)
            still_open = self._around.profile.current()
            if still_open is None:
                raise
            return still_open

    async def _rest(self, session: Session) -> None:
        """End all that runs, and what shows or holds contents."""
        await session.importing.stop()
        # One that is being made would hold what goes, under the key that goes.
        await self._require_backups().stop()
        await self._around.machine.documents.close()
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        self._running.clear()
        await asyncio.to_thread(session.machine.copies.forget)
        await session.tokens.settle()
        await session.relay.close()

    def _require_backups(self) -> Backups:
        if self._backups is None:
            raise CommandError(Failure.LOCKED)
        return self._backups

    async def _begin_restore(self, command: BeginRestore) -> RestoreOffer:
        async with self._opening:
            self._require_empty()
            await self._forget_restore()
            self._restore = await restore.begin(command, self._around)
            return self._restore.offer

    async def _finish_restore(self, command: FinishRestore) -> Registered:
        async with self._opening:
            self._require_empty()
            opened, self._restore = self._restore, None
            if opened is None:
                raise CommandError(Failure.RESTORE_ENDED)
            session = await restore.finish(opened, command, self._around)
            self._begin(session)
        return restore.shown(session, os_secret_store=self._around.profile.is_bound_to_os())

    async def _forget_restore(self) -> None:
        opened, self._restore = self._restore, None
        if opened is not None:
            await opened.relay.close()

    def _require_empty(self) -> None:
        if self._session is not None or self._around.profile.state() is not ProfileState.EMPTY:
            raise CommandError(Failure.PROFILE_EXISTS)

    async def _unlock(self, command: Unlock) -> Status:
        async with self._opening:
            if self._session is not None:
                raise CommandError(Failure.ALREADY_UNLOCKED)
            profile = self._around.profile
            if profile.state() is ProfileState.DAMAGED:
                raise CommandError(Failure.PROFILE_DAMAGED)
            try:
                vault = await profile.open(command.passphrase)
            except WrongPassphraseError:
                wait = await asyncio.to_thread(profile.wait_seconds)
                raise CommandError(Failure.WRONG_PASSPHRASE, str(wait) if wait else "") from None
            except vault_errors.TooManyTriesError as error:
                raise CommandError(Failure.TOO_MANY_ATTEMPTS, str(error.seconds)) from None
            vault = await self._finish_erasures(vault, command.passphrase)
            await self._work_with(vault, unlocked_by=_BY_PASSPHRASE)
        return await self._status()

    async def _unlock_with_kit(self, command: UnlockWithKit) -> Status:
        _, code = kits.read_code(command.kit)
        # Nothing can be compared with it here: what it is bound to has to stand up as the account's does.
        require_strong(command.passphrase)
        async with self._opening:
            if self._session is not None:
                raise CommandError(Failure.ALREADY_UNLOCKED)
            profile = self._around.profile
            if profile.state() is ProfileState.DAMAGED:
                raise CommandError(Failure.PROFILE_DAMAGED)
            vault = await profile.open_with_kit(code, command.passphrase)
            vault = await self._finish_erasures(vault, command.passphrase)
            await self._work_with(vault, unlocked_by=_BY_KIT)
        return await self._status()

    async def _work_with(self, vault: Vault, *, unlocked_by: int | None = None) -> None:
        """Begin the session of an open store."""
        owner = await vault.run(lambda store: store.identity.owner())
        if owner is None:
            await vault.close()
            raise CommandError(Failure.PROFILE_DAMAGED)
        session = open_session(
            vault,
            owner,
            machine=self._around.machine,
            relay_factory=self._around.relay_factory,
            publish=self._around.publish,
        )
        if unlocked_by is not None:
            await self._note_unlocked(session, unlocked_by)
        await drafts.forget_removed(session, since_millis=organising.JUST_NOW_MILLIS)
        await organising.erase_removed(session, since_millis=organising.JUST_NOW_MILLIS)
        await attachments.tidy(session)
        # Another engine may have had the profile when this one started, and been killed since.
        await asyncio.to_thread(session.machine.copies.forget)
        await audit.tell_unread_alarms(session)
        if await epochs.is_doubtful(session) and await session.tokens.ended() is not Ended.COPIED:
            # Its refresh token may be an old one, whose use would end the true session too.
            await session.tokens.end(Ended.DOUBTED)
        unattached = await kept_draft.adopt(session)
        self._begin(session)
        if unattached:
            self._running.append(self._start(kept_draft.attach(session, unattached)))

    async def _note_unlocked(self, session: Session, by: int) -> None:
        profile = self._around.profile
        refused = await asyncio.to_thread(profile.refused)

        def work(store: Store) -> None:
            if refused:
                note(store, session, Action.UNLOCK_REFUSED, number=refused)
            note(store, session, Action.UNLOCKED, number=by)

        await session.vault.run(work)
        # Only now: what was noted of them is kept.
        await asyncio.to_thread(profile.forget_refused)

    def _begin(self, session: Session) -> None:
        self._session = session
        self._connection = Connection(session, self._around.profile)
        self._backups = Backups(session, self._around.profile)
        self._running.append(self._start(self._connection.report_status()))
        self._running.append(self._start(drafts.keep_forgetting(session)))
        self._running.append(self._start(organising.keep_erasing(session)))
        self._running.append(self._start(erasing.keep_finishing(session, self._around.profile)))
        self._running.append(self._start(attaching.keep_removing_detached(session)))
        self._running.append(self._start(absence.keep_time(session)))
        self._running.append(self._start(listing.keep_telling(session)))
        if self._connects:
            self._running.append(self._start(self._connection.run()))
            self._running.append(self._start(self._backups.run()))
            self._running.append(self._start(watching.keep_looking(session)))
            self._running.append(self._start(Indexing(session, session.machine.documents).run()))

    async def _status(self) -> Status:
        if self._connection is not None:
            return await self._connection.status()
        profile = self._around.profile
        state = await asyncio.to_thread(profile.state)
        is_bound = await asyncio.to_thread(
            self._secret_store.is_available
            if state is ProfileState.EMPTY
            else profile.is_bound_to_os
        )
        return Status(
            profile=state,
            account=None,
            name="",
            profession="",
            connection=ConnectionState.OFFLINE,
            since=self._around.machine.clock.now(),
            last_synchronised_at=None,
            outbox_count=0,
            unread_count=0,
            os_secret_store=is_bound,
            wait_seconds=await asyncio.to_thread(profile.wait_seconds),
        )


def _failure(command: Command[Any], error: Exception) -> CommandError:  # noqa: PLR0911 - one line per kind of error
    """What an exception of a use case or port means to whoever gave the command."""
    if isinstance(error, RelayRefusedError):
        return CommandError(_REFUSALS.get(error.code, Failure.RELAY_REFUSED), error.code.value)
    if isinstance(error, SecurityKeyError):
        tries = "" if error.tries_left is None else str(error.tries_left)
        return CommandError(_KEY_TROUBLES[error.trouble], tries)
    if isinstance(error, SignInNeededError):
        ended = {Ended.COPIED.value: Ended.COPIED, Ended.REMOVED.value: Ended.REMOVED}
        if error.reason in ended:
            return CommandError(_READABLE_ONLY[ended[error.reason]])
        return CommandError(Failure.SIGN_IN_NEEDED, error.reason)
    if isinstance(error, SignInRefusedError):
        if error.error is OAuthError.TEMPORARILY_UNAVAILABLE:
            seconds = math.ceil(error.retry_after_seconds or 0)
            return CommandError(Failure.TOO_MANY_ATTEMPTS, str(seconds))
        failure = _SIGN_IN_REFUSALS.get(error.error, Failure.RELAY_REFUSED)
        return CommandError(failure, error.error.value if failure is Failure.RELAY_REFUSED else "")
    detail = error.name if isinstance(error, file_errors.FileError) else ""
    for kind, failure in _FAILURES:
        if isinstance(error, kind):
            return CommandError(failure, detail)
    # A bug. The trace names files and lines; values, and the text of the exception, may hold content.
    _log.error("%s failed: %s", type(command).__name__, _trace(error))
    return CommandError(Failure.BUG)


def _trace(error: BaseException) -> str:
    """Where an exception came from, without its text."""
    frames = []
    trace = error.__traceback__
    while trace is not None:
        frames.append(f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}")
        trace = trace.tb_next
    return f"{type(error).__name__} at {' > '.join(frames)}"
