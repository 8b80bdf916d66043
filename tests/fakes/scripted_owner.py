# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a scripted engine answers about the owner's kit, backups and computers. The pages are the real ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from app.engine.pages.printed import kit_pdf, share_pdf
from app.interface.commands import (
    BackUp,
    BeginLink,
    BeginRestore,
    CancelBackup,
    CancelLink,
    CancelRestore,
    ChooseBackupFolder,
    ConfirmKit,
    ConfirmLink,
    CreateKit,
    FinishRestore,
    JoinLink,
    JoinShares,
    ListDevices,
    PrintKit,
    PrintShares,
    RehearseKit,
    RenameDevice,
    RevokeDevice,
    RevokeWithKit,
    ShowKit,
    SplitKit,
    StopHistory,
    VetoKit,
)
from app.interface.events import (
    DevicesChanged,
    HistoryProgress,
    LinkEnded,
    LinkOffered,
    StatusChanged,
)
from app.interface.failures import CommandError, Failure
from app.interface.snapshots import (
    BackupFolder,
    BackupMade,
    DeviceRow,
    Devices,
    Done,
    HistoryChoice,
    KitSheet,
    KitState,
    KitText,
    LinkJoined,
    LinkOutcome,
    LinkShown,
    OwnComputer,
    PrintedPages,
    ProfileState,
    Rehearsal,
    RestoreOffer,
    Safety,
    Shares,
)
from crypto_core.errors import KitCodeError, WireError
from crypto_core.wire.enrolment import parse_enrolment
from crypto_core.wire.ids import DeviceId, UnixMillis, UtcOffsetMinutes
from crypto_core.wire.kit import (
    KIT_PREFIX,
    format_kit_card,
    format_kit_code,
    parse_kit_card,
    parse_kit_code,
)
from crypto_core.wire.linking import LINK_PREFIX
from crypto_core.wire.words import WordLanguage, format_secret_words

if TYPE_CHECKING:
    from tests.fakes.scripted_engine import Practice

Report: TypeAlias = Callable[[int, int], None]
Handler: TypeAlias = Callable[[Any, Report], object]

KIT_CODE: Final = sha256(b"kit").digest()
KIT_TEXT: Final = format_kit_code(KIT_CODE)
ASKED_GROUP: Final = 9
LINK_TEXT: Final = f"{LINK_PREFIX}{'k4qmtz2axbwe7anc' * 12}"
LINK_SECRET: Final = sha256(b"link").digest()[:16]
COMPARED: Final = {
    WordLanguage.FRENCH: ("balcon", "cerise", "tunnel"),
    WordLanguage.ENGLISH: ("balcony", "cherry", "tunnel"),
}
SHARE_WORD: Final = "academic"
BACKUP_SIZE: Final = 1_800_000_000
THIS_COMPUTER: Final = DeviceId(b"this computer 16")
OTHER_COMPUTER: Final = DeviceId(b"another computer")
NEW_COMPUTER: Final = DeviceId(b"the new computer")
_DAY: Final = 24 * 60 * 60_000


