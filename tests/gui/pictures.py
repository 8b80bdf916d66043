# SPDX-License-Identifier: AGPL-3.0-or-later
"""Renders every page with the scripted engine: `python -m tests.gui.pictures DIR [NAME…]`.

French and English, light and dark, narrow, at 150 % and with large text. For people to look at: no test
compares pixels.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from PySide6.QtCore import QDeadlineTimer, QEvent, QEventLoop, QRect
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QScrollArea,
    QWidget,
)

from app.engine.documents.formats import hprim
from app.interface.absence import Absence
from app.interface.commands import ChangePassphrase, SignIn, Unlock
from app.interface.documents import DocumentProblem
from app.interface.erasing import Obstacle
from app.interface.failures import Failure
from app.interface.folders import FolderTrouble
from app.interface.importing import ImportMail, ImportTrouble
from app.interface.journal import (
    Deed,
    JournalState,
    JournalTimestamp,
    ReportForm,
    ReportReader,
    Standing,
    TimestampStanding,
)
from app.interface.rights import Rule, Ruling
from app.interface.searching import Coverage
from app.interface.secret import Secret
from app.interface.snapshots import (
    AlarmKind,
    BackupTrouble,
    Comparison,
    ConnectionState,
    DeliveryState,
    Direction,
    DraftRecipient,
    FactorView,
    KeyNewsKind,
    KitState,
    LinkOutcome,
    Place,
    Problem,
    ProfileState,
    SessionView,
    Trust,
)
from app.interface.writing import DraftContent, Signature
from app.window.desk import Desk
from app.window.i18n.catalogues import Language
from app.window.preferences import Preferences
from app.window.theme.theme import Appearance, Contrast
from app.window.viewmodels.beginning import Beginning
from app.window.viewmodels.conversations import ROW_ROLE
from app.window.viewmodels.newcomer import Joined
from app.window.viewmodels.second_factor import Step
from app.window.viewmodels.session import Application, LockReason, Screen
from app.window.views.absence import AbsenceSection
from app.window.views.accounts import AccountsSection
from app.window.views.change_passphrase import ChangePassphraseDialog
from app.window.views.components.layouts import Column
from app.window.views.computers import AddComputerDialog, ComputersSection
from app.window.views.consent import ConsentDialog
from app.window.views.display import DisplaySection
from app.window.views.document_window import DocumentWindow
from app.window.views.erasing import ErasureDialog
from app.window.views.help import HelpWindow
from app.window.views.importing import ImportSection
from app.window.views.navigation import Destination
from app.window.views.patients import PatientDialog, View
from app.window.views.practice_software import PracticeSoftwareSection
from app.window.views.recovery import RecoverySection, RehearseDialog, ShareDialog
from app.window.views.sessions import SessionsDialog
from app.window.views.settings import SettingsDialog
from app.window.views.sign_in import SignInDialog
from app.window.views.ways_in import AddKeyDialog, AddTelephoneDialog, WaysIn
from crypto_core.wire.assurance import DocumentKind
from crypto_core.wire.content import Mark, MarkKind
from crypto_core.wire.decisions import Capacity
from crypto_core.wire.ids import DeviceId, FactorId, Hash, MessageId, UnixMillis
from crypto_core.wire.limits import MAX_NAME_BYTES
from crypto_core.wire.patients import (
    NIR_OID,
    NationalIdentity,
    PatientCard,
    Representative,
    Sex,
)
from crypto_core.wire.sign_in import FactorKind
from crypto_core.wire.words import WordLanguage, format_secret_words
from tests.corpus.documents import make_corpus
from tests.fakes.fixed_clock import FixedClock
from tests.fakes.scripted_engine import (
    NOW,
    ONE_TIME_CODE,
    PASSPHRASE,
    RECOVERY_CODES,
    Practice,
)
from tests.fakes.scripted_import import imported_letter
from tests.fakes.scripted_owner import (
    KIT_TEXT,
    LINK_SECRET,
    NEW_COMPUTER,
    OTHER_COMPUTER,
    SHARE_WORD,
)
from tests.fakes.scripted_people import SOMEBODYS_CARD
from tests.gui.forms import ENROLMENT, fill, write
from tests.gui.long_words import LongWords
from tests.gui.samples import (
    DAY,
    HOUR,
    MINUTE,
    ago,
    away_row,
    other_practice,
    row_at,
    said,
    sample_practice,
    shared_folders,
)
from tests.screens import SCREENS

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.interface.snapshots import MessageView
    from app.window.views.contacts import PersonPane
    from crypto_core.wire.ids import AccountId

PARIS: Final = ZoneInfo("Europe/Paris")
WAIT_MILLISECONDS: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a picture is taken."""

    name: str
    language: Language = Language.FRENCH
    appearance: Appearance = Appearance.LIGHT
    text_scale: float = 1.0
    width: int = 1280
    height: int = 800
    is_longer: bool = False
    """In words longer by two fifths (`long_words`)."""
    is_small: bool = False
    """On the smaller screen."""


LOOKS: Final = (
    Look(name="fr-light"),
    Look(name="fr-dark", appearance=Appearance.DARK),
    Look(name="en-light", language=Language.ENGLISH),
    Look(name="en-dark", language=Language.ENGLISH, appearance=Appearance.DARK),
    Look(name="fr-150", text_scale=1.5),
    Look(name="fr-200", text_scale=2.0, width=1008, height=652, is_small=True),
    Look(name="fr-narrow", width=760, height=640, is_small=True),
    Look(name="longer", language=Language.ENGLISH, is_longer=True),
)


def settle(desk: Desk, until: Callable[[], bool] = lambda: True) -> None:
    """Let the window work until nothing is under way and a condition holds."""
    deadline = QDeadlineTimer(WAIT_MILLISECONDS)
    quiet_rounds = 0
    while quiet_rounds < 5:
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
        QApplication.sendPostedEvents()
        is_quiet = desk.bridge.is_quiet and until()
        quiet_rounds = quiet_rounds + 1 if is_quiet else 0
        if deadline.hasExpired():
            raise TimeoutError


def settle_until(condition: Callable[[], bool]) -> None:
    """Let the window work until a condition holds, though something is under way."""
    deadline = QDeadlineTimer(WAIT_MILLISECONDS)
    while not condition():
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
        if deadline.hasExpired():
            raise TimeoutError


def unlock(desk: Desk) -> None:
    """Open the mailbox."""
    settle(desk)
    desk.mailbox.session.unlock(Secret.of(PASSPHRASE))
    settle(desk, lambda: desk.mailbox.conversations.rowCount() > 0)


def open_row(desk: Desk, position: int) -> None:
    """Open a conversation."""
    pane = desk.window.mail.conversations
    pane.point_at(position)
    pane.list.entered_line.emit(row_at(desk.mailbox.conversations, position))
    settle(desk)


def page_unlock(desk: Desk, _practice: Practice) -> None:
    """A locked mailbox."""
    settle(desk)


def page_unlock_wrong(desk: Desk, practice: Practice) -> None:
    """A wrong passphrase."""
    settle(desk)
    practice.fail_next(Unlock, Failure.WRONG_PASSPHRASE)
    desk.mailbox.session.unlock(Secret.of("x"))
    settle(desk)


def page_unlock_crashed(desk: Desk, practice: Practice) -> None:
    """After the engine ended by itself."""
    unlock(desk)
    practice.die()
    settle(desk, lambda: len(practice.engines) > 1)


def page_unlock_busy(desk: Desk, practice: Practice) -> None:
    """While the passphrase is checked."""
    settle(desk)
    practice.hold(Unlock)
    desk.window.unlock.field.edit.setText(PASSPHRASE)
    desk.window.unlock.button.click()
    QApplication.processEvents()


def page_unlock_waiting(desk: Desk, practice: Practice) -> None:
    """After the fifth wrong passphrase."""
    settle(desk)
    practice.wait_seconds = 60
    desk.mailbox.session.unlock(Secret.of("x"))
    settle(desk)


def page_unlock_idle(desk: Desk, practice: Practice) -> None:
    """Locked by itself, with the passphrase made readable."""
    unlock(desk)
    desk.lock(LockReason.IDLE)
    settle(desk, lambda: len(practice.engines) > 1)
    desk.window.unlock.field.edit.setText(PASSPHRASE)
    desk.window.unlock.field.edit.show_letters(True)  # noqa: FBT003 - as the signal does


def page_unlock_kit(desk: Desk, practice: Practice) -> None:
    """The keyring was emptied, and a group of the kit's code is wrong."""
    settle(desk)
    practice.fail_next(Unlock, Failure.OS_SECRET_MISSING)
    desk.mailbox.session.unlock(Secret.of(PASSPHRASE))
    settle(desk)
    desk.window.unlock.use_kit.click()
    desk.window.unlock.kit.edit.setText("K4QMT Z2AXB WE7AN CDGJM")
    desk.window.unlock.kit.say_wrong("3")


def page_unlock_keyring(desk: Desk, practice: Practice) -> None:
    """The keyring was emptied."""
    settle(desk)
    practice.fail_next(Unlock, Failure.OS_SECRET_MISSING)
    desk.mailbox.session.unlock(Secret.of(PASSPHRASE))
    settle(desk)


def page_unlock_changing(desk: Desk, practice: Practice) -> None:
    """The program ended while the passphrase was being changed."""
    dialog = change_dialog(desk, practice)
    practice.hold(ChangePassphrase)
    dialog.go_on.click()
    settle_until(lambda: bool(practice.asked(ChangePassphrase)))
    practice.die()
    settle(desk, lambda: len(practice.engines) > 1)


