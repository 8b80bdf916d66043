# SPDX-License-Identifier: AGPL-3.0-or-later
"""Carries out one command of the command line, with an engine process of its own."""

from __future__ import annotations

import codecs
import os
import shutil
import sys
import time
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from app.cli import fields, report, texts
from app.cli.accounts import AccountLine, AccountLines
from app.cli.arguments import STANDARD_INPUT, STANDARD_OUTPUT
from app.cli.decision_words import meant
from app.cli.engine import Asking
from app.cli.exit_codes import CODES, ExitCode
from app.cli.locking import Locked, lock_window
from app.cli.machine import failure_json, to_json
from app.cli.passphrase import (
    UsageError,
    ask_code,
    ask_later_code,
    ask_pin,
    ask_yes,
    read_code,
    read_group,
    read_invitation,
    read_kit,
    read_passphrase,
    read_pin,
    read_recovery_code,
    read_shares,
)
from app.cli.texts import system_language
from app.interface.absence import Absence, SaveAbsence, ShowAbsence
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
    CancelLink,
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
    JoinLink,
    JoinShares,
    ListAlarms,
    ListContacts,
    ListConversations,
    ListDevices,
    ListFactors,
    ListSessions,
    MarkRead,
    PrintKit,
    PrintShares,
    ReadConversation,
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
    ShowKit,
    ShowMessage,
    ShowReceipts,
    ShowSecondFactors,
    ShowStatus,
    ShowVerificationWords,
    SignIn,
    SignInWithSecurityKey,
    SplitKit,
    Synchronise,
    Unlock,
    UnlockWithKit,
    VerifyAudit,
    VetoKit,
    Vouch,
    WithdrawVouch,
)
from app.interface.documents import DocumentKind
from app.interface.erasing import EraseForGood, ListErasures, PlanErasure, SaveCertificate
from app.interface.events import LinkEnded, LinkOffered, TouchAwaited
from app.interface.failures import CommandError, Failure
from app.interface.folders import (
    FolderSettings,
    FolderState,
    RunFolders,
    ShowFolders,
    VerifyFolderResult,
    WatchFolders,
)
from app.interface.importing import ImportMail
from app.interface.journal import (
    DeedKind,
    ExportEvidence,
    ListJournal,
    ReportForm,
    ReportReader,
    ShowProof,
    ShowTimestamp,
    TimestampStanding,
    WriteReport,
)
from app.interface.organising import Act, Organise
from app.interface.patients import (
    FileConversations,
    ImportPatients,
    ListDuplicates,
    ListPatients,
    MergePatients,
    RemovePatient,
    SavePatient,
    ShowPatient,
    UndoMerge,
)
from app.interface.people import BlockContact, NoteContact, ReconsiderContact, UnblockContact
from app.interface.pipe import EngineProcess
from app.interface.professions import RPPS, is_plausible_rpps
from app.interface.rights import ConsentWish, RecordDecision, ShowRights
from app.interface.searching import ListUnread, Search
from app.interface.snapshots import (
    PAGE_LIMIT,
    BackupTrouble,
    Comparison,
    ConversationPage,
    ConversationRow,
    DeliveryState,
    Direction,
    Done,
    DraftRecipient,
    HistoryChoice,
    LinkOutcome,
    MessageView,
    Place,
    ProfileState,
    Queued,
    RecipientRow,
    SavedFile,
    SyncReport,
)
from app.interface.writing import (
    CancelSending,
    DraftId,
    ListDrafts,
    ListQueue,
    OpenDraft,
    RemoveDrafts,
    SendDraft,
)
from app.profiles import profiles
from crypto_core.errors import WireError
from crypto_core.wire.decisions import (
    Basis,
    Capacity,
    CareTie,
    Channel,
    DataKind,
    DecisionKind,
)
from crypto_core.wire.envelope import Urgency
from crypto_core.wire.ids import (
    AccountId,
    ConversationId,
    DeviceId,
    FactorId,
    MessageId,
    PatientId,
    UnixMillis,
    format_address,
    parse_address,
)
from crypto_core.wire.patients import (
    NIR_OID,
    NO_CARD,
    NationalIdentity,
    PatientCard,
    Sex,
    read_matricule,
)
from crypto_core.wire.words import WordLanguage

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from app.cli.texts import Language
    from app.interface.command import Command
    from app.interface.connection import EngineConnection
    from app.interface.events import Alarm
    from app.interface.patients import PatientRecord
    from app.interface.snapshots import KitSheet, PrintedPages, SignedIn
    from crypto_core.wire.codec import Size

Answer = TypeVar("Answer")
Narrowed = TypeVar("Narrowed", ListJournal, WriteReport)

