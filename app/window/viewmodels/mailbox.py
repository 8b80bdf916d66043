# SPDX-License-Identifier: AGPL-3.0-or-later
"""All view models of one window over one bridge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.interface.snapshots import Place
from app.window.i18n.journal import JournalWords
from app.window.viewmodels.absence import OwnAbsence
from app.window.viewmodels.access import Access
from app.window.viewmodels.acquaintance import Acquaintance
from app.window.viewmodels.acts import UNDO_MILLISECONDS, Acts, Deed
from app.window.viewmodels.backups import Backups
from app.window.viewmodels.composer import SAVE_MILLISECONDS, Composer
from app.window.viewmodels.computers import Computers
from app.window.viewmodels.contacts import ContactBook
from app.window.viewmodels.conversations import REFRESH_MILLISECONDS, ROW_ROLE, ConversationList
from app.window.viewmodels.drafts import DraftList, OutgoingQueue
from app.window.viewmodels.factors import Factors
from app.window.viewmodels.importing import Importing
from app.window.viewmodels.journal import Journal
from app.window.viewmodels.newcomer import Joining, Restoring
from app.window.viewmodels.paper_kit import PaperKit
from app.window.viewmodels.passphrase_change import PassphraseChange
from app.window.viewmodels.patients import FilingHint, Patients
from app.window.viewmodels.places import PlaceCounts
from app.window.viewmodels.practice_software import PracticeSoftware
from app.window.viewmodels.previews import Previews
from app.window.viewmodels.reading import DWELL_MILLISECONDS, Reading
from app.window.viewmodels.rights import Rights
from app.window.viewmodels.search import Finder
from app.window.viewmodels.second_factor import SecondFactor
from app.window.viewmodels.session import Session
from app.window.viewmodels.standing import Standing
from app.window.viewmodels.stationery import Stationery

if TYPE_CHECKING:
    from PySide6.QtCore import QModelIndex

    from app.interface.journal import JournalRow
    from app.interface.patients import PatientRow
    from app.interface.searching import Hit
    from app.interface.snapshots import ContactRow, ConversationRow
    from app.interface.writing import DraftRow
    from app.window.bridge import Bridge
    from app.window.surroundings import Surroundings
    from app.window.viewmodels.accounts import OwnAccount
    from app.window.viewmodels.passphrase_change import ChangeNote
    from app.window.viewmodels.session import LockReason
    from crypto_core.wire.ids import AccountId


class Mailbox(QObject):
    """Made once; survives changes of language and colours, which make new views."""

    def __init__(
        self,
        bridge: Bridge,
        around: Surroundings,
        note: ChangeNote,
        own: OwnAccount,
        *,
        dwell_milliseconds: int = DWELL_MILLISECONDS,
        refresh_milliseconds: int = REFRESH_MILLISECONDS,
        undo_milliseconds: int = UNDO_MILLISECONDS,
        save_milliseconds: int = SAVE_MILLISECONDS,
    ) -> None:
        super().__init__()
        self._around = around
        self.bridge = bridge
        self.own = own
        self.session = Session(bridge, self)
        self.standing = Standing(bridge, self.session, self)
        self.access = Access(bridge, self.session, self.standing, self)
        self.second_factor = SecondFactor(bridge, self.session, self.access, self)
        self.factors = Factors(bridge, self.session, self.access, self.second_factor, self)
        self.computers = Computers(bridge, self.session, self.access, self)
        self.passphrase_change = PassphraseChange(
            bridge, self.session, self.access, self.computers, note, self
        )
        self.joining = Joining(bridge, self.session, self)
        self.restoring = Restoring(bridge, self.session, self)
        self.paper_kit = PaperKit(
            bridge, self.session, self.standing, self.access, self.second_factor, self
        )
        self.backups = Backups(bridge, self.session, self.standing, self)
        self.practice_software = PracticeSoftware(bridge, self.session, self)
        self.importing = Importing(bridge, self.session, self)
        self.acquaintance = Acquaintance(bridge, self.session, self)
        self.acts = Acts(bridge, self.session, undo_milliseconds=undo_milliseconds, parent=self)
        self.places = PlaceCounts(
            bridge, self.session, refresh_milliseconds=refresh_milliseconds, parent=self
        )
        self.conversations = ConversationList(
            bridge,
            self.session,
            speak=self._speak_row,
            refresh_milliseconds=refresh_milliseconds,
            parent=self,
        )
        self.filed = ConversationList(
            bridge,
            self.session,
            place=Place.ALL,
            speak=self._speak_row,
            refresh_milliseconds=refresh_milliseconds,
            parent=self,
        )
        """What is filed under the patient who is shown."""
        self.rights = Rights(bridge, parent=self)
        self.patients = Patients(
            bridge,
            self.session,
            speak=self._speak_patient,
            refresh_milliseconds=refresh_milliseconds,
            parent=self,
        )
        self.reading = Reading(
            bridge, self.session, dwell_milliseconds=dwell_milliseconds, parent=self
        )
        self.hint = FilingHint(bridge, self.reading, self)
        self.patients.saved.connect(self.hint.ask_again)
        self.patients.removed.connect(self.hint.ask_again)
        for rows in (self.conversations, self.filed):
            self.acts.begun.connect(rows.expect)
            self.acts.failed.connect(rows.refresh)
            rows.dataChanged.connect(self._tell_reading)
            # Lines show the names of patients.
            self.patients.saved.connect(rows.refresh)
        self.stationery = Stationery(bridge, self.session, self)
        self.composer = Composer(
            bridge,
            self.session,
            self.acts,
            self.stationery,
            save_milliseconds=save_milliseconds,
            parent=self,
        )
        self.drafts = DraftList(
            bridge, self.session, self.acts, speak=self._speak_draft, parent=self
        )
        self.previews = Previews(bridge, self.session, self)
        self.composer.drafts_changed.connect(self.drafts.refresh)
        self.drafts.removed.connect(self.composer.let_go)
        self.queue = OutgoingQueue(bridge, self.session, self)
        self.queue.cancelled.connect(lambda _: self.drafts.refresh())
        self.contacts = ContactBook(bridge, self.session, speak=self._speak_contact, parent=self)
        self.contacts.declined.connect(self._offer_to_reconsider)
        self.absence = OwnAbsence(bridge, self.session, self)
        self.finder = Finder(bridge, self.session, speak=self._speak_hit, parent=self)
        self.acts.begun.connect(self.finder.expect)
        self.acts.failed.connect(self.finder.refresh)
        self.acts.undone.connect(self.finder.refresh)
        self.journal = Journal(
            bridge,
            self.session,
            speak=self._speak_act,
            refresh_milliseconds=refresh_milliseconds,
            parent=self,
        )

    def lock(self, reason: LockReason) -> None:
        """Lock; the letter being written is kept in the vault and comes back when it is opened."""
        self.session.lock(reason, after=self.composer.keep_before_lock())

    def speak_in(self, around: Surroundings) -> None:
        """Use another language for what a screen reader says."""
        self._around = around

    def _speak_row(self, row: ConversationRow) -> str:
        return self._around.words.spoken_row(row, self._around.formats)

    def _speak_hit(self, hit: Hit) -> str:
        return self._around.words.spoken_hit(hit, self._around.formats)

    def _speak_act(self, row: JournalRow) -> str:
        return JournalWords(self._around.words, self._around.formats).spoken(row)

    def _speak_patient(self, row: PatientRow) -> str:
        return self._around.words.spoken_patient(row, self._around.formats)

    def _speak_draft(self, row: DraftRow) -> str:
        return self._around.words.spoken_draft(row, self._around.formats)

    def _tell_reading(self, first: QModelIndex, last: QModelIndex) -> None:
        for position in range(first.row(), last.row() + 1):
            self.reading.take_row(first.model().index(position, 0).data(ROW_ROLE))

    def _offer_to_reconsider(self, account: AccountId) -> None:
        self.acts.offer(Deed.DECLINED, 1, lambda: self.contacts.reconsider(account))

    def _speak_contact(self, row: ContactRow) -> str:
        words = self._around.words
        return ", ".join(
            part
            for part in (
                row.name,
                words.at_place(row.profession, row.place),
                words.contact(row.state),
                "" if row.away is None else words.away(row.away, self._around.formats),
            )
            if part
        )