def settings_at(desk: Desk, section: int) -> SettingsDialog:
    """Open the settings at a section."""
    unlock(desk)
    desk.window.settings_asked.emit()
    settle(desk)
    (dialog,) = desk.window.findChildren(SettingsDialog)
    dialog.turn_to(section)
    return dialog


def page_settings(desk: Desk, practice: Practice) -> None:
    """How the window looks."""
    practice.is_bound_to_os = True
    settings_at(desk, 0)


def page_settings_contrast(desk: Desk, _practice: Practice) -> None:
    """The same with high contrast."""
    dialog = settings_at(desk, 0)
    dialog.findChildren(DisplaySection)[0].contrast.buttons[Contrast.HIGH].click()


def page_inbox_contrast(desk: Desk, _practice: Practice) -> None:
    """The mail with high contrast."""
    unlock(desk)
    desk.show_as(contrast=Contrast.HIGH)
    open_row(desk, 0)


def page_settings_notices(desk: Desk, _practice: Practice) -> None:
    """When the desktop may speak."""
    settings_at(desk, 1)


def page_settings_lock(desk: Desk, practice: Practice) -> None:
    """Locking, with the keyring's help."""
    practice.is_bound_to_os = True
    settings_at(desk, 2)


def page_settings_alone(desk: Desk, _practice: Practice) -> None:
    """The same without a keyring."""
    settings_at(desk, 2)


def being_away(practice: Practice, *, is_now: bool = True) -> None:
    """Let the practice's owner be away, replaced by a correspondent."""
    lea = next(row for row in practice.contacts.values() if row.name == "Léa Fontaine")
    since = NOW - 2 * DAY if is_now else NOW + 9 * DAY
    practice.absences.absence = Absence(
        since=UnixMillis(since),
        until=UnixMillis(since + 12 * DAY),
        replacement=DraftRecipient(account=lea.account, name=lea.name, profession=lea.profession),
        text="Je suis en congé et lirai votre courrier à mon retour.\n"
        "Léa Fontaine assure mon remplacement ; vous pouvez lui écrire.\n"
        "En cas d’urgence, appelez le 15 ou le 112.",
    )
    practice.absences.answered = 4


def page_settings_absence(desk: Desk, _practice: Practice) -> None:
    """Not away: what is usual stands in the form."""
    settings_at(desk, 0).show_page_of(AbsenceSection)


def page_settings_absence_now(desk: Desk, practice: Practice) -> None:
    """Away, and some do not know it yet."""
    being_away(practice)
    practice.absences.untold = 2
    settings_at(desk, 0).show_page_of(AbsenceSection)


def page_settings_absence_end(desk: Desk, practice: Practice) -> None:
    """The same, further down."""
    page_settings_absence_now(desk, practice)
    settle(desk)
    (dialog,) = desk.window.findChildren(SettingsDialog)
    bar = dialog.findChildren(Column)[0].verticalScrollBar()
    bar.setValue(bar.maximum())


def page_away(desk: Desk, practice: Practice) -> None:
    """The mail of somebody who is away."""
    being_away(practice)
    unlock(desk)
    open_row(desk, 0)


def page_contact_away(desk: Desk, practice: Practice) -> None:
    """A correspondent who is away, and who replaces them."""
    lea = next(row for row in practice.contacts.values() if row.name == "Léa Fontaine")
    benali = next(row for row in practice.contacts.values() if row.name == "Dr Karim Benali")
    who = DraftRecipient(account=lea.account, name=lea.name, profession=lea.profession)
    practice.people.change(benali.account, away=away_row(practice, replacement=who))
    unlock(desk)
    desk.window.mail.show_account(benali.account)
    settle(desk)


def page_compose_away(desk: Desk, practice: Practice) -> None:
    """About to write to somebody who is away."""
    lea = next(row for row in practice.contacts.values() if row.name == "Léa Fontaine")
    benali = next(row for row in practice.contacts.values() if row.name == "Dr Karim Benali")
    who = DraftRecipient(account=lea.account, name=lea.name, profession=lea.profession)
    practice.people.change(benali.account, away=away_row(practice, replacement=who))
    unlock(desk)
    to = (DraftRecipient(account=benali.account, name=benali.name, profession=benali.profession),)
    desk.window.mail.write_to(Beginning(to=to))
    settle(desk, lambda: desk.mailbox.composer.check is not None)


def page_start(desk: Desk, practice: Practice) -> None:
    """The three ways."""
    practice.profile = ProfileState.EMPTY
    desk.mailbox.session.start()
    settle(desk)


def page_register(desk: Desk, practice: Practice) -> None:
    """The first run."""
    page_start(desk, practice)
    desk.window.first_run.start.begin.click()
    settle(desk)


def page_join(desk: Desk, practice: Practice) -> None:
    """A new computer: words typed, the relay asked for."""
    page_start(desk, practice)
    first_run = desk.window.first_run
    first_run.start.link.click()
    first_run.join.link.set_text("abaisser abandon")
    first_run.join.next.click()
    settle(desk)


def begin_join(desk: Desk, practice: Practice) -> None:
    """Type the words and the passphrase."""
    page_start(desk, practice)
    join = desk.window.first_run.join
    desk.window.first_run.start.link.click()
    join.link.set_text(" ".join(format_secret_words(LINK_SECRET, WordLanguage.FRENCH)))
    write(join.link.relay, ENROLMENT)
    join.next.click()
    join.secret.passphrase.edit.setText(PASSPHRASE)


def page_join_passphrase(desk: Desk, practice: Practice) -> None:
    """A new computer: the passphrase."""
    begin_join(desk, practice)
    settle(desk)


def page_join_compare(desk: Desk, practice: Practice) -> None:
    """A new computer: three words."""
    begin_join(desk, practice)
    desk.window.first_run.join.next.click()
    settle(desk, lambda: desk.mailbox.joining.state is Joined.COMPARING)


def page_join_code(desk: Desk, practice: Practice) -> None:
    """A new computer: the code."""
    page_join_compare(desk, practice)
    practice.owner.end_link(LinkOutcome.DONE)
    settle(desk, lambda: desk.mailbox.session.screen is Screen.LINKED)


def begin_restore(desk: Desk, practice: Practice) -> None:
    """Choose the way back, and name the relay."""
    page_start(desk, practice)
    desk.window.first_run.start.restore.click()
    restore = desk.window.first_run.restore
    write(restore.relay.enrolment, ENROLMENT)
    restore.next.click()


def page_restore_kit(desk: Desk, practice: Practice) -> None:
    """The code typed, with a mistake in a group."""
    begin_restore(desk, practice)
    groups = KIT_TEXT.split()
    groups[4] = "QQQQQ"
    desk.window.first_run.restore.kit.kit.set_text(" ".join(groups))
    settle(desk)


def page_restore_shares(desk: Desk, practice: Practice) -> None:
    """Shares in place of the page, with one missing."""
    begin_restore(desk, practice)
    step = desk.window.first_run.restore.kit
    step.have_shares.click()
    write(step.shares, " ".join([SHARE_WORD] * 33))
    step.join.click()
    settle(desk)


def page_restore_passphrase(desk: Desk, practice: Practice) -> None:
    """The passphrase, and a backup."""
    begin_restore(desk, practice)
    restore = desk.window.first_run.restore
    restore.kit.kit.set_text(KIT_TEXT)
    restore.next.click()
    restore.secret.take_backup("/media/usb/uhealthsec-2026-11-21.backup")
    settle(desk)


def page_restore_found(desk: Desk, practice: Practice) -> None:
    """What was found."""
    page_restore_passphrase(desk, practice)
    restore = desk.window.first_run.restore
    restore.secret.passphrase.edit.setText(PASSPHRASE)
    restore.next.click()
    settle(desk, lambda: desk.mailbox.restoring.offer is not None)


def page_register_errors(desk: Desk, practice: Practice) -> None:
    """The first run with things missing."""
    page_register(desk, practice)
    desk.window.first_run.registration.next.click()
    settle(desk)


def page_register_person(desk: Desk, practice: Practice) -> None:
    """Who you are, with a number that can hardly be one."""
    page_register(desk, practice)
    fill(desk.window.first_run.registration, rpps="99700218897")
    desk.window.first_run.registration.back.click()
    settle(desk)


def page_register_passphrase(desk: Desk, practice: Practice) -> None:
    """A passphrase that is half as hard to guess as it has to be."""
    page_register(desk, practice)
    fill(desk.window.first_run.registration, passphrase="cerise tunnel balcon orage", again="")
    settle(desk)


def page_inbox(desk: Desk, _practice: Practice) -> None:
    """A letter with documents."""
    unlock(desk)
    open_row(desk, 0)


def page_inbox_closed(desk: Desk, _practice: Practice) -> None:
    """No letter open."""
    unlock(desk)


def page_thread(desk: Desk, _practice: Practice) -> None:
    """A conversation of two letters."""
    unlock(desk)
    open_row(desk, 3)


def page_problem(desk: Desk, _practice: Practice) -> None:
    """A letter that does not open."""
    unlock(desk)
    open_row(desk, 2)


def page_refuse(desk: Desk, practice: Practice) -> None:
    """Refusing a letter."""
    page_inbox(desk, practice)
    desk.window.mail.reading.refuse.click()
    settle(desk)


