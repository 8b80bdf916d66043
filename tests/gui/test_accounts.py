# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two practices in one window: one is shown at a time, and nothing passes from one to the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pytest
from PySide6.QtCore import QEvent, QLockFile, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox

from app.interface.commands import ListConversations, MarkRead
from app.interface.failures import Failure
from app.interface.organising import Act, Organise
from app.interface.searching import Search
from app.interface.secret import Secret
from app.interface.snapshots import DraftRecipient, ProfileState
from app.interface.writing import SaveDraft, SendDraft
from app.paths import lock_request, window_lock
from app.profiles import FIRST, add_profile, folder_of, profiles
from app.window.desk import Desk
from app.window.i18n.catalogues import Language
from app.window.preferences import Preferences
from app.window.theme.theme import Appearance
from app.window.viewmodels.beginning import Beginning
from app.window.viewmodels.session import LockReason, Screen
from app.window.views.accounts import AccountsSection
from app.window.views.connection import ConnectionDialog
from app.window.views.help import HelpWindow
from app.window.views.navigation import Destination
from app.window.views.settings import SettingsDialog
from tests.fakes.fixed_clock import FixedClock
from tests.fakes.scripted_engine import NOW, PASSPHRASE, Practice
from tests.gui.conftest import texts_of
from tests.gui.pictures import PARIS
from tests.gui.samples import other_practice, row_at, sample_practice
from tests.gui.test_settings import Recorder, look_elsewhere

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.window.presence.notices import Announcer

SECOND = 2
# Of one account each, never of the other one.
OF_NICE = ("Benali", "Lombalgie", "Duval", "Fontaine", "Weber")
OF_LYON = ("Moreau", "Cheville")


class OpenBoth(Protocol):
    """Makes a window over two accounts, “Nice” shown and open."""

    def __call__(self, *, announcer: Announcer | None = None) -> tuple[Desk, Practice, Practice]:
        """Return the desk and both mailboxes; the second one has not been looked at."""