class ScriptedOwner:
    """The owner's side of a practice."""

    def __init__(self, practice: Practice) -> None:
        self._practice = practice
        self.safety = Safety(kit=KitState.IN_USE, package_at=practice.now)
        self.is_fresh = True
        """Whether both factors were shown just now."""
        self.devices = [
            DeviceRow(
                device=THIS_COMPUTER,
                name="",
                added_at=UnixMillis(practice.now - 400 * _DAY),
                is_current=True,
            )
        ]
        self.others = (
            OwnComputer(device=OTHER_COMPUTER, added_at=UnixMillis(practice.now - 90 * _DAY)),
        )
        self._has_link = False
        self._joiner: JoinLink | None = None
        self._offer: BeginRestore | None = None

    def handlers(self) -> dict[type, Handler]:
        """Return what is done for each command."""
        return {
            ShowKit: lambda _c, _p: self._show_kit(),
            PrintKit: lambda c, _p: self._print_kit(c),
            ConfirmKit: lambda c, _p: self._confirm_kit(c),
            CreateKit: lambda _c, _p: self._create_kit(),
            VetoKit: lambda c, _p: self._veto(c),
            RehearseKit: lambda c, _p: self._rehearse(c),
            SplitKit: lambda c, _p: self._split(c),
            PrintShares: lambda c, _p: self._print_shares(c),
            JoinShares: lambda c, _p: self._join_shares(c),
            ChooseBackupFolder: lambda c, _p: self._choose_folder(c),
            BackUp: self._back_up,
            CancelBackup: lambda _c, _p: Done(),
            ListDevices: lambda _c, _p: Devices(rows=tuple(self.devices)),
            RenameDevice: lambda c, _p: self._rename(c),
            RevokeDevice: lambda c, _p: self._revoke(c.device),
            RevokeWithKit: lambda c, _p: self._revoke_with_kit(c),
            BeginLink: lambda c, _p: self._begin_link(c),
            ConfirmLink: lambda c, _p: self._confirm_link(c),
            CancelLink: lambda _c, _p: self._cancel_link(),
            StopHistory: lambda _c, _p: Done(),
            JoinLink: lambda c, _p: self._join(c),
            BeginRestore: lambda c, _p: self._begin_restore(c),
            FinishRestore: lambda c, _p: self._finish_restore(c),
            CancelRestore: lambda _c, _p: self._cancel_restore(),
        }

    # For the script

    def set_safety(self, **changes: Any) -> None:  # noqa: ANN401 - as dataclasses.replace
        """Change what stands ready, and tell it."""
        self.safety = replace(self.safety, **changes)
        self._practice.tell(StatusChanged(status=self._practice.status()))

    def add_device(self, name: str = "", device: DeviceId = OTHER_COMPUTER) -> None:
        """Let the owner have another computer."""
        row = DeviceRow(
            device=device,
            name=name,
            added_at=UnixMillis(self._practice.now - 90 * _DAY),
            is_current=False,
        )
        self.devices.append(row)
        self._practice.tell(DevicesChanged())

    def offer(self, language: WordLanguage = WordLanguage.FRENCH) -> None:
        """Let a new computer answer the picture."""
        self._practice.tell(LinkOffered(words=COMPARED[language]))

    def end_link(self, outcome: LinkOutcome) -> None:
        """End linking, on whichever side this is."""
        self._has_link = False
        practice = self._practice
        if outcome is LinkOutcome.DONE and self._joiner is not None:
            practice.adopt(self._joiner.passphrase)
        self._joiner = None
        practice.say_always(LinkEnded(outcome=outcome))

    def bring_history(self, done: int, total: int) -> None:
        """Let letters of the past go to the new computer."""
        self._practice.tell(HistoryProgress(is_sending=True, done=done, total=total))

    # What the engine does

    def _need_fresh(self) -> None:
        if not self.is_fresh:
            raise CommandError(Failure.STEP_UP_NEEDED)

    def _check_kit(self, text: str) -> None:
        try:
            if text.lower().startswith(KIT_PREFIX):
                _account, code = parse_kit_card(text)
            else:
                code = parse_kit_code(text)
        except KitCodeError as error:
            detail = "" if error.group is None else str(error.group)
            raise CommandError(Failure.KIT_CODE_INVALID, detail) from error
        if code != KIT_CODE:
            raise CommandError(Failure.KIT_OTHER)

    def _sheet(self) -> KitSheet:
        practice = self._practice
        return KitSheet(
            account=practice.account,
            name=practice.name,
            relay="relay.example",
            made_at=practice.now,
            groups=tuple(KIT_TEXT.split()),
            card=format_kit_card(practice.account, KIT_CODE),
            asked_group=ASKED_GROUP,
            counts_at=self.safety.kit_counts_at,
        )

    def _show_kit(self) -> KitSheet:
        if self.safety.kit is not KitState.MISSING:
            raise CommandError(Failure.KIT_GONE)
        return self._sheet()

    def _print_kit(self, command: PrintKit) -> PrintedPages:
        offset = UtcOffsetMinutes(60)
        return PrintedPages(pdf=kit_pdf(self._show_kit(), command.language, offset=offset))

    def _print_shares(self, command: PrintShares) -> PrintedPages:
        pdf = share_pdf(
            command.shares,
            name=self._practice.name,
            threshold=command.threshold,
            language=command.language,
        )
        return PrintedPages(pdf=pdf)

    def _confirm_kit(self, command: ConfirmKit) -> Done:
        if command.group.strip().upper() != KIT_TEXT.split()[ASKED_GROUP - 1]:
            raise CommandError(Failure.KIT_GROUP_WRONG)
        is_new = self.safety.kit_counts_at is not None
        self.set_safety(kit=KitState.ANNOUNCED if is_new else KitState.IN_USE)
        return Done()

    def _create_kit(self) -> KitSheet:
        self._need_fresh()
        counts_at = UnixMillis(self._practice.now + 7 * _DAY)
        self.set_safety(kit=KitState.MISSING, kit_counts_at=counts_at)
        return self._sheet()

    def _veto(self, command: VetoKit) -> Done:
        self._check_kit(command.kit)
        if self.safety.kit is not KitState.ANNOUNCED:
            raise CommandError(Failure.NO_KIT_CHANGE)
        self.set_safety(kit=KitState.IN_USE, kit_counts_at=None)
        return Done()

    def _rehearse(self, command: RehearseKit) -> Rehearsal:
        self._check_kit(command.kit)
        self.set_safety(rehearsed_at=self._practice.now, is_rehearsal_due=False)
        return Rehearsal(backup_at=self.safety.backup_at)

    def _split(self, command: SplitKit) -> Shares:
        self._check_kit(command.kit)
        texts = tuple(" ".join([SHARE_WORD] * 32 + [f"share{n}"]) for n in range(command.count))
        return Shares(threshold=command.threshold, texts=texts)

    def _join_shares(self, command: JoinShares) -> KitText:
        for number, share in enumerate(command.shares, 1):
            if SHARE_WORD not in share:
                raise CommandError(Failure.SHARES_INVALID, f"{number} 1")
        if len(command.shares) < 2:
            raise CommandError(Failure.SHARES_INVALID, "missing 1")
        return KitText(text=KIT_TEXT)

    def _choose_folder(self, command: ChooseBackupFolder) -> BackupFolder:
        self.set_safety(backup_folder=command.folder, backup_failed_at=None, backup_trouble=None)
        return BackupFolder(is_on_same_disk=self.safety.is_backup_on_same_disk)

    def _back_up(self, command: BackUp, progress: Report) -> BackupMade:
        folder = command.folder or self.safety.backup_folder
        if not folder:
            raise CommandError(Failure.BACKUP_FOLDER_MISSING)
        progress(BACKUP_SIZE // 2, BACKUP_SIZE)
        now = self._practice.now
        self.set_safety(backup_at=now, backup_failed_at=None, backup_trouble=None)
        path = f"{folder}/uhealthsec-2026-11-22.backup"
        return BackupMade(path=path, size=BACKUP_SIZE, at=now)

    def _rename(self, command: RenameDevice) -> Done:
        self.devices = [
            replace(row, name=command.name) if row.device == command.device else row
            for row in self.devices
        ]
        self._practice.tell(DevicesChanged())
        return Done()

    def _revoke(self, device: DeviceId) -> Done:
        self._need_fresh()
        self.devices = [row for row in self.devices if row.device != device]
        self._practice.tell(DevicesChanged())
        return Done()

    def _revoke_with_kit(self, command: RevokeWithKit) -> Done:
        self._check_kit(command.kit)
        return self._revoke(command.device)

    def _begin_link(self, command: BeginLink) -> LinkShown:
        self._need_fresh()
        self._has_link = True
        return LinkShown(
            text=LINK_TEXT,
            words=format_secret_words(LINK_SECRET, command.language),
            ends_at=UnixMillis(self._practice.now + 600_000),
        )

    def _confirm_link(self, command: ConfirmLink) -> Done:
        self._need_fresh()
        if not self._has_link:
            raise CommandError(Failure.LINK_NOT_OFFERED)
        if command.words not in COMPARED.values():
            raise CommandError(Failure.LINK_OTHER_WORDS)
        self._has_link = False
        self.add_device(device=NEW_COMPUTER)
        self._practice.tell(LinkEnded(outcome=LinkOutcome.DONE))
        if command.history is not HistoryChoice.NONE:
            self.bring_history(120, 960)
        return Done()

    def _cancel_link(self) -> Done:
        if self._has_link or self._joiner is not None:
            self.end_link(LinkOutcome.CANCELLED)
        return Done()

    def _join(self, command: JoinLink) -> LinkJoined:
        self._need_empty()
        if not command.text.startswith(LINK_PREFIX):
            if len(command.text.split()) != 12:
                raise CommandError(Failure.LINK_INVALID)
            self._check_enrolment(command.enrolment)
        self._joiner = command
        return LinkJoined(
            words=COMPARED[command.language], ends_at=UnixMillis(self._practice.now + 600_000)
        )

    def _begin_restore(self, command: BeginRestore) -> RestoreOffer:
        self._need_empty()
        self._check_enrolment(command.enrolment)
        self._check_kit(command.kit)
        if command.passphrase != self._practice.passphrase:
            raise CommandError(Failure.KIT_REFUSED)
        self._offer = command
        now = self._practice.now
        return RestoreOffer(
            account=self._practice.account,
            name="Claire Martin",
            profession="Ostéopathe",
            place="Valbonne",
            made_at=UnixMillis(now - 2 * _DAY),
            contacts=14,
            backup_made_at=UnixMillis(now - _DAY) if command.backup else None,
            others=self.others,
        )

    def _finish_restore(self, _command: FinishRestore) -> object:
        if self._offer is None:
            raise CommandError(Failure.RESTORE_ENDED)
        passphrase, self._offer = self._offer.passphrase, None
        self._practice.adopt(passphrase)
        self._practice.is_second_factor_taken = False
        self._practice.are_codes_on_paper = False
        return self._practice.second_factors()

    def _cancel_restore(self) -> Done:
        self._offer = None
        return Done()

    def _need_empty(self) -> None:
        if self._practice.profile is not ProfileState.EMPTY:
            raise CommandError(Failure.PROFILE_EXISTS)

    def _check_enrolment(self, text: str) -> None:
        try:
            parse_enrolment(text)
        except WireError as error:
            raise CommandError(Failure.ENROLMENT_INVALID) from error