def page_sent(desk: Desk, _practice: Practice) -> None:
    """A letter to two, with its ladder."""
    unlock(desk)
    desk.window.mail.go(Destination.SENT)
    settle(desk, lambda: desk.mailbox.conversations.place is Place.SENT)
    open_row(desk, 0)


def page_sent_refused(desk: Desk, _practice: Practice) -> None:
    """A letter that was refused."""
    unlock(desk)
    desk.window.mail.go(Destination.SENT)
    settle(desk)
    open_row(desk, 2)


def page_offline(desk: Desk, practice: Practice) -> None:
    """Letters that wait for the relay."""
    unlock(desk)
    practice.set_connection(ConnectionState.OFFLINE, ago(50 * MINUTE))
    account = next(iter(practice.contacts))
    practice.record_sent(
        [(account, DeliveryState.QUEUED)], "Rendez-vous de Mme Duval", "Mardi à 9 h lui convient."
    )
    desk.window.mail.go(Destination.OUTBOX)
    settle(desk, lambda: desk.mailbox.conversations.rowCount() == 1)
    settle(desk, lambda: bool(desk.window.mail.queue.cards))
    desk.window.mail.queue.cards[0].show_letter.click()
    settle(desk)


def page_compose(desk: Desk, practice: Practice) -> None:
    """A letter being written."""
    unlock(desk)
    rows = list(practice.contacts.values())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "Compte rendu, 21 novembre.pdf"
        path.write_bytes(bytes(214_000))
        draft = Beginning(
            to=tuple(
                DraftRecipient(account=row.account, name=row.name, profession=row.profession)
                for row in (rows[2], rows[0])
            ),
            subject="Suivi lombalgie, points d’attention",
            text="Bonjour à tous les deux,\n\nMme Duval présente une discopathie L4-L5 sans conflit "
            "radiculaire. Je propose d’espacer les manipulations et de reprendre la marche progressive.",
        )
        desk.window.mail.write_to(draft)
        desk.mailbox.composer.add_files([str(path)])
        settle(desk, lambda: bool(desk.mailbox.composer.documents))


def page_compose_empty(desk: Desk, _practice: Practice) -> None:
    """A letter not begun, sent by mistake."""
    unlock(desk)
    desk.window.mail.write()
    desk.window.mail.composer.send.click()
    settle(desk)


def page_compose_template(desk: Desk, practice: Practice) -> None:
    """A template with its fields, a patient, and an absent recipient."""
    benali = next(row for row in practice.contacts.values() if row.name == "Dr Karim Benali")
    practice.people.change(
        benali.account, trust=Trust.VERIFIED, away=away_row(practice, replacement=None)
    )
    practice.writing.signature = Signature(text="Claire Martin\nOstéopathe, Valbonne", marks=())
    unlock(desk)
    tag = next(iter(practice.records.patients.values()))
    to = (DraftRecipient(account=benali.account, name=benali.name, profession=benali.profession),)
    desk.window.mail.write_to(Beginning(to=to, patient=tag))
    composer = desk.window.mail.composer
    composer.template_menu.aboutToShow.emit()
    actions = [each for each in composer.template_menu.actions() if each.text()]
    actions[4].trigger()
    settle(desk)


def page_compose_namesake(desk: Desk, practice: Practice) -> None:
    """Two people of one name."""
    practice.add_contact("Lea Fontaine", "sage-femme", "Nice")
    unlock(desk)
    compose_to_one(desk, practice)
    settle(desk, lambda: desk.window.mail.composer.namesakes.is_open)


def page_compose_forgotten(desk: Desk, practice: Practice) -> None:
    """A document that the text announces."""
    unlock(desk)
    compose_to_one(desk, practice)
    desk.window.mail.composer.text.setPlainText("Bonjour,\n\nvoir le compte rendu ci-joint.")
    desk.window.mail.composer.subject.clear()
    desk.window.mail.composer.send.click()
    settle(desk)


def page_drafts(desk: Desk, practice: Practice) -> None:
    """Letters that were begun."""
    people = [
        DraftRecipient(account=row.account, name=row.name, profession=row.profession)
        for row in list(practice.contacts.values())[:3]
    ]
    patient = next(iter(practice.records.patients))
    texts = ("Bonjour, je vous adresse M. Roux pour", "", "Merci de votre courrier.")
    for number, text in enumerate(texts):
        content = DraftContent(
            to=tuple(people[:number]),
            subject=("Demande d’avis", "", "Suivi lombalgie")[number],
            text=text,
            patient=None if number else patient,
        )
        practice.writing.add_draft(content, documents=number, at=number * 26 * HOUR)
    unlock(desk)
    desk.window.mail.go(Destination.DRAFTS)
    settle(desk, lambda: desk.mailbox.drafts.total == len(texts))
    desk.window.mail.drafts.list.setCurrentIndex(desk.mailbox.drafts.index(0))


def page_queue(desk: Desk, practice: Practice) -> None:
    """Letters that wait: for tomorrow, for the relay, on their way."""
    account = next(iter(practice.contacts))
    moments: tuple[tuple[str, UnixMillis | None, int], ...] = (
        ("Bilan de Mme Duval", UnixMillis(NOW + 18 * HOUR), 0),
        ("IRM lombaire", None, 12_000_000),
        ("Rendez-vous", None, 0),
    )
    unlock(desk)
    practice.set_connection(ConnectionState.OFFLINE, ago(50 * MINUTE))
    for subject, at, uploaded in moments:
        files = [practice.document("irm.zip", "application/zip", 20_000_000)] if uploaded else []
        view = practice.record_sent(
            [(account, DeliveryState.QUEUED)], subject, "Bonjour", attachments=files
        )
        practice.change(view, send_at=at)
        practice.writing.uploaded[view.message] = uploaded
    desk.window.mail.go(Destination.OUTBOX)
    settle(desk, lambda: len(desk.window.mail.queue.cards) == len(moments))


def page_templates(desk: Desk, practice: Practice) -> None:
    """One's own templates."""
    practice.writing.add_template("Bilan", "Bonjour {correspondant},\n\nvoici", subject="Bilan")
    practice.writing.add_template("Fin de soins", "Bonjour", subject="{patient} : fin de soins")
    unlock(desk)
    desk.window.mail.write()
    desk.window.mail.composer.show_templates()
    settle(desk)


def page_signature(desk: Desk, practice: Practice) -> None:
    """What stands under every letter."""
    practice.writing.signature = Signature(text="Claire Martin\nOstéopathe, Valbonne", marks=())
    unlock(desk)
    desk.window.mail.write()
    desk.window.mail.composer.show_signature()
    settle(desk)


def page_send_later(desk: Desk, practice: Practice) -> None:
    """A day and a time."""
    unlock(desk)
    compose_to_one(desk, practice)
    desk.window.mail.composer.choose_moment()
    settle(desk)


def page_contacts(desk: Desk, _practice: Practice) -> None:
    """A request to answer."""
    unlock(desk)
    mail = desk.window.mail
    mail.go(Destination.CONTACTS)
    index = desk.mailbox.contacts.everyone.index(0)
    mail.contact_list.list.setCurrentIndex(index)
    mail.contact_list.list.chosen.emit(desk.mailbox.contacts.everyone.contact_at(0))
    settle(desk)


def page_contact(desk: Desk, _practice: Practice) -> None:
    """A correspondent."""
    unlock(desk)
    mail = desk.window.mail
    mail.go(Destination.CONTACTS)
    index = desk.mailbox.contacts.everyone.index(1)
    mail.contact_list.list.setCurrentIndex(index)
    mail.contact_list.list.chosen.emit(desk.mailbox.contacts.everyone.contact_at(1))
    settle(desk)


def page_directory(desk: Desk, _practice: Practice) -> None:
    """A search of the directory."""
    unlock(desk)
    mail = desk.window.mail
    mail.go(Destination.CONTACTS)
    mail.contact_list.button.click()
    mail.people.directory.query.setText("e")
    mail.people.directory.search_button.click()
    settle(desk)
    mail.people.directory.candidates[0].ask.click()
    settle(desk)


def page_empty(desk: Desk, practice: Practice) -> None:
    """A mailbox with nothing in it."""
    practice.conversations.clear()
    practice.contacts.clear()
    settle(desk)
    desk.mailbox.session.unlock(Secret.of(PASSPHRASE))
    settle(desk, lambda: desk.mailbox.contacts.is_loaded)


def page_alarm(desk: Desk, practice: Practice) -> None:
    """An alarm above the mail."""
    page_inbox(desk, practice)
    practice.sound(AlarmKind.SPLIT_VIEW, "94112 94113")
    settle(desk, lambda: bool(desk.mailbox.standing.alarms))


def page_connection(desk: Desk, _practice: Practice) -> None:
    """The facts about the connection."""
    unlock(desk)
    desk.window.mail.show_connection()
    settle(desk)


def ways_in(desk: Desk, practice: Practice) -> WaysIn:
    """Open the settings where one can sign in with three things."""
    practice.factors += [
        FactorView(
            factor=FactorId(b"the security key"),
            kind=FactorKind.FIDO2,
            name="clé du cabinet",
            added_at=ago(12 * 24 * 60 * MINUTE),
            last_used_at=None,
        ),
    ]
    unlock(desk)
    desk.window.settings_asked.emit()
    settle(desk)
    (dialog,) = desk.window.findChildren(SettingsDialog)
    section = dialog.show_page_of(WaysIn)
    settle(desk)
    return section