@pytest.fixture
def both(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[OpenBoth]:
    """Return a maker of windows over two accounts."""
    desks: list[Desk] = []

    def make(*, announcer: Announcer | None = None) -> tuple[Desk, Practice, Practice]:
        nice, lyon = sample_practice(), other_practice()
        (tmp_path / "account.json").write_text('{"name": "Nice"}', encoding="utf-8")
        add_profile(tmp_path, "Lyon")
        desk = open_desk_over(qapp, tmp_path, nice, lyon, announcer=announcer)
        desks.append(desk)
        unlock(desk, qtbot)
        desk.window.activateWindow()
        qtbot.waitUntil(desk.window.isActiveWindow)
        return desk, nice, lyon

    yield make
    for desk in desks:
        desk.stop()
        desk.window.retire()
        desk.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def open_desk_over(
    application: QApplication,
    home: Path,
    first: Practice,
    *others: Practice,
    announcer: Announcer | None = None,
) -> Desk:
    """Return a desk over several mailboxes, its window shown and locked."""
    preferences = Preferences(home)
    preferences.language = Language.ENGLISH
    preferences.appearance = Appearance.LIGHT
    by_folder = {folder_of(home, FIRST + 1 + at): each for at, each in enumerate(others)}
    desk = Desk(
        application,
        preferences,
        first.connect,
        FixedClock(NOW, PARIS),
        dwell_milliseconds=0,
        refresh_milliseconds=0,
        save_milliseconds=0,
        announcer=announcer,
        connect_other=lambda folder: by_folder[folder].connect(),
    )
    desk.start()
    return desk


def unlock(desk: Desk, qtbot: QtBot) -> None:
    """Open the account that is shown."""
    session = desk.mailbox.session
    qtbot.waitUntil(lambda: session.screen is Screen.UNLOCK and desk.bridge.is_quiet)
    session.unlock(Secret.of(PASSPHRASE))
    qtbot.waitUntil(lambda: desk.mailbox.contacts.is_loaded and desk.bridge.is_quiet)


def turn(desk: Desk, number: int, qtbot: QtBot) -> None:
    """Show an account."""
    desk.accounts.turn_to(number)
    qtbot.waitUntil(lambda: desk.bridge.is_quiet)
    assert desk.accounts.shown == number


def press(desk: Desk, key: Qt.Key, modifier: Qt.KeyboardModifier, qtbot: QtBot) -> None:
    """Press a key in the window."""
    desk.window.activateWindow()
    qtbot.waitUntil(desk.window.isActiveWindow)
    QTest.keyClick(desk.window, key, modifier)


def shown_texts(desk: Desk) -> str:
    """Return every text of the account shown."""
    return texts_of(desk.window.shown)


def someone(practice: Practice) -> DraftRecipient:
    """Return a correspondent of a mailbox."""
    row = next(iter(practice.contacts.values()))
    return DraftRecipient(account=row.account, name=row.name, profession=row.profession)


def settings(desk: Desk, qtbot: QtBot) -> AccountsSection:
    """Open the settings at the accounts."""
    desk.window.settings_asked.emit()
    qtbot.waitUntil(lambda: bool(desk.window.findChildren(SettingsDialog)))
    dialog = desk.window.findChildren(SettingsDialog)[-1]
    return dialog.show_page_of(AccountsSection)


# --- one is as before ---


def test_with_one_account_nothing_of_others_is_seen(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path
) -> None:
    desk = open_desk_over(qapp, tmp_path, sample_practice())
    try:
        unlock(desk, qtbot)
        window = desk.window
        assert window.mail.navigation.accounts.isHidden()
        assert window.mail.composer.from_whom.isHidden()
        assert window.mail.search.account.isHidden()
        assert "Lock all accounts" not in [each.text() for each in window.menu.actions()]
        press(desk, Qt.Key.Key_PageDown, Qt.KeyboardModifier.AltModifier, qtbot)
        press(desk, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier, qtbot)
        assert desk.accounts.shown == FIRST
        section = settings(desk, qtbot)
        assert section.cards == {}
        assert section.adding.begin.isVisible()
        window.show_help()
        assert "Accounts" not in window.findChildren(HelpWindow)[0].pages[-1].text
    finally:
        desk.stop()
        desk.window.retire()
        desk.deleteLater()


# --- one is shown at a time, and it is clear which ---


def test_one_engine_runs_for_each_account_that_was_looked_at(both: OpenBoth, qtbot: QtBot) -> None:
    desk, nice, lyon = both()
    assert (len(nice.engines), len(lyon.engines)) == (1, 0)
    turn(desk, SECOND, qtbot)
    assert (len(nice.engines), len(lyon.engines)) == (1, 1)
    assert desk.mailbox.session.screen is Screen.UNLOCK, "each has a passphrase of its own"
    assert "Lyon" in texts_of(desk.window.unlock)
    assert not nice.engines[0].is_closed, "the other one stays open"


def test_the_window_says_which_account_it_shows(both: OpenBoth, qtbot: QtBot) -> None:
    desk, nice, lyon = both()
    unread = nice.status().unread_count
    mail = desk.window.mail
    assert desk.window.windowTitle() == f"({unread}) Nice – U-HealthSec"
    assert "Nice" in mail.navigation.profile.accessibleName()
    switch = mail.navigation.accounts
    assert switch.buttons[SECOND].accessibleName() == "Lyon, Locked"
    assert "Nice" in switch.buttons[FIRST].accessibleName()
    switch.buttons[SECOND].click()
    unlock(desk, qtbot)
    assert desk.window.windowTitle() == f"({unread + 1}) Lyon – U-HealthSec"
    assert "Lyon" in desk.window.mail.navigation.profile.accessibleName()
    assert "1 unread" in desk.window.mail.navigation.accounts.buttons[SECOND].accessibleName()
    mail = desk.window.mail
    mail.write()
    assert mail.composer.from_whom.text() == f"Lyon, {lyon.name}"
    mail.go(Destination.SEARCH)
    assert "“Lyon”" in mail.search.account.text()


def test_keys_lead_from_one_to_the_other(both: OpenBoth, qtbot: QtBot) -> None:
    desk, _nice, _lyon = both()
    press(desk, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier, qtbot)
    qtbot.waitUntil(lambda: desk.accounts.shown == SECOND)
    unlock(desk, qtbot)
    press(desk, Qt.Key.Key_PageDown, Qt.KeyboardModifier.AltModifier, qtbot)
    qtbot.waitUntil(lambda: desk.accounts.shown == FIRST)
    press(desk, Qt.Key.Key_PageUp, Qt.KeyboardModifier.AltModifier, qtbot)
    qtbot.waitUntil(lambda: desk.accounts.shown == SECOND)
    desk.window.show_help()
    keys = desk.window.findChildren(HelpWindow)[-1].pages[-1].text
    assert "Alt+2" in keys
    assert "Alt+3" not in keys


def test_each_stays_as_it_was_left(both: OpenBoth, qtbot: QtBot) -> None:
    desk, _nice, _lyon = both()
    mail = desk.window.mail
    mail.go(Destination.ARCHIVE)
    turn(desk, SECOND, qtbot)
    turn(desk, FIRST, qtbot)
    assert desk.window.mail is mail
    assert mail.destination is Destination.ARCHIVE


def test_the_account_shown_last_is_shown_first(
    both: OpenBoth, qapp: QApplication, qtbot: QtBot, tmp_path: Path
) -> None:
    desk, nice, lyon = both()
    turn(desk, SECOND, qtbot)
    desk.stop()
    again = open_desk_over(qapp, tmp_path, nice, lyon)
    try:
        assert again.accounts.shown == SECOND
    finally:
        again.stop()
        again.window.retire()
        again.deleteLater()


# --- nothing passes from one to the other ---


def test_no_text_of_one_account_is_in_the_pages_of_the_other(both: OpenBoth, qtbot: QtBot) -> None:
    desk, _nice, lyon = both()
    mail = desk.window.mail
    mail.conversations.list.entered_line.emit(row_at(desk.mailbox.conversations, 0))
    qtbot.waitUntil(lambda: len(mail.reading.views) == 1)
    turn(desk, SECOND, qtbot)
    unlock(desk, qtbot)
    mail = desk.window.mail
    mail.conversations.list.entered_line.emit(row_at(desk.mailbox.conversations, 0))
    qtbot.waitUntil(lambda: len(mail.reading.views) == 1)
    assert all(word not in shown_texts(desk) for word in OF_NICE)
    assert "Cheville" in shown_texts(desk)
    turn(desk, FIRST, qtbot)
    assert all(word not in shown_texts(desk) for word in OF_LYON)
    assert {row.name for row in lyon.contacts.values()} == {"Dr Paul Moreau"}


def test_a_draft_is_kept_and_sent_where_it_was_written(both: OpenBoth, qtbot: QtBot) -> None:
    desk, nice, lyon = both()
    desk.window.mail.write()
    desk.window.mail.composer.text.setPlainText("canari de Nice")
    turn(desk, SECOND, qtbot)
    unlock(desk, qtbot)
    assert "canari" not in shown_texts(desk)
    assert not desk.mailbox.composer.is_open
    desk.window.mail.write_to(Beginning(to=(someone(lyon),)))
    composer = desk.window.mail.composer
    composer.subject.setText("Lyon")
    composer.text.setPlainText("canari de Lyon")
    press(desk, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier, qtbot)
    composer.send.click()
    qtbot.waitUntil(lambda: bool(lyon.asked(SendDraft)))
    qtbot.waitUntil(lambda: desk.bridge.is_quiet)
    assert not nice.asked(SendDraft)
    turn(desk, FIRST, qtbot)
    assert desk.window.mail.composer.text.toPlainText() == "canari de Nice"
    qtbot.waitUntil(lambda: bool(nice.writing.drafts))
    assert [view.content.text for view in nice.writing.drafts.values()] == ["canari de Nice"]
    assert all("Nice" not in view.content.text for view in lyon.writing.drafts.values())


def test_undoing_undoes_nothing_of_the_other_account(both: OpenBoth, qtbot: QtBot) -> None:
    desk, nice, lyon = both()
    row = row_at(desk.mailbox.conversations, 0)
    desk.mailbox.acts.organise((row,), Act.ARCHIVE)
    qtbot.waitUntil(lambda: desk.bridge.is_quiet)
    before = len(nice.asked(Organise))
    turn(desk, SECOND, qtbot)
    unlock(desk, qtbot)
    press(desk, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier, qtbot)
    assert not desk.window.mail.undo.isEnabled()
    assert desk.mailbox.acts.undoables == ()
    assert len(nice.asked(Organise)) == before
    assert not lyon.asked(Organise)


def test_a_search_asks_one_account_only(both: OpenBoth, qtbot: QtBot) -> None:
    desk, nice, lyon = both()
    turn(desk, SECOND, qtbot)
    unlock(desk, qtbot)
    desk.window.mail.go(Destination.SEARCH)
    desk.mailbox.finder.look_for("lombalgie")
    qtbot.waitUntil(lambda: bool(lyon.asked(Search)) and not desk.mailbox.finder.is_waiting)
    assert desk.mailbox.finder.rowCount() == 0
    assert not nice.asked(Search)


def test_a_letter_out_of_sight_is_not_read(both: OpenBoth, qtbot: QtBot) -> None:
    desk, nice, _lyon = both()
    sender = someone(nice).account
    mail = desk.window.mail
    mail.conversations.list.entered_line.emit(row_at(desk.mailbox.conversations, 0))
    qtbot.waitUntil(lambda: desk.bridge.is_quiet and bool(mail.reading.views))
    reading = desk.mailbox.reading
    turn(desk, SECOND, qtbot)
    assert not reading._is_attended
    unread = nice.status().unread_count
    marked = len(nice.asked(MarkRead))
    nice.receive(sender, "Sous un autre compte", "x", conversation=reading.row.conversation)  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: desk.accounts.row(FIRST).unread == unread + 1)
    assert len(nice.asked(MarkRead)) == marked