_NUMBER_DIGITS: Final = 32
_SETTLE_SECONDS: Final = 5.1
_READ_FROM: Final = (
    "passphrase_file",
    "otp",
    "code",
    "body",
    "text_file",
    "yes",
    "card_file",
    "recovery_code",
    "new_passphrase_file",
    "pin_file",
    "kit_file",
    "group_file",
    "shares_file",
)
"""Options that take `-` for standard input."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How something that has to travel ended: `report` is None while the relay cannot be reached."""

    is_queued: bool
    report: SyncReport | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A letter, and how its recipients stand."""

    message: MessageId
    conversation: ConversationId
    is_queued: bool
    send_at: UnixMillis | None
    recipients: tuple[RecipientRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """Received messages, newest first."""

    is_synchronised: bool
    messages: tuple[MessageView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedFiles:
    """Documents of one message, in their order."""

    files: tuple[SavedFile, ...]


def run(
    arguments: argparse.Namespace,
    profile: Path,
    *,
    connect: Callable[[], EngineConnection] | None = None,
) -> int:
    """Carry out the command and return the program's exit code.

    `connect` starts an engine; by default it is the profile's own process.
    """
    _prepare_streams()
    language = system_language(os.environ)
    command = _Command(
        arguments, profile, language, connect=connect or (lambda: EngineProcess(profile))
    )
    try:
        code = command.run()
        sys.stdout.flush()
        return code
    except CommandError as error:
        command.complain(error.failure, error.detail)
        return CODES[error.failure]
    except UsageError as error:
        command.say_error(error.text.speak(language, **error.values))
        return ExitCode.USAGE
    except BrokenPipeError:
        # Whoever read the answer had enough of it; nothing more is to be said, at the end neither.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.OK
    except (KeyboardInterrupt, EOFError):
        # Ctrl+C, or Ctrl+D where something was asked.
        command.say_error(texts.INTERRUPTED.speak(language))
        return ExitCode.INTERRUPTED


def _prepare_streams() -> None:
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            # A name that the terminal's encoding lacks must not end the program.
            reconfigure(errors="replace")


class _Command:
    """One run of the program."""

    def __init__(
        self,
        arguments: argparse.Namespace,
        profile: Path,
        language: Language,
        *,
        connect: Callable[[], EngineConnection],
    ) -> None:
        self._connect = connect
        self._arguments = arguments
        self._profile = profile
        self._language = language

    def run(self) -> int:
        """Carry out the command; the engine that it may start ends with it."""
        name = " ".join(
            filter(None, (self._arguments.command, getattr(self._arguments, "step", "")))
        )
        act = _ACTIONS[name]
        read = [getattr(self._arguments, each, None) for each in _READ_FROM]
        if read.count(STANDARD_INPUT) > 1:
            raise UsageError(texts.ONE_STANDARD_INPUT)
        engine = Asking(self._connect, self._warn)
        try:
            return act(self, engine)
        finally:
            engine.close()

    # --- what is said ------------------------------------------------------------------------

    def complain(self, failure: Failure, detail: str) -> None:
        """Say on standard error what failed and what to do."""
        if self._arguments.json:
            print(failure_json(failure, detail), file=sys.stderr)
            return
        said = [report.failure(failure, detail, self._language)]
        if failure is Failure.SIGN_IN_NEEDED and detail in texts.SESSIONS_ENDED:
            said.insert(0, texts.SESSIONS_ENDED[detail].speak(self._language))
        self.say_error(" ".join(said).strip())

    def say_error(self, text: str) -> None:
        """Say something on standard error."""
        print(f"uhealthsec: {text}", file=sys.stderr)

    def _warn(self, event: Alarm | TouchAwaited) -> None:
        if isinstance(event, TouchAwaited):
            self.say_error(self._speak(texts.TOUCH))
            return
        alarm = event
        detail = report.alarm_detail(alarm.kind, alarm.detail)
        text = texts.ALARMS[alarm.kind].speak(self._language)
        self.say_error(f"{text} {detail}".rstrip())

    def _answer(self, snapshot: object, text: str) -> None:
        print(to_json(snapshot) if self._arguments.json else text)

    def _speak(self, text: texts.Text, **values: object) -> str:
        return text.speak(self._language, **values)

    # --- what is done ------------------------------------------------------------------------

    def register(self, engine: Asking) -> int:
        """Create an account."""
        arguments = self._arguments
        name = fields.line("--name", arguments.name, fields.bounds(Register, "name"))
        profession = fields.line(
            "--profession", arguments.profession, fields.bounds(Register, "profession")
        )
        place = fields.line("--place", arguments.place, fields.bounds(Register, "place"))
        if arguments.rpps and not RPPS.fullmatch(arguments.rpps):
            raise UsageError(texts.NO_RPPS)
        if arguments.rpps and not is_plausible_rpps(arguments.rpps):
            self.say_error(self._speak(texts.DOUBTFUL_RPPS))
        enrolment = fields.content(
            "--enrolment", arguments.enrolment, fields.bounds(Register, "enrolment")
        )
        invitation = fields.line(
            "--invitation",
            read_invitation(arguments.invitation, self._language),
            fields.bounds(Register, "invitation"),
        )
        page = arguments.recovery_kit
        self._check_page("--recovery-kit", page, may_be_output=False)
        # Before anybody is asked for a passphrase.
        if engine.ask(ShowStatus()).profile is not ProfileState.EMPTY:
            raise CommandError(Failure.PROFILE_EXISTS)
        passphrase = read_passphrase(arguments.passphrase_file, self._language, is_new=True)
        registered = engine.ask(
            Register(
                enrolment=enrolment,
                invitation=invitation,
                name=name,
                profession=profession,
                place=place,
                is_listed=arguments.listed,
                passphrase=passphrase,
                rpps=arguments.rpps,
            )
        )
        if not registered.os_secret_store:
            self.say_error(self._speak(texts.NO_SECRET_STORE))
        lines = [
            self._speak(texts.REGISTERED, account=format_address(registered.account)),
            self._picture(registered.totp_uri),
            report.second_factors(registered, self._language),
        ]
        if page is None:
            self.say_error(self._speak(texts.KIT_MISSING))
            lines.append(report.kit(engine.ask(ShowKit()), self._language))
        else:
            self._write_page(
                page, engine.ask(PrintKit(language=self._word_language())), texts.PAGE_WRITTEN
            )
        self._answer(registered, "\n".join(filter(None, lines)))
        self._offer_sign_in(engine, passphrase)
        return ExitCode.OK

    def _offer_sign_in(self, engine: Asking, passphrase: str) -> None:
        """Sign in with the new telephone's first code, if somebody is there to read it out."""
        while not self._arguments.json:
            code = ask_later_code(texts.FIRST_CODE, self._language)
            if not code:
                return
            try:
                signed_in = engine.ask(SignIn(passphrase=passphrase, code=code))
            except CommandError as error:
                self.complain(error.failure, error.detail)
                if error.failure is Failure.SECOND_FACTOR_REFUSED:
                    continue
                return
            print(report.signed_in(signed_in, self._language))
            engine.try_to(Synchronise())
            return

    # --- recovery ----------------------------------------------------------------------------

    def recovery_show(self, engine: Asking) -> int:
        """Show the kit that is not on paper yet, or write its page."""
        self._check_page("--file", self._arguments.file)
        self._unlock(engine)
        return self._hand_out_kit(engine, engine.ask(ShowKit()))

    def _hand_out_kit(self, engine: Asking, sheet: KitSheet) -> int:
        page = self._arguments.file
        if page is None:
            self._answer(sheet, report.kit(sheet, self._language))
            return ExitCode.OK
        pages = engine.ask(PrintKit(language=self._word_language()))
        return self._hand_out(page, pages, texts.PAGE_WRITTEN, sheet)

    def _hand_out(
        self, page: Path, pages: PrintedPages, text: texts.Text, snapshot: object, **values: object
    ) -> int:
        """Write secret pages instead of showing what stands on them; scripts are given both."""
        if str(page) == STANDARD_OUTPUT:
            sys.stdout.buffer.write(pages.pdf)
            return ExitCode.OK
        is_written = self._write_page(page, pages, text, **values)
        if self._arguments.json:
            print(to_json(snapshot))
        return ExitCode.OK if is_written else ExitCode.FAILED

    def recovery_confirm(self, engine: Asking) -> int:
        """Forget a kit that is on paper."""
        self._unlock(engine)
        asked = engine.ask(ShowKit()).asked_group
        group = read_group(self._arguments.group_file, self._language, asked)
        group = fields.line("--group-file", group, fields.bounds(ConfirmKit, "group"))
        done = engine.ask(ConfirmKit(group=group))
        self._answer(done, self._speak(texts.KIT_CONFIRMED))
        return ExitCode.OK

    def recovery_restore(self, engine: Asking) -> int:
        """Bring an account back to this computer."""
        arguments = self._arguments
        enrolment = fields.content(
            "--enrolment", arguments.enrolment, fields.bounds(BeginRestore, "enrolment")
        )
        account = None if arguments.account is None else self._account(arguments.account)
        keep = tuple(
            DeviceId(self._number(each, texts.NO_DEVICE_NUMBER)) for each in arguments.keep
        )
        if engine.ask(ShowStatus()).profile is not ProfileState.EMPTY:
            raise CommandError(Failure.PROFILE_EXISTS)
        kit = read_kit(arguments.kit_file, self._language)
        passphrase = read_passphrase(arguments.passphrase_file, self._language, is_new=False)
        if not arguments.yes and not sys.stdin.isatty():
            raise UsageError(texts.RESTORE_UNSEEN)
        offer = engine.ask(
            BeginRestore(
                enrolment=enrolment,
                kit=kit,
                account=account,
                passphrase=passphrase,
                backup=""
                if arguments.backup is None
                else fields.path("--backup", arguments.backup),
            )
        )
        if not arguments.yes:
            self.say_error(report.restore_offer(offer, keep, self._language))
            if not ask_yes(texts.RESTORE_NOW, self._language):
                self.say_error(self._speak(texts.RESTORE_LEFT))
                return ExitCode.FAILED
        restored = engine.ask(FinishRestore(keep=keep))
        if not restored.os_secret_store:
            self.say_error(self._speak(texts.NO_SECRET_STORE))
        lines = [
            self._speak(texts.RESTORED, account=format_address(restored.account)),
            self._picture(restored.totp_uri),
            report.second_factors(restored, self._language),
        ]
        self._answer(restored, "\n".join(filter(None, lines)))
        self._offer_sign_in(engine, passphrase)
        return ExitCode.OK

    def recovery_unlock(self, engine: Asking) -> int:
        """Open the profile by the kit, and bind it to this system anew."""
        kit = read_kit(self._arguments.kit_file, self._language)
        # It becomes the profile's, so a slip of the fingers would shut its owner out again.
        passphrase = read_passphrase(self._arguments.passphrase_file, self._language, is_new=True)
        status = engine.ask(UnlockWithKit(kit=kit, passphrase=passphrase))
        self._answer(status, self._speak(texts.UNLOCKED))
        return ExitCode.OK

    def recovery_create(self, engine: Asking) -> int:
        """Make a new kit in the place of a lost one."""
        self._check_page("--file", self._arguments.file)
        passphrase = self._unlock(engine)
        return self._hand_out_kit(engine, self._stepped_up(engine, passphrase, CreateKit()))

    def recovery_veto(self, engine: Asking) -> int:
        """Call off a new kit, with the one in force."""
        kit = read_kit(self._arguments.kit_file, self._language)
        self._unlock(engine)
        done = engine.ask(VetoKit(kit=kit))
        self._answer(done, self._speak(texts.VETOED))
        return ExitCode.OK

    def recovery_rehearse(self, engine: Asking) -> int:
        """Try the kit as on the day it is needed."""
        kit = read_kit(self._arguments.kit_file, self._language)
        self._unlock(engine)
        found = engine.ask(RehearseKit(kit=kit))
        text = texts.REHEARSED
        if found.backup_trouble is BackupTrouble.FOLDER_MISSING:
            text = texts.REHEARSED_NO_FOLDER
        elif found.backup_trouble is not None:
            text = texts.REHEARSED_NO_BACKUP
        self._answer(found, self._speak(text))
        return ExitCode.OK

    def recovery_backup(self, engine: Asking) -> int:
        """Make a backup now."""
        folder = fields.path("--to", self._arguments.to)
        self._unlock(engine)
        made = engine.ask(BackUp(folder=folder))
        self._answer(made, self._speak(texts.BACKED_UP, path=report.harmless(made.path)))
        return ExitCode.OK

    def recovery_backup_daily(self, engine: Asking) -> int:
        """Choose where daily backups go."""
        given = self._arguments.folder
        folder = "" if given is None else fields.path("DIR", given)
        self._unlock(engine)
        chosen = engine.ask(ChooseBackupFolder(folder=folder))
        if chosen.is_on_same_disk:
            self.say_error(self._speak(texts.SAME_DISK))
        self._answer(chosen, self._speak(texts.FOLDER_CHOSEN))
        return ExitCode.OK

    def recovery_split(self, engine: Asking) -> int:
        """Split the kit's code among people."""
        arguments = self._arguments
        self._check_page("--file", arguments.file)
        kit = read_kit(arguments.kit_file, self._language)
        self._unlock(engine)
        shares = engine.ask(SplitKit(kit=kit, threshold=arguments.threshold, count=arguments.count))
        if arguments.file is None:
            self._answer(shares, "\n".join(shares.texts))
            return ExitCode.OK
        printing = PrintShares(
            shares=shares.texts, threshold=shares.threshold, language=self._word_language()
        )
        return self._hand_out(
            arguments.file,
            engine.ask(printing),
            texts.SHARES_WRITTEN,
            shares,
            count=len(shares.texts),
            threshold=shares.threshold,
        )

    def recovery_join(self, engine: Asking) -> int:
        """Give the kit's code back from shares."""
        found = engine.ask(JoinShares(shares=read_shares(self._arguments.shares_file)))
        self._answer(found, found.text)
        return ExitCode.OK

    def _word_language(self) -> WordLanguage:
        return (
            WordLanguage.FRENCH if self._language is texts.Language.FRENCH else WordLanguage.ENGLISH
        )

    def _check_page(self, option: str, page: Path | None, *, may_be_output: bool = True) -> None:
        """See to it that a page can be written where it is to go, before anything is done. Raises UsageError."""
        if page is None:
            return
        if may_be_output and str(page) == STANDARD_OUTPUT:
            if sys.stdout.isatty():
                raise UsageError(texts.PAGE_NOT_HERE, option=option)
            return
        is_new = not page.exists() and page.parent.is_dir() and os.access(page.parent, os.W_OK)
        if not is_new or str(page) == STANDARD_OUTPUT:
            raise UsageError(texts.PAGE_UNWRITABLE, option=option, path=report.harmless(str(page)))

    def _write_page(
        self, page: Path, pages: PrintedPages, text: texts.Text, **values: object
    ) -> bool:
        """Write a secret page into a new file that only its owner can read, and say what that means."""
        said = report.harmless(str(page))
        if not self._write_new(page, pages.pdf):
            self.say_error(self._speak(texts.PAGE_NOT_WRITTEN, path=said))
            return False
        self.say_error(self._speak(text, path=said, **values))
        return True

    def _write_new(self, path: Path, content: bytes) -> bool:
        """Write a new file that only its owner can read; false if that cannot be."""
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
        except OSError:
            return False
        return True

    def _picture(self, text: str) -> str:
        """Return a text as QR picture if somebody looks at a terminal that can show it."""
        if not text or self._arguments.json or not sys.stdout.isatty():
            return ""
        columns = shutil.get_terminal_size().columns
        return report.picture(text, columns=columns, encoding=sys.stdout.encoding)

    def factor_show(self, engine: Asking) -> int:
        """Show the second factor once more."""
        self._unlock(engine)
        found = engine.ask(ShowSecondFactors())
        self._answer(found, report.second_factors(found, self._language))
        return ExitCode.OK

    def login(self, engine: Asking) -> int:
        """Sign in at the relay, and receive what waits there."""
        passphrase = self._unlock(engine)
        answer = self._sign_in(engine, passphrase)
        self._answer(answer, report.signed_in(answer, self._language))
        engine.try_to(Synchronise())
        return ExitCode.OK

    def factor_list(self, engine: Asking) -> int:
        """List what the account can be signed in with."""
        self._unlock(engine)
        found = engine.ask(ListFactors())
        self._answer(found, report.factors(found, self._language))
        return ExitCode.OK

    def factor_add(self, engine: Asking) -> int:
        """Add a telephone or a security key."""
        name = fields.line("--name", self._arguments.name, fields.bounds(BeginTotp, "name"))
        passphrase = self._unlock(engine)
        if self._arguments.kind == "security-key":
            added = self._with_pin(
                lambda pin: self._stepped_up(engine, passphrase, AddSecurityKey(name=name, pin=pin))
            )
            self._answer(added, self._speak(texts.FACTOR_ADDED))
            return ExitCode.OK
        begun = engine.ask(BeginTotp(name=name))
        shown = [self._picture(begun.totp_uri), report.new_totp(begun, self._language)]
        self._answer(begun, "\n".join(filter(None, shown)))
        if not self._arguments.json:
            code = ask_later_code(texts.NEW_CODE, self._language)
            if code:
                return self._confirm_totp(engine, passphrase, code)
        return ExitCode.OK

    def factor_confirm(self, engine: Asking) -> int:
        """Take a telephone that has shown its first code."""
        given = self._arguments.code
        if given is None and not sys.stdin.isatty():
            raise UsageError(texts.NO_NEW_CODE)
        passphrase = self._unlock(engine)
        if given == STANDARD_INPUT:
            given = read_code(given)
        if given is None:
            given = ask_later_code(texts.NEW_CODE, self._language)
            if not given:
                raise UsageError(texts.NO_NEW_CODE)
        return self._confirm_totp(engine, passphrase, given)

    def _confirm_totp(self, engine: Asking, passphrase: str, given: str) -> int:
        code = fields.line("CODE", given, fields.bounds(ConfirmTotp, "code"))
        added = self._stepped_up(engine, passphrase, ConfirmTotp(code=code))
        self._answer(added, self._speak(texts.FACTOR_ADDED))
        return ExitCode.OK

    def factor_remove(self, engine: Asking) -> int:
        """Take a telephone or a security key away."""
        factor = FactorId(self._number(self._arguments.factor, texts.NO_FACTOR_NUMBER))
        passphrase = self._unlock(engine)
        done = self._stepped_up(engine, passphrase, RemoveFactor(factor=factor))
        self._answer(done, self._speak(texts.FACTOR_REMOVED))
        return ExitCode.OK

    def recovery_codes_renew(self, engine: Asking) -> int:
        """Make new recovery codes."""
        passphrase = self._unlock(engine)
        made = self._stepped_up(engine, passphrase, RenewRecoveryCodes())
        self._answer(made, report.recovery_codes(made.recovery_codes, self._language))
        return ExitCode.OK

    def recovery_codes_confirm(self, engine: Asking) -> int:
        """Forget recovery codes that are on paper."""
        self._unlock(engine)
        done = engine.ask(ConfirmRecoveryCodes())
        self._answer(done, self._speak(texts.CODES_CONFIRMED))
        return ExitCode.OK

    def passphrase_change(self, engine: Asking) -> int:
        """Choose another passphrase."""
        passphrase = self._unlock(engine)
        source = self._arguments.new_passphrase_file
        new = read_passphrase(source, self._language, is_new=True)
        done = self._stepped_up(engine, passphrase, ChangePassphrase(passphrase=new))
        self._answer(done, self._speak(texts.PASSPHRASE_CHANGED))
        return ExitCode.OK

    def devices_list(self, engine: Asking) -> int:
        """List the owner's computers."""
        self._unlock(engine)
        engine.try_to(Synchronise())
        found = engine.ask(ListDevices())
        self._answer(found, report.devices(found, self._language))
        return ExitCode.OK

    def devices_rename(self, engine: Asking) -> int:
        """Call a computer something."""
        device = DeviceId(self._number(self._arguments.device, texts.NO_DEVICE_NUMBER))
        name = fields.line("NAME", self._arguments.name, fields.bounds(RenameDevice, "name"))
        self._unlock(engine)
        done = engine.ask(RenameDevice(device=device, name=name))
        self._answer(done, self._speak(texts.RENAMED))
        return ExitCode.OK

    def devices_revoke(self, engine: Asking) -> int:
        """Remove a computer."""
        device = DeviceId(self._number(self._arguments.device, texts.NO_DEVICE_NUMBER))
        source = self._arguments.kit_file
        is_stolen = self._arguments.stolen or source is not None
        kit = read_kit(source, self._language) if is_stolen else ""
        passphrase = self._unlock(engine)
        removing = (
            RevokeWithKit(device=device, kit=kit) if is_stolen else RevokeDevice(device=device)
        )
        done = self._stepped_up(engine, passphrase, removing)
        self._answer(done, self._speak(texts.REVOKED_STOLEN if is_stolen else texts.REVOKED))
        return ExitCode.OK

    def link_show(self, engine: Asking) -> int:
        """Show a link, and let in the computer whose words are the same."""
        history, months = self._history()
        passphrase = self._unlock(engine)
        shown = self._stepped_up(engine, passphrase, BeginLink(language=self._word_language()))
        self._answer(
            shown,
            self._speak(texts.LINK_SHOWN, link=shown.text, words=" ".join(shown.words)),
        )
        sys.stdout.flush()
        happened = engine.wait_for(LinkOffered, LinkEnded)
        if not isinstance(happened, LinkOffered):
            outcome = happened.outcome if isinstance(happened, LinkEnded) else LinkOutcome.FAILED
            self._answer(happened, self._speak(texts.LINK_OUTCOMES[outcome]))
            return ExitCode.FAILED
        self.say_error(self._speak(texts.LINK_WORDS, words=" ".join(happened.words)))
        words = tuple(happened.words)
        if self._arguments.yes is not None:
            is_piped = self._arguments.yes == STANDARD_INPUT
            given = (sys.stdin.readline() if is_piped else self._arguments.yes).split()
            words = tuple(given) if len(given) == len(words) else ("-", "-", "-")
        elif not ask_yes(texts.SAME_WORDS, self._language):
            engine.ask(CancelLink())
            raise CommandError(Failure.LINK_OTHER_WORDS)
        confirm = ConfirmLink(words=words, history=history, months=months)
        try:
            done = self._stepped_up(engine, passphrase, confirm)
        except CommandError as error:
            if error.failure is Failure.LINK_OTHER_WORDS:
                engine.ask(CancelLink())
            raise
        engine.try_to(Synchronise())
        self._answer(done, self._speak(texts.LINK_OUTCOMES[LinkOutcome.DONE]))
        return ExitCode.OK

    def _history(self) -> tuple[HistoryChoice, int]:
        which = self._arguments.history
        if which in {"all", "none"}:
            return (HistoryChoice.ALL if which == "all" else HistoryChoice.NONE), 12
        if not (which.isascii() and which.isdigit() and 1 <= int(which) <= 1200):
            raise UsageError(texts.NO_HISTORY)
        return HistoryChoice.RECENT, int(which)

    def link_join(self, engine: Asking) -> int:
        """Answer a link, wait until this computer is let in, and sign in."""
        arguments = self._arguments
        if engine.ask(ShowStatus()).profile is not ProfileState.EMPTY:
            raise CommandError(Failure.PROFILE_EXISTS)
        name = fields.line("--name", arguments.name, fields.bounds(JoinLink, "name"))
        text = self._file_text(arguments.text_file, "--text-file", fields.bounds(JoinLink, "text"))
        passphrase = read_passphrase(arguments.passphrase_file, self._language, is_new=False)
        joined = engine.ask(
            JoinLink(
                text=text,
                enrolment=arguments.enrolment,
                passphrase=passphrase,
                name=name,
                language=self._word_language(),
            )
        )
        self._answer(joined, self._speak(texts.LINK_WORDS, words=" ".join(joined.words)))
        sys.stdout.flush()
        ended = engine.wait_for(LinkEnded)
        outcome = ended.outcome if isinstance(ended, LinkEnded) else LinkOutcome.FAILED
        if outcome is LinkOutcome.DONE and self._can_sign_in():
            self._sign_in(engine, passphrase)
            engine.try_to(Synchronise())
        self._answer(ended, self._speak(texts.LINK_OUTCOMES[outcome]))
        return ExitCode.OK if outcome is LinkOutcome.DONE else ExitCode.FAILED

    def _file_text(self, source: str, option: str, within: Size) -> str:
        """Read a short text from a file or standard input. Raises UsageError."""
        try:
            if source == STANDARD_INPUT:
                raw = sys.stdin.buffer.read(within.most + 1)
            else:
                with Path(source).open("rb") as file:
                    raw = file.read(within.most + 1)
            text = raw.decode("utf-8")
        except (OSError, ValueError):
            raise UsageError(
                texts.FILE_UNREADABLE, option=option, path=report.harmless(source)
            ) from None
        return fields.content(option, text, within)

    def sessions_list(self, engine: Asking) -> int:
        """List where the account is signed in."""
        self._unlock(engine)
        found = engine.ask(ListSessions())
        self._answer(found, report.sessions(found, self._language))
        return ExitCode.OK

    def sessions_end(self, engine: Asking) -> int:
        """Sign out everywhere."""
        self._unlock(engine)
        done = engine.ask(EndSessions())
        self._answer(done, self._speak(texts.SIGNED_OUT))
        return ExitCode.OK

    def status(self, engine: Asking) -> int:
        """Say how things stand; a passphrase is used if it is there, but not asked for."""
        status, details = engine.ask(ShowStatus()), None
        if status.profile is ProfileState.LOCKED and self._arguments.passphrase_file is not None:
            self._unlock(engine)
            engine.try_to(Synchronise())
            status, details = engine.ask(ShowStatus()), engine.ask(ShowConnection())
        self._answer(status, report.status(status, details, self._language))
        return ExitCode.OK

    def accounts(self, _engine: Asking) -> int:
        """List the accounts of the profile."""
        listed = AccountLines(
            rows=tuple(
                AccountLine(
                    number=each.number,
                    name=each.name,
                    folder=str(each.folder),
                    is_listed=each.is_listed,
                )
                for each in profiles(self._profile)
            )
        )
        self._answer(listed, report.accounts(listed, self._language))
        return ExitCode.OK

    def lock(self, _engine: Asking) -> int:
        """Lock the window, as Ctrl+L does in it."""
        done = lock_window(self._profile)
        if done is Locked.NO_ANSWER:
            self.say_error(self._speak(texts.NOT_LOCKED))
            return ExitCode.FAILED
        text = texts.LOCKED if done is Locked.DONE else texts.NOTHING_OPEN
        self._answer(Done(), self._speak(text))
        return ExitCode.OK

    def directory(self, engine: Asking) -> int:
        """Search the directory."""
        query = fields.line("Q", self._arguments.query, fields.bounds(SearchDirectory, "query"))
        self._unlock(engine)
        answer = engine.ask(SearchDirectory(query=query))
        self._answer(answer, report.directory(answer, self._language))
        return ExitCode.OK

    def contact_add(self, engine: Asking) -> int:
        """Ask somebody to correspond."""
        account = self._account(self._arguments.account)
        note = fields.line("--note", self._arguments.note, fields.bounds(RequestContact, "note"))
        self._unlock(engine)
        engine.ask(RequestContact(account=account, note=note))
        return self._deliver(engine, texts.ASKED)

    def contact_accept(self, engine: Asking) -> int:
        """Accept a request."""
        account = self._account(self._arguments.account)
        self._unlock(engine)
        engine.try_to(Synchronise())
        engine.ask(AcceptContact(account=account))
        return self._deliver(engine, texts.ACCEPTED)

    def contact_decline(self, engine: Asking) -> int:
        """Decline a request."""
        account = self._account(self._arguments.account)
        self._unlock(engine)
        engine.ask(DeclineContact(account=account))
        self._answer(Outcome(is_queued=False, report=None), self._speak(texts.DECLINED))
        return ExitCode.OK

    def contact_reconsider(self, engine: Asking) -> int:
        """Take a refusal back."""
        account = self._account(self._arguments.account)
        self._unlock(engine)
        done = engine.ask(ReconsiderContact(account=account))
        self._answer(done, self._speak(texts.RECONSIDERED))
        return ExitCode.OK

    def contact_list(self, engine: Asking) -> int:
        """List correspondents."""
        self._unlock(engine)
        self._receive(engine)
        found = engine.ask(ListContacts())
        self._answer(found, report.contacts(found, self._language))
        return ExitCode.OK

    def contact_show(self, engine: Asking) -> int:
        """Show who somebody is, as far as that is known."""
        account = self._account(self._arguments.account)
        self._unlock(engine)
        self._receive(engine)
        found = engine.ask(ShowContact(account=account))
        self._answer(found, report.contact(found, self._language))
        return ExitCode.OK

    def contact_words(self, engine: Asking) -> int:
        """Show the words to compare."""
        account = self._account(self._arguments.account)
        self._unlock(engine)
        asked = ShowVerificationWords(account=account, language=self._word_language())
        found = engine.ask(asked)
        self._answer(found, " ".join(found.words))
        return ExitCode.OK

    def contact_verify(self, engine: Asking) -> int:
        """Note that the words were the same."""
        account = self._account(self._arguments.account)
        how = Comparison[self._arguments.how.upper().replace("-", "_")]
        self._unlock(engine)
        done = engine.ask(ConfirmVerified(account=account, how=how))
        engine.try_to(Synchronise())
        self._answer(done, self._speak(texts.COMPARED))
        return ExitCode.OK

    def contact_acknowledge(self, engine: Asking) -> int:
        """Let letters go out again."""
        account = self._account(self._arguments.account)
        self._unlock(engine)
        engine.try_to(Synchronise())
        done = engine.ask(AcknowledgeKeyChange(account=account))
        engine.try_to(Synchronise())
        self._answer(done, self._speak(texts.ACKNOWLEDGED))
        return ExitCode.OK

    def contact_card(self, engine: Asking) -> int:
        """Show the own card, or write its picture."""
        out = self._arguments.out
        self._check_page("--out", out, may_be_output=False)
        self._unlock(engine)
        found = engine.ask(ShowCard())
        if out is not None:
            if not self._write_new(out, report.picture_file(found.text)):
                self.say_error(self._speak(texts.CARD_NOT_WRITTEN, path=report.harmless(str(out))))
                return ExitCode.FAILED
            if not self._arguments.json:
                print(self._speak(texts.CARD_WRITTEN, path=report.harmless(str(out))))
                return ExitCode.OK
        self._answer(found, "\n".join(filter(None, (self._picture(found.text), found.text))))
        return ExitCode.OK

    def contact_take_card(self, engine: Asking) -> int:
        """Ask the person of a card to correspond."""
        arguments = self._arguments
        text = self._file_text(arguments.card_file, "--card-file", fields.bounds(AddByCard, "text"))
        note = fields.line("--note", arguments.note, fields.bounds(AddByCard, "note"))
        self._unlock(engine)
        engine.ask(AddByCard(text=text, note=note, is_from_person=arguments.from_the_person))
        return self._deliver(engine, texts.ASKED)

    def contact_vouch(self, engine: Asking) -> int:
        """Vouch for somebody, or take it back."""
        account = self._account(self._arguments.account)
        is_withdrawn = self._arguments.withdraw
        self._unlock(engine)
        done = engine.ask(
            WithdrawVouch(account=account) if is_withdrawn else Vouch(account=account)
        )
        self._answer(done, self._speak(texts.UNVOUCHED if is_withdrawn else texts.VOUCHED))
        return ExitCode.OK

    def send(self, engine: Asking) -> int:
        """Store a letter, then send it if that is possible now."""
        arguments = self._arguments
        to = tuple(self._account(each) for each in arguments.to.split(","))
        fields.count("--to", to, fields.bounds(SendLetter, "to"))
        subject = fields.line("--subject", arguments.subject, fields.bounds(SendLetter, "subject"))
        fields.count("--attach", arguments.attach, fields.bounds(SendLetter, "attachments"))
        attachments = tuple(fields.readable_file("--attach", each) for each in arguments.attach)
        reply = None if arguments.in_reply_to is None else self._message(arguments.in_reply_to)
        send_at = self._moment()
        patient = None
        if arguments.patient is not None:
            patient = PatientId(self._number(arguments.patient, texts.NO_PATIENT_NUMBER))
        text = self._body()
        self._unlock(engine)
        # New correspondents may have answered meanwhile.
        engine.try_to(Synchronise())
        queued = engine.ask(
            SendLetter(
                to=to,
                subject=subject,
                text=text,
                attachments=attachments,
                urgency=Urgency.URGENT if arguments.urgent else Urgency.NORMAL,
                in_reply_to=reply,
                accepts_unverified=arguments.unverified,
                patient=patient,
                send_at=send_at,
                is_answer_wanted=arguments.wants_answer,
                emergency=fields.line(
                    "--emergency", arguments.emergency, fields.bounds(SendLetter, "emergency")
                ),
            )
        )
        return self._send_out(engine, queued)

    def _moment(self) -> UnixMillis | None:
        """Return what --at says. Raises UsageError."""
        text = self._arguments.at
        if text is None:
            return None
        try:
            # Without a zone it is this computer's.
            seconds = datetime.fromisoformat(text).astimezone().timestamp()
            if seconds < 0:
                raise ValueError  # noqa: TRY301 - said in the same words
        except (ValueError, OverflowError, OSError):
            raise UsageError(texts.NO_MOMENT, text=report.harmless(text[:60])) from None
        return UnixMillis(int(seconds * 1000))

    def _send_out(self, engine: Asking, queued: Queued) -> int:
        is_offline = engine.try_to(Synchronise()) is None
        message = engine.ask(ShowMessage(message=queued.message))
        recipients = message.recipients
        is_queued = any(row.state is DeliveryState.QUEUED for row in recipients)
        sent = Sent(
            message=queued.message,
            conversation=queued.conversation,
            is_queued=is_queued,
            send_at=message.send_at,
            recipients=recipients,
        )
        rows = [report.recipient_line(row, self._language) for row in recipients]
        if message.send_at is not None:
            rows.append(self._speak(texts.WAITS_UNTIL, at=report.moment(message.send_at)))
        self._answer(sent, "\n".join([queued.message.hex(), *rows]))
        if message.send_at is not None:
            # It waits because somebody wants it to.
            return ExitCode.OK
        if is_queued and is_offline:
            self.say_error(self._speak(_queued(engine)))
        return ExitCode.QUEUED if is_queued else ExitCode.OK

    def mail_list(self, engine: Asking) -> int:
        """List the conversations of a place."""
        arguments = self._arguments
        place = Place[arguments.place.upper().replace("-", "_")]
        patient = None if arguments.patient is None else self._patient()
        self._unlock(engine)
        rows: tuple[ConversationRow, ...] = ()
        page: ConversationPage | None = None
        while page is None or (page.more and len(rows) < arguments.limit):
            page = engine.ask(
                ListConversations(
                    place=place,
                    before=rows[-1].conversation if rows else None,
                    limit=min(PAGE_LIMIT, arguments.limit - len(rows)),
                    patient=patient,
                )
            )
            rows += page.rows
        self._answer(replace(page, rows=rows), report.conversations(rows, self._language))
        return ExitCode.OK

    def mail_organise(self, engine: Asking) -> int:
        """Do something with conversations."""
        step = self._arguments.step
        act = Act[step.upper().replace("-", "_")]
        if act is Act.REMOVE and self._arguments.filed:
            act = Act.REMOVE_FILED
        chosen = self._conversations()
        self._unlock(engine)
        done = engine.ask(Organise(conversations=chosen, act=act))
        said = texts.REMOVED_FOR_NOW if step == "remove" else texts.ORGANISED
        self._answer(done, self._speak(said))
        return ExitCode.OK

    def mail_file(self, engine: Asking) -> int:
        """File conversations under a patient, or under none."""
        chosen = self._conversations()
        patient = None if self._arguments.nobody else self._patient()
        self._unlock(engine)
        done = engine.ask(FileConversations(conversations=chosen, patient=patient))
        self._answer(done, self._speak(texts.ORGANISED))
        return ExitCode.OK

    def _conversations(self) -> tuple[ConversationId, ...]:
        given = self._arguments.conversation
        fields.count("ID", given, fields.bounds(Organise, "conversations"))
        return tuple(
            ConversationId(self._number(each, texts.NO_CONVERSATION_NUMBER)) for each in given
        )

    def _patient(self) -> PatientId:
        return PatientId(self._number(self._arguments.patient, texts.NO_PATIENT_NUMBER))

    def patient_list(self, engine: Asking) -> int:
        """List patients."""
        arguments = self._arguments
        query = fields.line(
            "BEGINNING", " ".join(arguments.query), fields.bounds(ListPatients, "query")
        )
        self._unlock(engine)
        found = engine.ask(ListPatients(query=query, limit=min(arguments.limit, PAGE_LIMIT)))
        self._answer(found, report.patients(found.rows, self._language))
        return ExitCode.OK

    def patient_save(self, engine: Asking) -> int:
        """Add a patient, or correct one."""
        arguments = self._arguments
        command = SavePatient(
            patient=None if arguments.patient is None else self._patient(),
            family_name=fields.line(
                "--family-name", arguments.family_name, fields.bounds(SavePatient, "family_name")
            ),
            given_name=fields.line(
                "--given-name", arguments.given_name, fields.bounds(SavePatient, "given_name")
            ),
            birth_date=fields.line(
                "--born", arguments.born, fields.bounds(SavePatient, "birth_date")
            ),
        )
        said = self._card()
        self._unlock(engine)
        if said:
            known = NO_CARD
            if command.patient is not None:
                known = engine.ask(ShowPatient(patient=command.patient)).card
            command = replace(command, card=replace(known, **said))
        saved = engine.ask(command)
        self._answer(saved, report.patients([saved], self._language))
        return ExitCode.OK

    def _card(self) -> dict[str, Any]:
        """What was given of a card."""
        arguments = self._arguments
        said: dict[str, Any] = {
            name: fields.line(f"--{option}", given, fields.bounds(PatientCard, name))
            for option, name in (
                ("birth-name", "birth_name"),
                ("telephone", "telephone"),
                ("email", "email"),
                ("address", "address"),
                ("notes", "notes"),
                ("died", "died_on"),
                ("seen", "seen_on"),
            )
            if (given := getattr(arguments, option.replace("-", "_"))) is not None
        }
        if arguments.sex is not None:
            said["sex"] = Sex[arguments.sex.upper()]
        if arguments.ins is not None:
            number = read_matricule(arguments.ins)
            if arguments.ins and number is None:
                raise UsageError(texts.NO_INS)
            said["ins"] = (
                None
                if number is None
                else NationalIdentity(matricule=number, oid=NIR_OID, is_qualified=False)
            )
        return said

    def patient_show(self, engine: Asking) -> int:
        """Show a patient's card."""
        patient = self._patient()
        self._unlock(engine)
        return self._say_patient(engine.ask(ShowPatient(patient=patient)))

    def patient_merge(self, engine: Asking) -> int:
        """Let two patients be one."""
        kept = self._patient()
        gone = PatientId(self._number(self._arguments.gone, texts.NO_PATIENT_NUMBER))
        self._unlock(engine)
        return self._say_patient(engine.ask(MergePatients(kept=kept, gone=gone)))

    def patient_separate(self, engine: Asking) -> int:
        """Make two of a patient again."""
        patient = self._patient()
        self._unlock(engine)
        merge = engine.ask(ShowPatient(patient=patient)).merge
        if merge is None:
            raise CommandError(Failure.MERGE_CHANGED)
        return self._say_patient(engine.ask(UndoMerge(merge=merge.merge)))

    def _say_patient(self, record: PatientRecord) -> int:
        self._answer(record, report.patient(record, self._language))
        return ExitCode.OK

    def patient_twice(self, engine: Asking) -> int:
        """List pairs who may be one person."""
        self._unlock(engine)
        found = engine.ask(ListDuplicates())
        self._answer(found, report.pairs(found, self._language))
        return ExitCode.OK

    def patient_import(self, engine: Asking) -> int:
        """Take patients over from a table."""
        arguments = self._arguments
        path = fields.path("FILE", Path(arguments.file))
        self._unlock(engine)
        done = engine.ask(ImportPatients(path=path, is_trial=arguments.trial))
        said = report.table_import(done, self._language, is_trial=arguments.trial)
        self._answer(done, said)
        return ExitCode.OK

    def patient_remove(self, engine: Asking) -> int:
        """Forget a patient."""
        patient = self._patient()
        self._unlock(engine)
        done = engine.ask(RemovePatient(patient=patient))
        self._answer(done, self._speak(texts.ORGANISED))
        return ExitCode.OK

    def rights_show(self, engine: Asking) -> int:
        """Show to whom letters about a patient may go, and what was recorded."""
        patient = self._patient()
        self._unlock(engine)
        found = engine.ask(ShowRights(patient=patient))
        self._answer(found, report.rights(found, self._language))
        return ExitCode.OK

    def rights_consent(self, engine: Asking) -> int:
        """Record a consent."""
        arguments = self._arguments
        wish = ConsentWish(
            purpose=fields.line("--for", arguments.purpose, fields.bounds(ConsentWish, "purpose")),
            data=tuple(sorted({meant(DataKind, each) for each in arguments.about})),
            basis=Basis.EXPLICIT,
            until=self._day("--until", arguments.until, is_end=True),
        )
        return self._decide(engine, DecisionKind.CONSENT, consent=wish)

    def rights_withdraw(self, engine: Asking) -> int:
        """Record a withdrawal."""
        return self._decide(engine, DecisionKind.WITHDRAWAL)

    def rights_oppose(self, engine: Asking) -> int:
        """Record an opposition."""
        return self._decide(engine, DecisionKind.OPPOSITION)

    def rights_lift(self, engine: Asking) -> int:
        """Record that an opposition is over."""
        return self._decide(engine, DecisionKind.LIFTING)

    def rights_informed(self, engine: Asking) -> int:
        """Record that the patient knows."""
        return self._decide(engine, DecisionKind.INFORMED)

    def rights_care(self, engine: Asking) -> int:
        """Say who takes part in the care."""
        return self._decide(engine, DecisionKind.TIE, tie=meant(CareTie, self._arguments.tie))

    def _decide(
        self,
        engine: Asking,
        kind: DecisionKind,
        *,
        consent: ConsentWish | None = None,
        tie: CareTie | None = None,
    ) -> int:
        arguments = self._arguments
        to = () if arguments.to is None else tuple(map(self._account, arguments.to.split(",")))
        fields.count("--to", to, fields.bounds(RecordDecision, "accounts"))
        command = RecordDecision(
            patient=self._patient(),
            kind=kind,
            accounts=to,
            channel=meant(Channel, arguments.how),
            capacity=meant(Capacity, arguments.decided_by),
            by=fields.line("--name", arguments.name, fields.bounds(RecordDecision, "by")),
            consent=consent,
            tie=tie,
            text=fields.line("--note", arguments.note, fields.bounds(RecordDecision, "text")),
        )
        self._unlock(engine)
        done = engine.ask(command)
        # The other own computers hear of it at once, if they can.
        engine.try_to(Synchronise())
        self._answer(done, self._speak(texts.DECIDED))
        return ExitCode.OK

    def patient_erase(self, engine: Asking) -> int:
        """Erase a patient for good, or say what that would do."""
        return self._erase(engine, patient=self._patient())

    def erasure_letter(self, engine: Asking) -> int:
        """Erase a letter for good, or say what that would do."""
        return self._erase(engine, letter=self._message(self._arguments.message))

    def _erase(
        self,
        engine: Asking,
        *,
        patient: PatientId | None = None,
        letter: MessageId | None = None,
    ) -> int:
        passphrase = self._unlock(engine)
        if self._arguments.plan:
            plan = engine.ask(PlanErasure(patient=patient, letter=letter))
            self._answer(plan, report.erasure_plan(plan, self._language))
            return ExitCode.OK
        erased = engine.ask(EraseForGood(patient=patient, letter=letter, passphrase=passphrase))
        self._answer(erased, report.erasures([erased], self._language))
        return ExitCode.OK

    def erasure_list(self, engine: Asking) -> int:
        """List what was erased."""
        self._unlock(engine)
        found = engine.ask(ListErasures())
        self._answer(found, report.erasures(found.rows, self._language))
        return ExitCode.OK

    def erasure_certificate(self, engine: Asking) -> int:
        """Write a certificate."""
        arguments = self._arguments
        erasure = self._number(arguments.erasure, texts.NO_ERASURE_NUMBER)
        self._unlock(engine)
        saved = engine.ask(
            SaveCertificate(
                erasure=erasure,
                directory=str(arguments.to.absolute()),
                language=self._word_language(),
            )
        )
        self._answer(saved, "\n".join(filter(None, (saved.path, saved.proof))))
        return ExitCode.OK

    def folders_show(self, engine: Asking) -> int:
        """Show what goes on in the folders of practice software."""
        self._unlock(engine)
        return self._say_folders(engine.ask(ShowFolders()))

    def folders_watch(self, engine: Asking) -> int:
        """Choose the folder."""
        arguments = self._arguments
        settings = FolderSettings(
            folder=fields.path("DIR", arguments.folder),
            writes_received=not arguments.no_received,
            packs_cda=arguments.cda_as_xdm,
            language=self._word_language(),
        )
        self._unlock(engine)
        state = engine.ask(WatchFolders(settings=settings))
        self.say_error(self._speak(texts.FOLDERS_READABLE))
        return self._say_folders(state)

    def folders_stop(self, engine: Asking) -> int:
        """Watch none."""
        self._unlock(engine)
        return self._say_folders(engine.ask(WatchFolders(settings=FolderSettings(folder=""))))

    def folders_run(self, engine: Asking) -> int:
        """Send what lies there, and write what has arrived."""
        self._unlock(engine)
        engine.try_to(Synchronise())
        state = engine.ask(RunFolders())
        if state.waiting:
            # Nothing is taken before it was seen unchanged for five seconds.
            time.sleep(_SETTLE_SECONDS)
            state = engine.ask(RunFolders())
        is_offline = engine.try_to(Synchronise()) is None
        state = engine.ask(RunFolders())
        self._say_folders(state)
        if is_offline:
            self.say_error(self._speak(_queued(engine)))
        if state.trouble is not None:
            return ExitCode.FAILED
        return ExitCode.QUEUED if is_offline else ExitCode.OK

    def folders_verify(self, engine: Asking) -> int:
        """Check a result file."""
        path = fields.path("FILE", self._arguments.file)
        self._unlock(engine)
        verdict = engine.ask(VerifyFolderResult(path=path))
        self._answer(verdict, report.folder_verdict(verdict, self._language))
        return ExitCode.FAILED if verdict.changed else ExitCode.OK

    def _say_folders(self, state: FolderState) -> int:
        self._answer(state, report.folders(state, self._language))
        return ExitCode.OK

    def absence_show(self, engine: Asking) -> int:
        """Show the absence."""
        self._unlock(engine)
        found = engine.ask(ShowAbsence())
        self._answer(found, report.absence(found, self._language))
        return ExitCode.OK

    def absence_set(self, engine: Asking) -> int:
        """Be away: contacts are told now if that is possible, else at the next connection."""
        arguments = self._arguments
        named: DraftRecipient | None = None
        if arguments.replaced_by is not None:
            account = self._account(arguments.replaced_by)
            # The name that counts is the one in the list of contacts.
            named = DraftRecipient(account=account, name="", profession="")
        until = self._day("--until", arguments.until, is_end=True)
        since = self._day("--since", arguments.since)
        text = ""
        if arguments.text_file is not None:
            within = fields.bounds(Absence, "text")
            text = self._file_text(arguments.text_file, "--text-file", within)
        self._unlock(engine)
        now = UnixMillis(int(time.time() * 1000))
        absence = Absence(
            since=now if since is None else since,
            # The moment after the last day.
            until=UnixMillis((until or now) + 1),
            replacement=named,
            text=text,
        )
        return self._say_absence(engine, SaveAbsence(absence=absence))

    def absence_end(self, engine: Asking) -> int:
        """Be back: contacts are told as of an absence."""
        self._unlock(engine)
        return self._say_absence(engine, SaveAbsence(absence=None))

    def _say_absence(self, engine: Asking, command: SaveAbsence) -> int:
        # New contacts may have answered, and be named.
        engine.try_to(Synchronise())
        engine.ask(command)
        is_offline = engine.try_to(Synchronise()) is None
        found = engine.ask(ShowAbsence())
        self._answer(found, report.absence(found, self._language))
        if is_offline:
            self.say_error(self._speak(_queued(engine)))
        return ExitCode.QUEUED if is_offline else ExitCode.OK

    def contact_block(self, engine: Asking) -> int:
        """Want nothing of somebody any more, or again."""
        account = self._account(self._arguments.account)
        is_blocked = self._arguments.step == "block"
        self._unlock(engine)
        done = engine.ask(
            BlockContact(account=account) if is_blocked else UnblockContact(account=account)
        )
        self._answer(done, self._speak(texts.BLOCKED_NOW if is_blocked else texts.UNBLOCKED))
        return ExitCode.OK

    def contact_note(self, engine: Asking) -> int:
        """Note something about somebody."""
        account = self._account(self._arguments.account)
        within = fields.bounds(NoteContact, "remark")
        remark = self._file_text(self._arguments.text_file, "--text-file", within)
        self._unlock(engine)
        done = engine.ask(NoteContact(account=account, remark=remark))
        self._answer(done, self._speak(texts.ORGANISED))
        return ExitCode.OK

    def drafts_list(self, engine: Asking) -> int:
        """List drafts."""
        self._unlock(engine)
        limit = min(self._arguments.limit, PAGE_LIMIT)
        found = engine.ask(ListDrafts(offset=0, limit=limit))
        self._answer(found, report.drafts(found, self._language))
        return ExitCode.OK

    def drafts_show(self, engine: Asking) -> int:
        """Show a draft."""
        draft = self._draft()
        self._unlock(engine)
        found = engine.ask(OpenDraft(draft=draft))
        self._answer(found, report.draft(found, self._language))
        return ExitCode.OK

    def drafts_send(self, engine: Asking) -> int:
        """Make a draft a letter, then send it if that is possible now."""
        draft = self._draft()
        send_at = self._moment()
        self._unlock(engine)
        # New correspondents may have answered meanwhile.
        engine.try_to(Synchronise())
        queued = engine.ask(
            SendDraft(
                draft=draft,
                send_at=send_at,
                accepts_unverified=self._arguments.unverified,
            )
        )
        return self._send_out(engine, queued)

    def drafts_remove(self, engine: Asking) -> int:
        """Throw a draft away."""
        draft = self._draft()
        self._unlock(engine)
        # What is thrown away and not there is an error here: nobody can have seen it in a list.
        engine.ask(OpenDraft(draft=draft))
        done = engine.ask(RemoveDrafts(drafts=(draft,)))
        self._answer(done, self._speak(texts.DRAFT_REMOVED))
        return ExitCode.OK

    def queue(self, engine: Asking) -> int:
        """List what waits to be sent."""
        self._unlock(engine)
        found = engine.ask(ListQueue(limit=min(self._arguments.limit, PAGE_LIMIT)))
        self._answer(found, report.queue(found, self._language))
        return ExitCode.OK

    def cancel(self, engine: Asking) -> int:
        """Make a letter a draft again."""
        message = self._message(self._arguments.message)
        self._unlock(engine)
        draft = engine.ask(CancelSending(message=message))
        self._answer(draft, self._speak(texts.DRAFT_AGAIN, draft=draft.draft.hex()))
        return ExitCode.OK

    def _draft(self) -> DraftId:
        return DraftId(self._number(self._arguments.draft, texts.NO_DRAFT_NUMBER))

    def sync(self, engine: Asking) -> int:
        """Send and receive."""
        self._unlock(engine)
        done = engine.ask(Synchronise())
        self._answer(done, report.synchronised(done, self._language))
        return ExitCode.OK

    def inbox(self, engine: Asking) -> int:
        """List what was received."""
        self._unlock(engine)
        is_synchronised = self._receive(engine)
        messages = self._received(engine, self._arguments.limit)
        self._answer(
            Inbox(is_synchronised=is_synchronised, messages=messages),
            report.inbox(messages, self._language),
        )
        return ExitCode.OK

    def search(self, engine: Asking) -> int:
        """Find letters by their words."""
        arguments = self._arguments
        query = fields.line("WORD", " ".join(arguments.query), fields.bounds(Search, "query"))
        search = Search(
            query=query,
            person=None if arguments.person is None else self._account(arguments.person),
            patient=None
            if arguments.patient is None
            else PatientId(self._number(arguments.patient, texts.NO_PATIENT_NUMBER)),
            since=self._day("--since", arguments.since),
            until=self._day("--until", arguments.until, is_end=True),
            has_documents=arguments.with_documents,
            kind=None if arguments.kind is None else DocumentKind[arguments.kind.upper()],
            before=None if arguments.before is None else self._message(arguments.before),
            limit=min(PAGE_LIMIT, arguments.limit),
        )
        self._unlock(engine)
        page = engine.ask(search)
        self._answer(page, report.search(page, self._language))
        return ExitCode.OK

    def unsearched(self, engine: Asking) -> int:
        """List what the search does not cover."""
        self._unlock(engine)
        found = engine.ask(ListUnread(limit=PAGE_LIMIT))
        self._answer(found, report.unsearched(found, self._language))
        return ExitCode.OK

    def import_mail(self, engine: Asking) -> int:
        """Take letters over from another mail program."""
        arguments = self._arguments
        command = ImportMail(
            paths=tuple(fields.path("FILE", Path(each)) for each in arguments.files),
            own_addresses=tuple(fields.email_address("--own", each) for each in arguments.own),
        )
        self._unlock(engine)
        done = engine.ask(command)
        self._answer(done, report.imported(done, self._language))
        return ExitCode.OK

    def _day(self, option: str, text: str | None, *, is_end: bool = False) -> UnixMillis | None:
        """Return the first moment of a day of this computer, or its last. Raises UsageError."""
        if text is None:
            return None
        try:
            day = date.fromisoformat(text) + timedelta(days=int(is_end))
            begins = datetime(day.year, day.month, day.day).astimezone().timestamp()
        except (ValueError, OverflowError, OSError):
            raise UsageError(texts.NO_DAY, option=option, text=report.harmless(text[:60])) from None
        return UnixMillis(max(0, round(begins * 1000) - int(is_end)))

    def _received(self, engine: Asking, limit: int) -> tuple[MessageView, ...]:
        """Return the newest messages: they are in as many of the newest conversations at most."""
        found: list[MessageView] = []
        before: ConversationId | None = None
        conversations = 0
        while True:
            wanted = min(PAGE_LIMIT, limit - conversations)
            page = engine.ask(ListConversations(place=Place.INBOX, before=before, limit=wanted))
            for row in page.rows:
                read = engine.ask(
                    ReadConversation(
                        conversation=row.conversation, before=None, limit=min(PAGE_LIMIT, limit)
                    )
                )
                found += [each for each in read.messages if each.direction is Direction.RECEIVED]
                before = row.conversation
            conversations += len(page.rows)
            if not page.more or conversations >= limit:
                break
        found.sort(key=lambda each: each.received_at or each.sent_at, reverse=True)
        return tuple(found[:limit])

    def show(self, engine: Asking) -> int:
        """Show a message, and tell its sender that it was read."""
        message = self._message(self._arguments.message)
        self._unlock(engine)
        found = engine.ask(ShowMessage(message=message))
        self._answer(found, report.message(found, self._language))
        if not self._arguments.peek:
            self._tell_read(engine, found)
        return ExitCode.OK

    def save(self, engine: Asking) -> int:
        """Save all documents of a message."""
        message = self._message(self._arguments.message)
        directory = fields.path("--to", self._arguments.to)
        self._unlock(engine)
        found = engine.ask(ShowMessage(message=message))
        if not all(row.available for row in found.attachments):
            engine.try_to(Synchronise())
        files = tuple(
            engine.ask(SaveAttachment(message=message, index=index, directory=directory))
            for index in range(len(found.attachments))
        )
        lines = [self._speak(texts.SAVED, path=report.harmless(file.path)) for file in files]
        self._answer(SavedFiles(files=files), "\n".join(lines) or self._speak(texts.NO_DOCUMENTS))
        if files:
            self._tell_read(engine, found)
        return ExitCode.OK

    def receipts(self, engine: Asking) -> int:
        """Show the evidence about a message."""
        message = self._message(self._arguments.message)
        self._unlock(engine)
        self._receive(engine)
        found = engine.ask(ShowReceipts(message=message))
        self._answer(found, report.receipts(found, self._language))
        return ExitCode.OK

    def journal_list(self, engine: Asking) -> int:
        """List what was done."""
        arguments = self._arguments
        command = self._narrowed(
            ListJournal(before=arguments.before, limit=min(PAGE_LIMIT, arguments.limit))
        )
        self._unlock(engine)
        self._receive(engine)
        page = engine.ask(command)
        self._answer(page, report.journal(page, self._language))
        return ExitCode.OK

    def journal_report(self, engine: Asking) -> int:
        """Write a report for people."""
        arguments = self._arguments
        is_pdf = arguments.pdf is not None
        # Absolute first: of "report.pdf" there is a folder, and the engine runs in another one.
        file = Path(fields.path("--pdf" if is_pdf else "--csv", arguments.pdf or arguments.csv))
        reader = ReportReader[arguments.reader.upper()]
        if reader is ReportReader.PATIENT and arguments.patient is None:
            raise UsageError(texts.NO_REPORTED_PATIENT)
        command = self._narrowed(
            WriteReport(
                directory=str(file.parent),
                name=file.name,
                reader=reader,
                form=ReportForm.PDF if is_pdf else ReportForm.CSV,
                language=self._word_language(),
            )
        )
        self._unlock(engine)
        self._receive(engine)
        found = engine.ask(command)
        self._answer(found, report.written(found, self._language))
        return ExitCode.OK

    def _narrowed(self, command: Narrowed) -> Narrowed:
        """Return a command that is only about the acts which the options let through. Raises UsageError."""
        arguments = self._arguments
        return replace(
            command,
            person=None if arguments.person is None else self._account(arguments.person),
            patient=None
            if arguments.patient is None
            else PatientId(self._number(arguments.patient, texts.NO_PATIENT_NUMBER)),
            letter=None if arguments.letter is None else self._message(arguments.letter),
            kind=None if arguments.kind is None else DeedKind[arguments.kind.upper()],
            since=self._day("--since", arguments.since),
            until=self._day("--until", arguments.until, is_end=True),
        )

    def journal_show(self, engine: Asking) -> int:
        """Verify one act."""
        self._unlock(engine)
        entry, file = self._arguments.entry, self._arguments.authority
        certificates = b"" if file is None else fields.certificates("--authority", file)
        found = engine.ask(ShowProof(entry=entry))
        stamped = engine.ask(ShowTimestamp(entry=entry, certificates=certificates))
        if self._arguments.json:
            print(to_json(found, timestamp=stamped))
        else:
            now = datetime.now().astimezone()
            print(report.proof(found, self._language))
            print(report.timestamp(stamped, self._language, now=now))
        is_false = (
            False in {found.signature_holds, found.inclusion_holds}
            or stamped.standing is TimestampStanding.REFUSED
        )
        return ExitCode.UNTRUSTED if is_false else ExitCode.OK

    def audit_verify(self, engine: Asking) -> int:
        """Verify the journal."""
        self._unlock(engine)
        found = engine.ask(VerifyAudit())
        self._answer(found, report.audit(found, self._language))
        if found.problems == (report.AUDIT_OFFLINE,):
            return ExitCode.UNREACHABLE
        return ExitCode.UNTRUSTED if found.problems else ExitCode.OK

    def audit_export(self, engine: Asking) -> int:
        """Write an evidence file."""
        arguments = self._arguments
        today = datetime.now().astimezone().date()
        command = ExportEvidence(
            directory=fields.path("--to", arguments.to),
            name=self._speak(texts.EVIDENCE_NAME, day=today.isoformat()),
            since=self._day("--since", arguments.since),
            until=self._day("--until", arguments.until, is_end=True),
            letter=None if arguments.letter is None else self._message(arguments.letter),
        )
        self._unlock(engine)
        self._receive(engine)
        found = engine.ask(command)
        self._answer(found, report.evidence(found, self._language))
        return ExitCode.OK

    def audit_alarms(self, engine: Asking) -> int:
        """List alarms, and acknowledge them if that is wanted."""
        self._unlock(engine)
        found = engine.ask(ListAlarms())
        self._answer(found, report.alarms(found, self._language))
        if self._arguments.acknowledge:
            for row in found.rows:
                engine.ask(AcknowledgeAlarm(kind=row.kind, detail=row.detail))
        return ExitCode.OK

    # --- parts -------------------------------------------------------------------------------

    def _unlock(self, engine: Asking) -> str:
        """Open the profile, and return the passphrase that did."""
        # Nobody should be asked for the passphrase of a profile that cannot be opened.
        state = engine.ask(ShowStatus()).profile
        if state in _UNUSABLE:
            raise CommandError(_UNUSABLE[state])
        passphrase = read_passphrase(self._arguments.passphrase_file, self._language, is_new=False)
        try:
            engine.ask(Unlock(passphrase=passphrase))
        except CommandError as error:
            if error.failure is not Failure.TOO_MANY_ATTEMPTS:
                raise
            # A wrong passphrase, typed before, makes this one wait; a minute at most.
            self.say_error(self._speak(texts.WAITING, seconds=error.detail))
            time.sleep(int(error.detail))
            engine.ask(Unlock(passphrase=passphrase))
        return passphrase

    def _stepped_up(self, engine: Asking, passphrase: str, command: Command[Answer]) -> Answer:
        """Give a command, and once more after a sign-in if the relay wants one. Raises CommandError."""
        try:
            return engine.ask(command)
        except CommandError as error:
            if error.failure not in _FRESH or not self._can_sign_in():
                raise
        self._sign_in(engine, passphrase)
        return engine.ask(command)

    def _can_sign_in(self) -> bool:
        arguments = self._arguments
        return arguments.otp is not None or arguments.security_key or sys.stdin.isatty()

    def _sign_in(self, engine: Asking, passphrase: str) -> SignedIn:
        if self._arguments.security_key:
            return self._with_pin(
                lambda pin: engine.ask(SignInWithSecurityKey(passphrase=passphrase, pin=pin))
            )
        return engine.ask(SignIn(passphrase=passphrase, code=self._code()))

    def _with_pin(self, act: Callable[[str], Answer]) -> Answer:
        """Do something with a security key, which may want its PIN. Raises CommandError."""
        source = self._arguments.pin_file
        pin = "" if source is None else read_pin(source)
        try:
            return act(pin)
        except CommandError as error:
            asked = None
            if error.failure is Failure.SECURITY_KEY_PIN_NEEDED and source is None:
                asked = ask_pin(self._language)
            if asked is None:
                raise
        return act(asked)

    def _code(self) -> str:
        if self._arguments.otp == STANDARD_INPUT:
            return fields.line("--otp", read_code(STANDARD_INPUT), fields.bounds(SignIn, "code"))
        if self._arguments.otp is not None:
            return fields.line("--otp", self._arguments.otp, fields.bounds(SignIn, "code"))
        source = getattr(self._arguments, "recovery_code", None)
        if source is not None:
            code = read_recovery_code(source)
            return fields.line("--recovery-code", code, fields.bounds(SignIn, "code"))
        return ask_code(self._language)

    def _receive(self, engine: Asking) -> bool:
        """Synchronise if the relay can be reached; say so if not."""
        if engine.try_to(Synchronise()) is not None:
            return True
        is_closed = engine.missed is Failure.SIGN_IN_NEEDED
        self.say_error(self._speak(texts.OFFLINE_SIGN_IN if is_closed else texts.OFFLINE))
        return False

    def _deliver(self, engine: Asking, text: texts.Text) -> int:
        done = engine.try_to(Synchronise())
        is_queued = done is None or engine.ask(ShowStatus()).outbox_count > 0
        self._answer(
            Outcome(is_queued=is_queued, report=done),
            self._speak(_queued(engine) if done is None else text),
        )
        return ExitCode.QUEUED if is_queued else ExitCode.OK

    def _tell_read(self, engine: Asking, message: MessageView) -> None:
        is_due = not message.is_read or message.is_unopened
        if message.direction is Direction.RECEIVED and is_due:
            engine.ask(MarkRead(message=message.message))
            # The receipt is stored; if it cannot leave now, it does at the next opportunity.
            engine.try_to(Synchronise())

    def _account(self, text: str) -> AccountId:
        try:
            return parse_address(text)
        except WireError:
            raise UsageError(texts.NOT_AN_ADDRESS, text=report.harmless(text[:60])) from None

    def _message(self, text: str) -> MessageId:
        return MessageId(self._number(text, texts.NOT_A_NUMBER))

    def _number(self, text: str, problem: texts.Text) -> bytes:
        digits = text.strip().lower()
        if len(digits) != _NUMBER_DIGITS or not set(digits) <= set("0123456789abcdef"):
            raise UsageError(problem, text=report.harmless(text[:60]))
        return bytes.fromhex(digits)

    def _body(self) -> str:
        source, most = self._arguments.body, fields.bounds(SendLetter, "text").most
        # A byte order mark and half of its line ends may go; more than that is too long in any case.
        enough = 2 * most + len(codecs.BOM_UTF8) + 1
        try:
            if source == STANDARD_INPUT:
                raw = sys.stdin.buffer.read(enough)
            else:
                with Path(source).open("rb") as file:
                    raw = file.read(enough)
        except (OSError, ValueError):
            raise UsageError(
                texts.FILE_UNREADABLE, option="--body", path=report.harmless(source)
            ) from None
        raw = raw.removeprefix(codecs.BOM_UTF8).replace(b"\r\n", b"\n")
        if len(raw) > most:
            raise UsageError(texts.BODY_TOO_LONG, most=most)
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            raise UsageError(texts.BODY_NO_TEXT) from None