def page_ways_in(desk: Desk, practice: Practice) -> None:
    """What one can sign in with, at the foot of the settings."""
    section = ways_in(desk, practice)
    scroll_to(section.sessions)


def page_ways_in_remove(desk: Desk, practice: Practice) -> None:
    """About to take one away."""
    section = ways_in(desk, practice)
    section.removers[0].click()
    settle(desk)
    scroll_to(section.sessions)


def change_dialog(desk: Desk, practice: Practice) -> ChangePassphraseDialog:
    """Type another passphrase twice."""
    section = ways_in(desk, practice)
    section.change.click()
    (dialog,) = section.findChildren(ChangePassphraseDialog)
    for field in (dialog.new.passphrase, dialog.new.again):
        field.edit.setText("vitre moulin orage cerise lampe tunnel balcon")
    settle(desk)
    return dialog


def page_change_passphrase(desk: Desk, practice: Practice) -> None:
    """The relay cannot be reached, and the old one holds."""
    dialog = change_dialog(desk, practice)
    practice.fail_next(ChangePassphrase, Failure.RELAY_UNREACHABLE)
    dialog.go_on.click()
    settle(desk, dialog.banner.isVisible)


def page_change_passphrase_asked(desk: Desk, practice: Practice) -> None:
    """Both factors are wanted first."""
    practice.step_ups_wanted = 1
    dialog = change_dialog(desk, practice)
    dialog.go_on.click()
    settle(desk, dialog.step_up.isVisible)


def page_change_passphrase_done(desk: Desk, practice: Practice) -> None:
    """It is changed, and another computer is not."""
    practice.owner.add_device("Portable")
    dialog = change_dialog(desk, practice)
    dialog.go_on.click()
    settle(desk, dialog.banner.isVisible)


def page_add_telephone(desk: Desk, practice: Practice) -> None:
    """The picture for another telephone."""
    section = ways_in(desk, practice)
    section.add_telephone.click()
    (dialog,) = section.findChildren(AddTelephoneDialog)
    dialog.answer.setText("téléphone de secours")
    dialog.go_on.click()
    settle(desk)


def page_add_key(desk: Desk, practice: Practice) -> None:
    """A security key that asks for its PIN."""
    practice.key_pin = "4711"
    section = ways_in(desk, practice)
    section.add_key.click()
    (dialog,) = section.findChildren(AddKeyDialog)
    dialog.answer.setText("clé de sécurité bleue")
    dialog.go_on.click()
    settle(desk)


def page_add_key_touch(desk: Desk, practice: Practice) -> None:
    """A security key that waits for a finger."""
    section = ways_in(desk, practice)
    section.add_key.click()
    (dialog,) = section.findChildren(AddKeyDialog)
    dialog.answer.setText("clé de sécurité bleue")
    desk.bridge.touch_awaited.emit()
    settle(desk)


def page_step_up(desk: Desk, practice: Practice) -> None:
    """The relay wants both factors once more."""
    practice.step_ups_wanted = 1
    section = ways_in(desk, practice)
    section.make_codes.click()
    settle(desk)


def page_codes_due(desk: Desk, practice: Practice) -> None:
    """Codes that nobody has noted yet."""
    practice.are_codes_on_paper = False
    unlock(desk)
    settle(desk)


def page_copied(desk: Desk, practice: Practice) -> None:
    """A profile that was put back from a backup."""
    unlock(desk)
    practice.set_connection(ConnectionState.PROFILE_COPIED)
    settle(desk)


def scroll_to(widget: QWidget) -> None:
    """Bring something into sight."""
    parent = widget.parentWidget()
    while parent is not None and not isinstance(parent, QScrollArea):
        parent = parent.parentWidget()
    if parent is not None:
        parent.ensureWidgetVisible(widget)


def page_telephone(desk: Desk, practice: Practice) -> None:
    """The first step after the registration."""
    page_register(desk, practice)
    desk.mailbox.session.register(
        Application(
            enrolment="uhs-enrolment-text",
            invitation="AAAA-BBBB",
            name="Claire Martin",
            profession="Ostéopathe",
            rpps="",
            place="Valbonne",
            is_listed=True,
            passphrase=Secret.of(PASSPHRASE),
        )
    )
    settle(desk, lambda: desk.mailbox.second_factor.step is Step.TELEPHONE)


def page_telephone_refused(desk: Desk, practice: Practice) -> None:
    """The first step with a wrong code, and the text copied."""
    page_telephone(desk, practice)
    step = desk.window.second_factor.telephone
    step.copy.click()
    step.code.edit.setText("123 456")
    step.confirm.click()
    settle(desk)


def page_telephone_resumed(desk: Desk, practice: Practice) -> None:
    """The first step another day, when the passphrase is asked for too."""
    page_sign_in_pending(desk, practice)
    desk.mailbox.second_factor.resume()
    settle(desk, lambda: desk.mailbox.second_factor.step is Step.TELEPHONE)
    desk.window.second_factor.telephone.confirm.click()
    settle(desk)


def page_codes(desk: Desk, practice: Practice) -> None:
    """The second step."""
    page_telephone(desk, practice)
    desk.mailbox.second_factor.confirm(ONE_TIME_CODE)
    settle(desk, lambda: desk.mailbox.second_factor.step is Step.CODES)


def page_kit(desk: Desk, practice: Practice) -> None:
    """The recovery kit, as the last step."""
    page_codes(desk, practice)
    desk.window.second_factor.codes.have_noted.setChecked(True)
    desk.window.second_factor.codes.go_on.click()
    settle(desk, lambda: desk.mailbox.paper_kit.sheet is not None)


def page_kit_check(desk: Desk, practice: Practice) -> None:
    """One group of it, read wrongly."""
    page_kit(desk, practice)
    page = desk.window.kit
    page.on_paper.click()
    page.code.edit.setText("QQQQQ")
    page.confirm.click()
    settle(desk)


def page_codes_as_file(desk: Desk, practice: Practice) -> None:
    """The second step, about to save a file."""
    page_codes(desk, practice)
    desk.window.second_factor.codes.have_noted.setChecked(True)
    desk.window.second_factor.codes.paper.save.click()
    settle(desk)


def page_sign_in_pending(desk: Desk, practice: Practice) -> None:
    """The mail of an account whose telephone is not set up."""
    practice.is_second_factor_taken = False
    page_sign_in_needed(desk, practice)
    settle(desk, lambda: desk.mailbox.second_factor.is_pending)


def page_sign_in_needed(desk: Desk, practice: Practice) -> None:
    """The mail when the session has ended."""
    practice.connection = ConnectionState.SIGN_IN_NEEDED
    practice.since = ago(20 * MINUTE)
    unlock(desk)
    open_row(desk, 0)


def page_sign_in(desk: Desk, practice: Practice) -> None:
    """Signing in again."""
    page_sign_in_needed(desk, practice)
    desk.window.mail.sign_in_strip.sign_in.click()
    settle(desk)


def page_sign_in_refused(desk: Desk, practice: Practice) -> None:
    """Signing in too often."""
    page_sign_in(desk, practice)
    practice.fail_next(SignIn, Failure.TOO_MANY_ATTEMPTS, "200")
    desk.mailbox.access.sign_in(Secret.of(PASSPHRASE), "123456")
    settle(desk)


def page_sign_in_pin(desk: Desk, practice: Practice) -> None:
    """Signing in with a security key: its PIN was wrong."""
    practice.key_pin = "4711"
    page_sign_in(desk, practice)
    (dialog,) = desk.window.findChildren(SignInDialog)
    dialog.passphrase.edit.setText(PASSPHRASE)
    dialog.use_key.click()
    settle(desk, dialog.key.isVisible)
    dialog.key.pin.edit.setText("0000")
    dialog.sign_in.click()
    settle(desk)


def page_sign_in_recovery(desk: Desk, practice: Practice) -> None:
    """Signing in without the telephone."""
    page_sign_in(desk, practice)
    (dialog,) = desk.window.findChildren(SignInDialog)
    dialog.switch.click()
    dialog.neither.click()
    dialog.sign_in.click()
    settle(desk)


def page_codes_left(desk: Desk, practice: Practice) -> None:
    """After a sign-in with a recovery code."""
    page_sign_in_needed(desk, practice)
    desk.mailbox.access.sign_in(Secret.of(PASSPHRASE), RECOVERY_CODES[0].replace("-", ""))
    settle(desk)


def page_sessions(desk: Desk, practice: Practice) -> None:
    """Where the account is signed in."""
    unlock(desk)
    practice.sessions.append(
        SessionView(
            device=DeviceId(b"another computer"),
            signed_in_at=ago(12 * 24 * 60 * MINUTE),
            refreshed_at=ago(25 * 60 * MINUTE),
            is_current=False,
        )
    )
    desk.window.mail.show_sessions()
    settle(desk)


def page_sessions_end(desk: Desk, practice: Practice) -> None:
    """About to sign out everywhere."""
    page_sessions(desk, practice)
    (dialog,) = desk.window.findChildren(SessionsDialog)
    dialog.end.click()
    settle(desk)


def open_settings(desk: Desk, section: type[QWidget]) -> QWidget:
    """Open the settings at a section."""
    desk.window.settings_asked.emit()
    (dialog,) = desk.window.findChildren(SettingsDialog)
    page = dialog.show_page_of(section)
    settle(desk)
    return page