def test_windows_of_an_account_go_with_it(both: OpenBoth, qtbot: QtBot) -> None:
    desk, _nice, _lyon = both()
    desk.window.mail.show_connection()
    qtbot.waitUntil(lambda: desk.bridge.is_quiet)
    (dialog,) = desk.window.findChildren(ConnectionDialog)
    turn(desk, SECOND, qtbot)
    assert not dialog.isVisible()
    turn(desk, FIRST, qtbot)
    assert dialog.isVisible()
    turn(desk, SECOND, qtbot)
    desk.lock(LockReason.IDLE)
    qtbot.waitUntil(lambda: not desk.window.findChildren(ConnectionDialog))


# --- locking and ending ---


@pytest.mark.parametrize("reason", [LockReason.IDLE, LockReason.ASLEEP, LockReason.LEFT, None])
def test_all_accounts_lock_together_and_nothing_is_left(
    both: OpenBoth, qtbot: QtBot, reason: LockReason | None
) -> None:
    desk, nice, lyon = both()
    mail = desk.window.mail
    mail.conversations.list.entered_line.emit(row_at(desk.mailbox.conversations, 0))
    qtbot.waitUntil(lambda: len(mail.reading.views) == 1)
    mail.write()
    mail.composer.text.setPlainText("canari de Nice")
    turn(desk, SECOND, qtbot)
    unlock(desk, qtbot)
    desk.window.mail.write()
    desk.window.mail.composer.text.setPlainText("canari de Lyon")
    QGuiApplication.clipboard().setText("Lombalgie")
    if reason is None:
        press(desk, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier, qtbot)
    elif reason is LockReason.IDLE:
        desk.idleness.over.emit()
    elif reason is LockReason.ASLEEP:
        desk.desktop.sleeping.emit()
    else:
        desk.desktop.left.emit()
    # What was taken off the page goes with the next event.
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    texts = texts_of(desk.window)
    assert not [word for word in (*OF_NICE, *OF_LYON, "canari", "Claire Martin") if word in texts]
    for practice, name in ((nice, "Nice"), (lyon, "Lyon")):
        qtbot.waitUntil(lambda practice=practice: len(practice.engines) == 2)  # type: ignore[misc]
        assert practice.engines[0].is_closed
        kept = [view.content.text for view in practice.writing.drafts.values()]
        assert kept == [f"canari de {name}"]
    assert QGuiApplication.clipboard().text() == ""
    assert desk.accounts.unread == 0
    assert [row.person for row in desk.accounts.rows] == ["", ""]
    assert desk.window.windowTitle() == "Lyon – U-HealthSec"