def _queued(engine: Asking) -> texts.Text:
    """Return what to say of something that waits here."""
    return texts.QUEUED_SIGN_IN if engine.missed is Failure.SIGN_IN_NEEDED else texts.QUEUED


_FRESH: Final = frozenset({Failure.STEP_UP_NEEDED, Failure.SIGN_IN_NEEDED})
"""Failures that a sign-in undoes."""

_UNUSABLE: Final = {
    ProfileState.EMPTY: Failure.NO_PROFILE,
    ProfileState.DAMAGED: Failure.PROFILE_DAMAGED,
    ProfileState.NEWER: Failure.PROFILE_NEWER,
}

_ACTIONS: Final[dict[str, Callable[[_Command, Asking], int]]] = {
    "register": _Command.register,
    "login": _Command.login,
    "devices list": _Command.devices_list,
    "devices rename": _Command.devices_rename,
    "devices revoke": _Command.devices_revoke,
    "link show": _Command.link_show,
    "link join": _Command.link_join,
    "sessions list": _Command.sessions_list,
    "sessions end": _Command.sessions_end,
    "factor show": _Command.factor_show,
    "factor list": _Command.factor_list,
    "factor add": _Command.factor_add,
    "factor confirm": _Command.factor_confirm,
    "factor remove": _Command.factor_remove,
    "recovery-codes renew": _Command.recovery_codes_renew,
    "recovery-codes confirm": _Command.recovery_codes_confirm,
    "passphrase change": _Command.passphrase_change,
    "recovery show": _Command.recovery_show,
    "recovery confirm": _Command.recovery_confirm,
    "recovery restore": _Command.recovery_restore,
    "recovery unlock": _Command.recovery_unlock,
    "recovery create": _Command.recovery_create,
    "recovery veto": _Command.recovery_veto,
    "recovery rehearse": _Command.recovery_rehearse,
    "recovery backup": _Command.recovery_backup,
    "recovery backup-daily": _Command.recovery_backup_daily,
    "recovery split": _Command.recovery_split,
    "recovery join": _Command.recovery_join,
    "lock": _Command.lock,
    "accounts": _Command.accounts,
    "status": _Command.status,
    "directory": _Command.directory,
    "contact add": _Command.contact_add,
    "contact accept": _Command.contact_accept,
    "contact decline": _Command.contact_decline,
    "contact reconsider": _Command.contact_reconsider,
    "contact show": _Command.contact_show,
    "contact words": _Command.contact_words,
    "contact verify": _Command.contact_verify,
    "contact acknowledge": _Command.contact_acknowledge,
    "contact card": _Command.contact_card,
    "contact take-card": _Command.contact_take_card,
    "contact vouch": _Command.contact_vouch,
    "contact list": _Command.contact_list,
    "send": _Command.send,
    "mail list": _Command.mail_list,
    "mail archive": _Command.mail_organise,
    "mail unarchive": _Command.mail_organise,
    "mail flag": _Command.mail_organise,
    "mail unflag": _Command.mail_organise,
    "mail mark-read": _Command.mail_organise,
    "mail mark-unread": _Command.mail_organise,
    "mail remove": _Command.mail_organise,
    "mail restore": _Command.mail_organise,
    "mail file": _Command.mail_file,
    "patient list": _Command.patient_list,
    "patient save": _Command.patient_save,
    "patient remove": _Command.patient_remove,
    "patient erase": _Command.patient_erase,
    "rights show": _Command.rights_show,
    "rights consent": _Command.rights_consent,
    "rights withdraw": _Command.rights_withdraw,
    "rights oppose": _Command.rights_oppose,
    "rights lift": _Command.rights_lift,
    "rights informed": _Command.rights_informed,
    "rights care": _Command.rights_care,
    "erasure list": _Command.erasure_list,
    "erasure letter": _Command.erasure_letter,
    "erasure certificate": _Command.erasure_certificate,
    "patient show": _Command.patient_show,
    "patient merge": _Command.patient_merge,
    "patient separate": _Command.patient_separate,
    "patient twice": _Command.patient_twice,
    "patient import": _Command.patient_import,
    "folders show": _Command.folders_show,
    "folders watch": _Command.folders_watch,
    "folders run": _Command.folders_run,
    "folders stop": _Command.folders_stop,
    "folders verify": _Command.folders_verify,
    "absence show": _Command.absence_show,
    "absence set": _Command.absence_set,
    "absence end": _Command.absence_end,
    "contact block": _Command.contact_block,
    "contact unblock": _Command.contact_block,
    "contact note": _Command.contact_note,
    "drafts list": _Command.drafts_list,
    "drafts show": _Command.drafts_show,
    "drafts send": _Command.drafts_send,
    "drafts remove": _Command.drafts_remove,
    "queue": _Command.queue,
    "cancel": _Command.cancel,
    "sync": _Command.sync,
    "inbox": _Command.inbox,
    "search": _Command.search,
    "unsearched": _Command.unsearched,
    "import": _Command.import_mail,
    "show": _Command.show,
    "save": _Command.save,
    "receipts": _Command.receipts,
    "journal list": _Command.journal_list,
    "journal report": _Command.journal_report,
    "journal show": _Command.journal_show,
    "audit export": _Command.audit_export,
    "audit verify": _Command.audit_verify,
    "audit alarms": _Command.audit_alarms,
}