def software_section(desk: Desk) -> PracticeSoftwareSection:
    """Open the settings about practice software."""
    unlock(desk)
    section = open_settings(desk, PracticeSoftwareSection)
    assert isinstance(section, PracticeSoftwareSection)
    return section


def page_software(desk: Desk, _practice: Practice) -> None:
    """No folder is shared."""
    software_section(desk)


def page_software_warning(desk: Desk, _practice: Practice) -> None:
    """What it means, before one is."""
    software_section(desk).consider("/media/cabinet/Logiciel de cabinet")
    settle(desk)


def page_software_shared(desk: Desk, practice: Practice) -> None:
    """One is, and three files were refused."""
    practice.folders.state = shared_folders()
    software_section(desk)


def page_software_missing(desk: Desk, practice: Practice) -> None:
    """Its disk is not there."""
    practice.folders.state = replace(
        shared_folders(),
        trouble=FolderTrouble.FOLDER_MISSING,
        refused=(),
        refused_count=0,
    )
    software_section(desk)


def computers(desk: Desk, practice: Practice) -> ComputersSection:
    """Open the settings about three computers."""
    unlock(desk)
    practice.owner.add_device("Portable", OTHER_COMPUTER)
    practice.owner.add_device("", NEW_COMPUTER)
    section = open_settings(desk, ComputersSection)
    assert isinstance(section, ComputersSection)
    return section


def page_computers(desk: Desk, practice: Practice) -> None:
    """One is removed, another one is being called something, and letters go to the third."""
    section = computers(desk, practice)
    practice.owner.bring_history(120, 960)
    settle(desk)
    section.cards[2].rename.click()
    section.cards[1].remove.click()
    settle(desk)


def page_computers_step_up(desk: Desk, practice: Practice) -> None:
    """Both factors are wanted before one is removed."""
    section = computers(desk, practice)
    practice.owner.is_fresh = False
    section.cards[1].remove.click()
    section.remove.click()
    settle(desk)


def page_computers_stolen(desk: Desk, practice: Practice) -> None:
    """One was stolen."""
    section = computers(desk, practice)
    section.cards[1].remove.click()
    section.stolen.click()
    settle(desk)


def link_dialog(desk: Desk, practice: Practice) -> AddComputerDialog:
    """Begin to add a computer."""
    unlock(desk)
    section = open_settings(desk, ComputersSection)
    assert isinstance(section, ComputersSection)
    assert practice.owner.is_fresh
    section.add.click()
    settle(desk)
    (dialog,) = section.findChildren(AddComputerDialog)
    return dialog


def page_link(desk: Desk, practice: Practice) -> None:
    """The picture and the twelve words."""
    link_dialog(desk, practice)


def page_link_offered(desk: Desk, practice: Practice) -> None:
    """A computer has answered."""
    dialog = link_dialog(desk, practice)
    practice.owner.offer()
    settle(desk, lambda: bool(dialog.three.words))


def recovery(desk: Desk) -> RecoverySection:
    """Open the settings about kit and backups."""
    section = open_settings(desk, RecoverySection)
    assert isinstance(section, RecoverySection)
    return section


def page_recovery(desk: Desk, practice: Practice) -> None:
    """Kit and backups, all well."""
    unlock(desk)
    practice.owner.set_safety(
        rehearsed_at=ago(40 * DAY), backup_folder="/media/usb/U-HealthSec", backup_at=ago(9 * HOUR)
    )
    recovery(desk)


def importing(desk: Desk) -> ImportSection:
    """Open the settings about another mail program."""
    section = open_settings(desk, ImportSection)
    assert isinstance(section, ImportSection)
    return section


def page_import(desk: Desk, _practice: Practice) -> None:
    """Nothing is chosen."""
    unlock(desk)
    importing(desk)


def page_import_running(desk: Desk, practice: Practice) -> None:
    """Some letters are on their way."""
    unlock(desk)
    practice.hold(ImportMail)
    section = importing(desk)
    desk.mailbox.importing.choose(["Mail/Inbox", "Mail/Sent.mbox"])
    section.own.setText("anne.morel@cabinet.example")
    section.start.click()
    settle_until(lambda: bool(practice.asked(ImportMail)))
    practice.tell_progress(ImportMail, 3, 5)
    settle_until(lambda: section.progress.value() == 600)


def page_import_report(desk: Desk, practice: Practice) -> None:
    """Most of it is here."""
    unlock(desk)
    practice.importing.report = replace(
        practice.importing.report,
        letters=4812,
        known=37,
        documents=2204,
        failed=2,
        other_files=3,
        troubles=(
            ImportTrouble(
                file="Inbox",
                number=701,
                subject="",
                document="",
                problem=DocumentProblem.DAMAGED,
            ),
            ImportTrouble(
                file="Sent.mbox",
                number=12,
                subject="Compte rendu opératoire de Mme Delmas",
                document="IRM genou gauche.zip",
                problem=DocumentProblem.DAMAGED,
            ),
        ),
    )
    section = importing(desk)
    desk.mailbox.importing.choose(["Mail"])
    section.start.click()
    settle(desk, lambda: not section.banner.isHidden())


def page_imported_letter(desk: Desk, practice: Practice) -> None:
    """A letter of before, in the archives."""
    imported_letter(
        practice,
        "Résultats de Mme Delmas",
        "Chère consœur,\n\nvous trouverez ci-joint les résultats de notre patiente commune.\n\nBien à vous",
    )
    unlock(desk)
    desk.window.mail.go(Destination.ARCHIVE)
    settle(desk)
    open_row(desk, 0)


def page_recovery_poor(desk: Desk, practice: Practice) -> None:
    """No kit, and a backup that failed."""
    unlock(desk)
    practice.owner.set_safety(
        kit=KitState.MISSING,
        backup_folder="D:/Sauvegardes",
        is_backup_on_same_disk=True,
        backup_at=ago(9 * DAY),
        backup_failed_at=ago(HOUR),
        backup_trouble=BackupTrouble.DISK_FULL,
    )
    recovery(desk)


def page_recovery_new_kit(desk: Desk, practice: Practice) -> None:
    """About to make a new kit: both factors."""
    unlock(desk)
    practice.owner.is_fresh = False
    section = recovery(desk)
    section.kit.renew.click()
    section.kit.make.click()
    settle(desk)
    section.kit.step_up.go_on.click()
    settle(desk)


def page_rehearsal(desk: Desk, _practice: Practice) -> None:
    """The kit is tried, with a mistake."""
    unlock(desk)
    section = recovery(desk)
    section.kit.rehearse.click()
    (dialog,) = section.findChildren(RehearseDialog)
    dialog.code.set_text(KIT_TEXT.replace(KIT_TEXT.split()[4], "QQQQQ"))
    settle(desk)


def page_sharing(desk: Desk, _practice: Practice) -> None:
    """The kit is shared among three."""
    unlock(desk)
    section = recovery(desk)
    section.kit.share.click()
    settle(desk)


def page_shared(desk: Desk, practice: Practice) -> None:
    """The shares are ready."""
    page_sharing(desk, practice)
    (dialog,) = desk.window.findChildren(ShareDialog)
    dialog.code.set_text(KIT_TEXT)
    dialog.go_on.click()
    settle(desk)


def show_person(desk: Desk, account: AccountId) -> PersonPane:
    """Show a correspondent."""
    desk.window.mail.show_account(account)
    settle(desk, lambda: desk.mailbox.acquaintance.details is not None)
    return desk.window.mail.people.person


def named(practice: Practice, name: str) -> AccountId:
    """Return the address of a correspondent."""
    return next(row.account for row in practice.contacts.values() if row.name == name)


def page_trusted(desk: Desk, practice: Practice) -> None:
    """Somebody verified by the operator, vouched for and compared."""
    unlock(desk)
    account = named(practice, "Dr Karim Benali")
    practice.people.verify(account, DocumentKind.PROFESSIONAL_REGISTER)
    practice.people.vouch(account, "Dr Anne Weber")
    desk.mailbox.acquaintance.confirm(account, Comparison.IN_PERSON)
    settle(desk)
    show_person(desk, account)


def page_compare(desk: Desk, practice: Practice) -> None:
    """Twelve words."""
    unlock(desk)
    person = show_person(desk, named(practice, "Léa Fontaine"))
    person.trust.compare.click()
    settle(desk)


def page_changed_person(desk: Desk, practice: Practice) -> None:
    """Somebody came back in a way that nobody announced."""
    unlock(desk)
    account = named(practice, "Léa Fontaine")
    practice.people.surprise(account, KeyNewsKind.ALL_COMPUTERS_NEW)
    settle(desk)
    show_person(desk, account)


def page_changed_composer(desk: Desk, practice: Practice) -> None:
    """A letter to somebody who came back so."""
    unlock(desk)
    practice.people.surprise(named(practice, "Léa Fontaine"), KeyNewsKind.ALL_COMPUTERS_NEW)
    settle(desk)
    compose_to_one(desk, practice)


def compose_to_one(desk: Desk, practice: Practice) -> None:
    """A letter to one person, which is not known."""
    if not desk.mailbox.session.is_open:
        unlock(desk)
    row = practice.contacts[named(practice, "Léa Fontaine")]
    to = (DraftRecipient(account=row.account, name=row.name, profession=row.profession),)
    desk.window.mail.write_to(Beginning(to=to, subject="Mme Duval", text="Bonjour Léa,"))
    settle(desk)