def test_one_account_can_be_locked_alone(both: OpenBoth, qtbot: QtBot, tmp_path: Path) -> None:
    desk, nice, lyon = both()
    turn(desk, SECOND, qtbot)
    unlock(desk, qtbot)
    (alone,) = (each for each in desk.window.menu.actions() if "this account only" in each.text())
    alone.trigger()
    qtbot.waitUntil(lambda: len(lyon.engines) == 2)
    assert not nice.engines[0].is_closed
    # Another program asks for the account of its own folder.
    unlock(desk, qtbot)
    lock_request(folder_of(tmp_path, SECOND)).touch()
    qtbot.waitUntil(lambda: len(lyon.engines) == 3)
    qtbot.waitUntil(lambda: not lock_request(folder_of(tmp_path, SECOND)).exists())
    assert not nice.engines[0].is_closed
    # The key locks the others also from a page that is locked itself.
    press(desk, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier, qtbot)
    qtbot.waitUntil(lambda: len(nice.engines) == 2)


def test_a_passphrase_half_typed_goes_with_the_page(both: OpenBoth, qtbot: QtBot) -> None:
    desk, _nice, _lyon = both()
    turn(desk, SECOND, qtbot)
    field = desk.window.unlock.field
    field.edit.setText("half a passphr")
    turn(desk, FIRST, qtbot)
    assert field.is_empty


def test_closing_keeps_the_letters_of_all_accounts(both: OpenBoth, qtbot: QtBot) -> None:
    desk, nice, lyon = both()
    desk.window.mail.write()
    desk.window.mail.composer.text.setPlainText("canari de Nice")
    turn(desk, SECOND, qtbot)
    unlock(desk, qtbot)
    desk.window.mail.write()
    desk.window.mail.composer.text.setPlainText("canari de Lyon")
    with qtbot.waitSignal(desk.window.leaving):
        desk.window.close()
    for practice, name in ((nice, "Nice"), (lyon, "Lyon")):
        kept = [view.content.text for view in practice.writing.drafts.values()]
        assert kept == [f"canari de {name}"]


def test_a_letter_that_cannot_be_kept_is_asked_about_in_its_account(
    both: OpenBoth, qtbot: QtBot
) -> None:
    desk, nice, _lyon = both()
    mail = desk.window.mail
    mail.write()
    turn(desk, SECOND, qtbot)
    nice.fail_next(SaveDraft, Failure.DISK_FULL)
    mail.composer.text.setPlainText("canari de Nice")
    desk.window.close()
    qtbot.waitUntil(lambda: bool(desk.window.findChildren(QMessageBox)))
    assert desk.accounts.shown == FIRST
    (dialog,) = desk.window.findChildren(QMessageBox)
    dialog.escapeButton().click()
    assert desk.window.mail.composer.text.toPlainText() == "canari de Nice"
    assert desk.window.isVisible()


# --- notices ---


def test_a_notice_names_the_account_and_leads_to_it(both: OpenBoth, qtbot: QtBot) -> None:
    recorder = Recorder()
    desk, nice, lyon = both(announcer=recorder)
    turn(desk, SECOND, qtbot)
    unlock(desk, qtbot)
    turn(desk, FIRST, qtbot)
    unread = desk.accounts.unread
    look_elsewhere(desk, qtbot)
    lyon.receive(someone(lyon).account, "Secret", "Texte secret")
    qtbot.waitUntil(lambda: len(recorder.shown) == 1)
    assert recorder.shown == ["Lyon – U-HealthSec: One letter arrived"]
    qtbot.waitUntil(lambda: desk.accounts.unread == unread + 1)
    assert desk.window.windowTitle() == f"({unread + 1}) Nice – U-HealthSec"
    recorder.pressed.emit()
    assert desk.accounts.shown == SECOND
    assert "Texte secret" not in texts_of(desk.window.pages_of(FIRST))
    # Pressed again, much later, it leads nowhere else.
    turn(desk, FIRST, qtbot)
    recorder.pressed.emit()
    assert desk.accounts.shown == FIRST
    del nice


def test_a_locked_account_announces_nothing(both: OpenBoth, qtbot: QtBot) -> None:
    recorder = Recorder()
    desk, _nice, lyon = both(announcer=recorder)
    turn(desk, SECOND, qtbot)
    lyon.receive(someone(lyon).account, "Secret", "Texte secret")
    turn(desk, FIRST, qtbot)
    look_elsewhere(desk, qtbot)
    assert recorder.shown == []
    assert desk.accounts.row(SECOND).unread == 0
    assert not lyon.asked(ListConversations)


# --- one more, one less ---