def write_long_names(practice: Practice) -> MessageView:
    """Receive a letter in which all who choose a name have chosen as long a one as there can be."""
    words = "Marie-Antoinette Wilhelmine de Montmorency-Laval "
    long = (words * 5).encode()[:MAX_NAME_BYTES].decode(errors="ignore").strip()
    sender = practice.add_contact(long, long, "Saint-Rémy-en-Bouzemont-Saint-Genest-et-Isson")
    one_word = practice.add_contact("W" * MAX_NAME_BYTES, "Kinésithérapeute", "Valbonne")
    return practice.receive(
        sender,
        long,
        "Bonjour à vous deux,\n\nvoici ce dont nous avons parlé.",
        attachments=[practice.document(f"{'rapport ' * 20}.pdf", "application/pdf", 214_000)],
        patient=said(long, long, "1961-03-12"),
        others=[one_word, practice.add_stranger("Ahmed")],
    )


def page_mail_long_names(desk: Desk, practice: Practice) -> None:
    """A letter of somebody with the longest name there can be, about somebody with such a name."""
    write_long_names(practice)
    unlock(desk)
    open_row(desk, 0)


def page_compose_long_names(desk: Desk, practice: Practice) -> None:
    """An answer to all of them but the one who is no correspondent, about a patient of one's own."""
    letter = write_long_names(practice)
    patient = practice.records.add_patient("Montmorency-Laval " * 11, "Marie", "1961-03-12")
    practice.records.filing(letter.conversation).patient = patient
    unlock(desk)
    open_row(desk, 0)
    desk.window.mail.actions_of_letters.reply_all.trigger()
    settle(desk, lambda: desk.window.mail.composer.strangers.is_open)
    desk.window.mail.composer.strangers.others.click()
    settle(desk, lambda: not desk.window.mail.composer.strangers.is_open)


def page_compose_stranger(desk: Desk, practice: Practice) -> None:
    """An answer to all, one of whom is no correspondent of the owner's."""
    benali = named(practice, "Dr Karim Benali")
    lea = named(practice, "Léa Fontaine")
    practice.receive(
        benali,
        "Mme Duval, suite",
        "Bonjour à tous,\n\nque pensez-vous de la suite ?",
        others=[lea, practice.add_stranger("Ahmed")],
    )
    unlock(desk)
    open_row(desk, 0)
    desk.window.mail.actions_of_letters.reply_all.trigger()
    settle(desk, lambda: desk.window.mail.composer.strangers.is_open)


def page_contact_long_name(desk: Desk, practice: Practice) -> None:
    """The page of somebody with the longest name there can be."""
    sender = write_long_names(practice).sender
    unlock(desk)
    desk.window.mail.show_account(sender)
    settle(desk)


def page_unverified(desk: Desk, practice: Practice) -> None:
    """The first letter to somebody of whom nobody has said who they are."""
    practice.asks_about_unverified = True
    compose_to_one(desk, practice)
    desk.window.mail.composer.send.click()
    settle(desk)


def page_waiting_letter(desk: Desk, practice: Practice) -> None:
    """A letter that waits until somebody was asked."""
    unlock(desk)
    account = named(practice, "Léa Fontaine")
    practice.record_sent(
        [(account, DeliveryState.QUEUED)], "Mme Duval", "Bonjour Léa,", problem=Problem.KEYS_CHANGED
    )
    desk.window.mail.go(Destination.OUTBOX)
    settle(desk, lambda: bool(desk.window.mail.queue.cards))
    desk.window.mail.queue.cards[0].show_letter.click()
    settle(desk)


def page_cards(desk: Desk, _practice: Practice) -> None:
    """One's own card, and somebody else's."""
    unlock(desk)
    mail = desk.window.mail
    mail.go(Destination.CONTACTS)
    mail.contact_list.button.click()
    mail.people.directory.query.setText(SOMEBODYS_CARD)
    mail.people.directory.search_button.click()
    mail.people.directory.own_card.show_it.click()
    settle(desk)


def page_reminder_kit(desk: Desk, practice: Practice) -> None:
    """The kit is not on paper."""
    page_inbox(desk, practice)
    practice.owner.set_safety(kit=KitState.MISSING)
    settle(desk)


def page_reminder_removed(desk: Desk, practice: Practice) -> None:
    """This computer was removed."""
    page_inbox(desk, practice)
    practice.set_connection(ConnectionState.DEVICE_REMOVED)
    settle(desk)


def page_alarm_own(desk: Desk, practice: Practice) -> None:
    """Somebody changed the owner's account."""
    page_inbox(desk, practice)
    practice.sound(AlarmKind.OWN_KEYS_CHANGED, "4 all_computers_new")
    settle(desk, lambda: bool(desk.mailbox.standing.alarms))


def page_mail_marked(desk: Desk, practice: Practice) -> None:
    """A letter with bold words and lists, to several, filed under a patient."""
    text = (
        "Chère consœur,\n\nà propos de Mme Duval, trois points d’attention :\n"
        "Discopathie L4-L5 sans conflit radiculaire\n"
        "Reprise progressive de la marche\n"
        "Pas de manipulation lombaire avant janvier\n\n"
        "Ce que je propose :\nrevoir la patiente dans quinze jours\nrefaire le point après l’IRM\n\n"
        "Bien à vous"
    )
    spots = (
        (MarkKind.BOLD, "trois points d’attention", "trois points d’attention"),
        (MarkKind.BULLET, "Discopathie", "avant janvier"),
        (MarkKind.BOLD, "Pas de manipulation", "Pas de manipulation"),
        (MarkKind.NUMBERED, "revoir", "l’IRM"),
    )
    marks = tuple(
        Mark(kind=kind, start=text.index(first), end=text.index(last) + len(last))
        for kind, first, last in spots
    )
    weber, fontaine = named(practice, "Dr Anne Weber"), named(practice, "Léa Fontaine")
    practice.people.change(weber, trust=Trust.VERIFIED)
    letter = practice.receive(
        weber,
        "Mme Duval, conduite à tenir",
        text,
        marks=marks,
        others=[fontaine],
        patient=said("Duval", "Jeanne", "1961-03-12"),
    )
    practice.records.filing(letter.conversation).patient = next(
        tag.patient for tag in practice.records.patients.values() if tag.family_name == "Duval"
    )
    practice.records.filing(letter.conversation).is_flagged = True
    unlock(desk)
    open_row(desk, 0)


def page_mail_several(desk: Desk, _practice: Practice) -> None:
    """Three conversations chosen."""
    unlock(desk)
    desk.window.mail.conversations.list.setFocus()
    desk.window.mail.conversations.list.selectAll()
    settle(desk)


def page_mail_undo(desk: Desk, _practice: Practice) -> None:
    """Two put away, one after the other; beside the list, the next one is open."""
    unlock(desk)
    open_row(desk, 1)
    mail = desk.window.mail
    mail.actions_of_letters.archive.trigger()
    settle(desk)
    if mail.is_narrow:
        # There, the list is shown again, and nothing is done before a line is chosen.
        open_row(desk, 1)
    mail.actions_of_letters.filed.trigger()
    settle(desk, lambda: len(desk.mailbox.acts.undoables) == 2)


def page_mail_hover(desk: Desk, _practice: Practice) -> None:
    """The pointer rests on a line."""
    unlock(desk)
    rows = desk.window.mail.conversations.list
    rows.entered.emit(desk.mailbox.conversations.index(1))
    settle(desk)


def page_mail_to_do(desk: Desk, _practice: Practice) -> None:
    """What waits for the owner."""
    unlock(desk)
    desk.window.mail.go(Destination.TO_DO)
    settle(desk, lambda: desk.mailbox.conversations.rowCount() == 1)


def page_mail_archive_empty(desk: Desk, _practice: Practice) -> None:
    """Nothing is archived."""
    unlock(desk)
    desk.window.mail.go(Destination.ARCHIVE)
    settle(desk)


def page_mail_scheduled(desk: Desk, practice: Practice) -> None:
    """A letter that waits for tomorrow."""
    account = named(practice, "Léa Fontaine")
    letter = practice.record_sent(
        [(account, DeliveryState.QUEUED)], "Mme Duval", "Bonjour Léa,\n\nà demain."
    )
    practice.change(letter, send_at=UnixMillis(NOW + 18 * HOUR), can_cancel=True)
    unlock(desk)
    desk.window.mail.go(Destination.OUTBOX)
    settle(desk, lambda: desk.mailbox.conversations.rowCount() == 1)
    open_row(desk, 0)


def page_mail_file_under(desk: Desk, _practice: Practice) -> None:
    """Choosing a patient."""
    page_inbox(desk, _practice)
    desk.window.mail.actions_of_letters.file_under.trigger()
    settle(desk)


def page_patients(desk: Desk, practice: Practice) -> None:
    """A patient with what is filed."""
    unlock(desk)
    roux = next(tag for tag in practice.records.patients.values() if tag.family_name == "Roux")
    desk.window.mail.show_patient(roux)
    settle(desk, lambda: desk.mailbox.filed.rowCount() == 2)


def page_patients_letter(desk: Desk, practice: Practice) -> None:
    """A letter from a patient's page, with the way back."""
    page_patients(desk, practice)
    row = desk.mailbox.filed.index(0).data(ROW_ROLE)
    desk.window.mail.patient.list.entered_line.emit(row)
    settle(desk, lambda: bool(desk.mailbox.reading.letters))


def page_patients_empty(desk: Desk, practice: Practice) -> None:
    """No patient yet."""
    practice.records.patients.clear()
    for conversation in practice.conversations:
        practice.records.filing(conversation).patient = None
    unlock(desk)
    desk.window.mail.go(Destination.PATIENTS)
    settle(desk)


def page_erase_patient(desk: Desk, practice: Practice) -> None:
    """What goes, what stays and why; nothing is done yet."""
    practice.erasing.computers, practice.erasing.backups = 1, 4
    practice.erasing.absent_backups = 1
    page_patients(desk, practice)
    desk.window.mail.patient.erase.click()
    settle(desk)


def page_erase_patient_kept(desk: Desk, practice: Practice) -> None:
    """Somebody whose letters the law wants kept."""
    practice.erasing.obstacle = Obstacle.TO_BE_KEPT
    practice.erasing.kept_until = "2046-09-21"
    page_erase_patient(desk, practice)


def page_erased(desk: Desk, practice: Practice) -> None:
    """Done: the certificate can be saved."""
    page_erase_patient(desk, practice)
    (dialog,) = desk.window.findChildren(ErasureDialog)
    dialog.passphrase.edit.setText(PASSPHRASE)
    dialog.go_on.click()
    settle(desk)


def page_patients_add(desk: Desk, _practice: Practice) -> None:
    """A date that is none."""
    unlock(desk)
    desk.window.mail.go(Destination.PATIENTS)
    desk.window.mail.patient_list.button.click()
    (dialog,) = desk.window.findChildren(PatientDialog)
    write(dialog.family_name, "Duval")
    write(dialog.birth_date, "31/02/1961")
    dialog.save.click()
    settle(desk)


def page_patients_card(desk: Desk, practice: Practice) -> None:
    """A patient of whom much is known, and who was in the list twice."""
    _with_card(practice)
    page_patients(desk, practice)
    desk.window.mail.patient.view.buttons[View.CARD].click()
    settle(desk)


def page_patients_consent(desk: Desk, practice: Practice) -> None:
    """A consent being recorded."""
    page_patients_card(desk, practice)
    desk.window.mail.patient.rights.consent.click()
    (dialog,) = desk.window.findChildren(ConsentDialog)
    dialog.how.capacities.buttons[Capacity.PARENT].click()
    settle(desk)


def page_patients_objection(desk: Desk, practice: Practice) -> None:
    """An objection being recorded."""
    page_patients_card(desk, practice)
    desk.window.mail.patient.rights.object.click()
    settle(desk)


def page_compose_rights(desk: Desk, practice: Practice) -> None:
    """About to write about a patient to somebody who is not covered by the law."""
    lea = next(row for row in practice.contacts.values() if row.name == "Léa Fontaine")
    practice.rights.rules[lea.account] = Ruling.CONSENT, Rule.OUTSIDE_SECRECY
    unlock(desk)
    tag = next(iter(practice.records.patients.values()))
    to = tuple(
        DraftRecipient(account=row.account, name=row.name, profession=row.profession)
        for row in practice.contacts.values()
        if row.name in {"Léa Fontaine", "Dr Karim Benali"}
    )
    desk.window.mail.write_to(Beginning(to=to, patient=tag, subject="Suivi", text="Bonjour,"))
    settle(desk, lambda: desk.window.mail.composer.rights.is_open)


def page_compose_rights_care(desk: Desk, practice: Practice) -> None:
    """Whether somebody takes part in the care."""
    lea = next(row for row in practice.contacts.values() if row.name == "Léa Fontaine")
    practice.rights.rules[lea.account] = Ruling.ASK, Rule.TIE_UNKNOWN
    unlock(desk)
    tag = next(iter(practice.records.patients.values()))
    to = (DraftRecipient(account=lea.account, name=lea.name, profession=lea.profession),)
    desk.window.mail.write_to(Beginning(to=to, patient=tag, subject="Suivi", text="Bonjour,"))
    settle(desk, lambda: desk.window.mail.composer.rights.is_open)


def page_compose_emergency(desk: Desk, practice: Practice) -> None:
    """Why a letter goes all the same."""
    page_compose_rights(desk, practice)
    desk.window.mail.composer.rights.emergency.click()
    settle(desk)


def page_patients_correct(desk: Desk, practice: Practice) -> None:
    """The form with the whole card."""
    page_patients_card(desk, practice)
    desk.window.mail.patient.correct.click()
    (dialog,) = desk.window.findChildren(PatientDialog)
    settle(desk, lambda: dialog.card is not None)


def _with_card(practice: Practice) -> None:
    card = PatientCard(
        birth_name="Roux",
        sex=Sex.FEMALE,
        ins=NationalIdentity(matricule="180037511600772", oid=NIR_OID, is_qualified=True),
        telephone="06 12 34 56 78",
        email="jeanne.duval@example.test",
        address="1 rue des Lilas, 06560 Valbonne",
        representative=Representative(name="Paul Duval", capacity="tuteur"),
        is_protected=True,
        notes="Entend mal de l’oreille gauche.",
        seen_on="2026-11-14",
    )
    for patient in practice.records.patients:
        practice.records.cards[patient] = card
    who = [row.account for row in practice.contacts.values() if row.name != "Claire Martin"]
    cases = (
        (Ruling.YES, Rule.SAME_CATEGORY),
        (Ruling.YES, Rule.CONSENT),
        (Ruling.CONSENT, Rule.OUTSIDE_SECRECY),
        (Ruling.NO, Rule.OPPOSITION),
    )
    practice.rights.rules |= dict(zip(who, cases, strict=False))


def page_help(desk: Desk, _practice: Practice) -> None:
    """The help, about trust."""
    unlock(desk)
    desk.window.show_help()
    desk.window.findChildren(HelpWindow)[0].turn_to(2)


def page_help_keyboard(desk: Desk, _practice: Practice) -> None:
    """The map of the keys."""
    unlock(desk)
    desk.window.show_help()
    desk.window.findChildren(HelpWindow)[0].turn_to(7)


def document_of(desk: Desk, name: str) -> DocumentWindow:
    """Open a document of any letter in the mail."""
    practice_letters = [
        (letter, index)
        for row in range(desk.mailbox.conversations.rowCount())
        for letter, index in _documents(desk, row)
        if letter.attachments[index].name == name
    ]
    letter, index = practice_letters[0]
    desk.window.mail.show_document(letter, index)
    window = desk.window.findChildren(DocumentWindow)[-1]
    settle(desk)
    settle_paint()
    settle(desk)
    return window


def _documents(desk: Desk, row: int) -> list[tuple[MessageView, int]]:
    open_row(desk, row)
    letters = desk.mailbox.reading.letters
    return [(letter, at) for letter in letters for at in range(len(letter.attachments))]


def page_document_pdf(desk: Desk, _practice: Practice) -> None:
    """Pages of a report."""
    unlock(desk)
    document_of(desk, "Compte rendu, 21 novembre.pdf")


def page_document_find(desk: Desk, practice: Practice) -> None:
    """Words found on the pages of a report."""
    name = "Compte rendu, 21 novembre.pdf"
    practice.documents.texts[name] = (
        "Mme Duval Jeanne\n\nRééducation commencée en octobre.\nPoursuivre la rééducation.",
        "Annexe",
        "Ordonnance : dix séances de rééducation de l’épaule",
    )
    unlock(desk)
    window = document_of(desk, name)
    window.find_it.click()
    window.find_bar.words.setText("reeducation")
    settle(desk, lambda: bool(window.search.finds) and not window.search.is_looking)


def page_document_results(desk: Desk, _practice: Practice) -> None:
    """A laboratory's results."""
    unlock(desk)
    document_of(desk, "Résultats 22 novembre.xml")


def page_document_laboratory(desk: Desk, practice: Practice) -> None:
    """A laboratory's file with values that are marked, compared, and neither."""
    name = "Résultats 22 novembre.xml"
    read = hprim.read(make_corpus.hprim_writings())
    practice.documents.views[(name, ())] = replace(
        practice.documents.views[(name, ())],
        kind=read.kind,
        facts=read.facts,
        blocks=read.blocks,
        parts=(),
        problems=(*read.problems, DocumentProblem.DAMAGED),
    )
    unlock(desk)
    document_of(desk, name)


def page_document_archive(desk: Desk, _practice: Practice) -> None:
    """An archive of which a part is not what it should be."""
    unlock(desk)
    document_of(desk, "Bilan de rééducation.pdf")


def page_document_elsewhere(desk: Desk, _practice: Practice) -> None:
    """About to be opened in another program."""
    unlock(desk)
    document_of(desk, "Résultats 22 novembre.xml").elsewhere.click()


def page_document_missing(desk: Desk, _practice: Practice) -> None:
    """A document that is still at the relay."""
    unlock(desk)
    document_of(desk, "IRM lombaire.zip")


def search_for(desk: Desk, words: str) -> None:
    """Type words into the search."""
    unlock(desk)
    desk.window.mail.go(Destination.SEARCH)
    settle(desk)
    desk.window.mail.search.box.setText(words)
    desk.mailbox.finder.look_for(words)
    settle(desk, lambda: not desk.mailbox.finder.is_waiting)