def test_another_account_is_added_in_the_settings(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path
) -> None:
    nice, fresh = sample_practice(), Practice(profile=ProfileState.EMPTY)
    desk = open_desk_over(qapp, tmp_path, nice, fresh)
    try:
        unlock(desk, qtbot)
        adding = settings(desk, qtbot).adding
        adding.begin.click()
        adding.add.click()
        assert "needs a name" in texts_of(adding)
        adding.own.answer.setText("Nice")  # type: ignore[union-attr]
        adding.name.answer.setText("nice ")  # type: ignore[union-attr]
        adding.add.click()
        assert "Another account is called so." in texts_of(adding)
        adding.name.answer.setText("Lyon")  # type: ignore[union-attr]
        adding.add.click()
        qtbot.waitUntil(lambda: desk.accounts.shown == SECOND)
        qtbot.waitUntil(lambda: desk.mailbox.session.screen is Screen.REGISTER)
        assert desk.window.first_run.isVisible()
        assert desk.window.shown.switch.buttons[FIRST].isVisible(), "there is a way back"
        qtbot.waitUntil(
            lambda: not [d for d in desk.window.findChildren(SettingsDialog) if d.isVisible()]
        )
        assert [each.name for each in profiles(tmp_path)] == ["Nice", "Lyon"]
        assert not nice.engines[0].is_closed
    finally:
        desk.stop()
        desk.window.retire()
        desk.deleteLater()


def test_removed_from_the_list_nothing_is_deleted(
    both: OpenBoth, qtbot: QtBot, tmp_path: Path
) -> None:
    desk, nice, lyon = both()
    turn(desk, SECOND, qtbot)
    unlock(desk, qtbot)
    desk.window.mail.write()
    desk.window.mail.composer.text.setPlainText("canari de Lyon")
    (folder_of(tmp_path, SECOND) / "vault").write_bytes(b"sealed")
    card = settings(desk, qtbot).cards[SECOND]
    card.remove.click()
    assert "Nothing is deleted" in texts_of(card)
    card.keep.click()
    assert card.question.isHidden()
    card.remove.click()
    card.sure.click()
    assert desk.accounts.shown == FIRST
    qtbot.waitUntil(lambda: not desk.window.has(SECOND))
    assert lyon.engines[0].is_closed
    assert [view.content.text for view in lyon.writing.drafts.values()] == ["canari de Lyon"]
    assert (folder_of(tmp_path, SECOND) / "vault").read_bytes() == b"sealed"
    assert desk.window.mail.navigation.accounts.isHidden()
    assert desk.window.windowTitle() == f"({nice.status().unread_count}) U-HealthSec"
    # Another window may have it now; and it comes back.
    lock = QLockFile(str(window_lock(folder_of(tmp_path, SECOND))))
    assert lock.tryLock(0)
    lock.unlock()
    desk.accounts.bring_back(SECOND)
    turn(desk, SECOND, qtbot)
    unlock(desk, qtbot)
    assert desk.mailbox.conversations.rowCount() == 1


def test_the_last_one_stays_in_the_list(both: OpenBoth, qtbot: QtBot) -> None:
    desk, _nice, _lyon = both()
    desk.accounts.ask_removal(SECOND)
    desk.accounts.ask_removal(FIRST)
    assert [row.number for row in desk.accounts.rows] == [FIRST]
    assert desk.mailbox.session.screen is Screen.MAIL
    qtbot.waitUntil(lambda: desk.bridge.is_quiet)


def test_what_another_window_has_is_not_opened_here(
    both: OpenBoth, qtbot: QtBot, tmp_path: Path
) -> None:
    desk, _nice, lyon = both()
    lock = QLockFile(str(window_lock(folder_of(tmp_path, SECOND))))
    assert lock.tryLock(0)
    desk.accounts.turn_to(SECOND)
    assert desk.accounts.shown == FIRST
    qtbot.waitUntil(lambda: bool(desk.window.findChildren(QMessageBox)))
    assert "“Lyon” cannot be opened here." in desk.window.findChildren(QMessageBox)[0].text()
    assert lyon.engines == []
    lock.unlock()


def test_another_language_keeps_all_accounts(both: OpenBoth, qtbot: QtBot) -> None:
    desk, _nice, _lyon = both()
    desk.window.mail.write()
    desk.window.mail.composer.text.setPlainText("canari de Nice")
    turn(desk, SECOND, qtbot)
    unlock(desk, qtbot)
    desk.show_as(language=Language.FRENCH)
    assert desk.accounts.shown == SECOND
    assert "Comptes" in texts_of(desk.window.mail.navigation)
    turn(desk, FIRST, qtbot)
    assert desk.window.mail.composer.text.toPlainText() == "canari de Nice"