def page_search(desk: Desk, practice: Practice) -> None:
    """Letters found, one of them open, and what the search covers."""
    practice.index.coverage = Coverage(
        letters=12_402, waiting=0, unreadable=2, complete_since=ago(900 * 24 * 60 * MINUTE)
    )
    search_for(desk, "lombalgies flex")
    desk.window.mail.search.list.setCurrentIndex(desk.mailbox.finder.index(0))
    desk.window.mail.search.list.entered_line.emit(desk.mailbox.finder.hit_at(0))
    settle(desk)


def page_search_empty(desk: Desk, _practice: Practice) -> None:
    """Nothing typed yet."""
    unlock(desk)
    desk.window.mail.go(Destination.SEARCH)
    settle(desk)


def page_search_nothing(desk: Desk, practice: Practice) -> None:
    """Nothing found, in an index that is not complete."""
    practice.index.coverage = Coverage(letters=40, waiting=312, unreadable=0, complete_since=None)
    search_for(desk, "genou")


def a_day(practice: Practice) -> None:
    """Note what a day brings, and the end of the day before."""
    journal = practice.journal
    mails = [views[-1] for views in practice.conversations.values()]
    received = next(mail for mail in mails if mail.direction is Direction.RECEIVED)
    other = next(mail for mail in mails if mail.direction is Direction.SENT)
    about = {"letter": received.message, "conversation": received.conversation}
    named = about | {"subject": received.subject, "people": (received.sender_name,)}
    journal.note(
        Deed.COMPOSED,
        minutes_ago=1,
        standing=Standing.WAITING,
        logged_at=None,
        letter=other.message,
        conversation=other.conversation,
        subject=other.subject,
        people=("Dr Karim Benali", "Sophie Lambert"),
        patient=other.patient,
        numbers=(1,),
    )
    journal.note(Deed.READ, minutes_ago=4, patient=received.patient, **named)
    journal.note(Deed.DOCUMENT_SAVED, minutes_ago=6, document_name="IRM lombaire.pdf", **named)
    journal.note(Deed.RECEIVED, minutes_ago=15, numbers=(2,), **named)
    journal.note(
        Deed.READ_BY,
        minutes_ago=64,
        standing=Standing.TOLD,
        computer="",
        is_here=False,
        **named,
    )
    journal.note(Deed.SEARCHED, minutes_ago=90, computer="Portable", is_here=False, numbers=(12,))
    journal.note(Deed.UNLOCKED, minutes_ago=331, numbers=(0,))
    journal.note(Deed.SIGN_IN_REFUSED, minutes_ago=333, computer="", is_here=False, numbers=(3,))
    journal.note(Deed.LOCKED, minutes_ago=1100, numbers=(1,))
    journal.note(Deed.ERASED, minutes_ago=1130, letter=MessageId(b"erased letter..."))


def page_journal(desk: Desk, practice: Practice) -> None:
    """What was done, and the proof of one act."""
    a_day(practice)
    unlock(desk)
    desk.window.mail.go(Destination.JOURNAL)
    settle(desk, lambda: bool(desk.mailbox.journal.rowCount()))
    acts = desk.window.mail.journal.list
    acts.setCurrentIndex(desk.mailbox.journal.index(1))
    acts.entered_line.emit(desk.mailbox.journal.row_at(1))
    settle(desk)


def page_journal_whole(desk: Desk, practice: Practice) -> None:
    """The proof with its bytes, of an act that is externally timestamped."""
    practice.journal.timestamp = JournalTimestamp(
        standing=TimestampStanding.RELAYS_AUTHORITY,
        at=UnixMillis(practice.now),
        authority="Horodatage qualifié 4, Société d’horodatage",
        certificate=Hash(bytes(range(32))),
        log_size=94_112,
        valid_until=UnixMillis(practice.now + 86_400_000),
    )
    page_journal(desk, practice)
    desk.window.mail.proof.whole.click()


def page_journal_report(desk: Desk, practice: Practice) -> None:
    """A report that was written."""
    a_day(practice)
    unlock(desk)
    desk.window.mail.go(Destination.JOURNAL)
    settle(desk, lambda: bool(desk.mailbox.journal.rowCount()))
    pane = desk.window.mail.journal
    with tempfile.TemporaryDirectory() as folder:
        pane.write_report(folder, ReportReader.COURT, ReportForm.PDF)
        settle(desk, pane.report.isEnabled)


def page_journal_damaged(desk: Desk, practice: Practice) -> None:
    """A journal that does not hold, and an act that is not proven."""
    practice.journal.state = JournalState.DAMAGED
    practice.journal.broken = {2}
    page_journal(desk, practice)


def page_journal_days(desk: Desk, practice: Practice) -> None:
    """Between which days."""
    page_journal_report(desk, practice)
    desk.window.mail.journal.period.menu().actions()[-1].trigger()
    settle(desk)


def page_journal_nothing(desk: Desk, _practice: Practice) -> None:
    """Nothing recorded yet."""
    unlock(desk)
    desk.window.mail.go(Destination.JOURNAL)
    settle(desk, lambda: desk.mailbox.journal.summary is not None)


def two_accounts(desk: Desk) -> None:
    """Open two accounts, the first of them shown, beside a third one that is locked."""
    unlock(desk)
    desk.accounts.rename(1, "Cabinet de Valbonne")
    for name in ("Hôpital de Lyon", "Remplacement du docteur Castellane"):
        desk.accounts.add(name)
    desk.accounts.turn_to(2)
    unlock(desk)
    desk.accounts.turn_to(1)
    settle(desk)


def page_accounts_mail(desk: Desk, _practice: Practice) -> None:
    """One of three accounts, with a letter open."""
    two_accounts(desk)
    open_row(desk, 0)


def page_accounts_writing(desk: Desk, practice: Practice) -> None:
    """A letter that says from which account it goes."""
    two_accounts(desk)
    row = next(iter(practice.contacts.values()))
    to = DraftRecipient(account=row.account, name=row.name, profession=row.profession)
    desk.window.mail.write_to(Beginning(to=(to,)))
    settle(desk)


def page_accounts_search(desk: Desk, _practice: Practice) -> None:
    """A search says that it is of one account."""
    two_accounts(desk)
    desk.window.mail.go(Destination.SEARCH)
    settle(desk)


def page_accounts_locked(desk: Desk, _practice: Practice) -> None:
    """An account that is locked, with the way to the others."""
    two_accounts(desk)
    desk.accounts.turn_to(3)
    settle(desk)


def page_accounts_settings(desk: Desk, _practice: Practice) -> None:
    """The accounts in the settings, one of them about to leave the list."""
    two_accounts(desk)
    desk.window.settings_asked.emit()
    settle(desk)
    dialog = desk.window.findChildren(SettingsDialog)[-1]
    dialog.show_page_of(AccountsSection)
    dialog.findChildren(AccountsSection)[0].cards[2].remove.click()


def page_accounts_adding(desk: Desk, _practice: Practice) -> None:
    """A second account is to be added."""
    dialog = settings_at(desk, 3)
    dialog.show_page_of(AccountsSection)
    dialog.findChildren(AccountsSection)[0].adding.begin.click()


PAGES: Final = {
    name.removeprefix("page_"): page
    for name, page in list(globals().items())
    if name.startswith("page_")
}


def take(folder: Path, look: Look, name: str) -> None:
    """Take one picture."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    with tempfile.TemporaryDirectory() as profile:
        preferences = Preferences(Path(profile))
        preferences.language = look.language
        preferences.appearance = look.appearance
        preferences.text_scale = look.text_scale
        practice = sample_practice()
        longer = LongWords()
        if look.is_longer:
            application.installTranslator(longer)
        desk = Desk(
            application,
            preferences,
            practice.connect,
            FixedClock(NOW, PARIS),
            connect_other=lambda _: other_practice().connect(),
        )
        if look.is_small:
            desk.window.move(small_screen().topLeft())
        desk.window.resize(look.width, look.height)
        desk.start()
        PAGES[name](desk, practice)
        settle_paint()
        dialogs = [each for each in desk.window.findChildren(QDialog) if each.isVisible()]
        # The one on top, where one dialog has led to another.
        shown = QApplication.activeModalWidget() or (dialogs[-1] if dialogs else desk.window)
        shown.grab().save(str(folder / f"{look.name}-{name}.png"))
        practice.release()
        desk.stop()
        desk.window.retire()
        desk.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        application.removeTranslator(longer)


def small_screen() -> QRect:
    """Return where the smallest screen is."""
    return min((each.geometry() for each in QApplication.screens()), key=QRect.width)


def settle_paint() -> None:
    """Let layouts that were put off happen."""
    for _ in range(3):
        QApplication.processEvents()
        QApplication.sendPostedEvents()


def main(arguments: list[str]) -> int:
    """Take the pictures, all or those named."""
    parser = argparse.ArgumentParser(prog="python -m tests.gui.pictures", description=main.__doc__)
    parser.add_argument("folder", type=Path, help="where the pictures go; made if need be")
    parser.add_argument("wanted", nargs="*", help="a page, or how a picture's name begins")
    chosen = parser.parse_args(arguments)
    folder: Path = chosen.folder
    wanted: list[str] = chosen.wanted
    os.environ.setdefault("QT_QPA_PLATFORM", SCREENS)
    folder.mkdir(parents=True, exist_ok=True)
    application = QApplication([])
    for look in LOOKS:
        for name in PAGES:
            full = f"{look.name}-{name}"
            if not wanted or any(full.startswith(each) or name == each for each in wanted):
                take(folder, look, name)
                print(full)  # noqa: T201 - the program's own output
    application.quit()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
