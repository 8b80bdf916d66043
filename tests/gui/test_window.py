# SPDX-License-Identifier: AGPL-3.0-or-later
"""The window as a whole: narrow, other languages and colours, pictures, one per profile, no exec."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QLockFile, Qt
from PySide6.QtGui import QAction, QImage, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox

from app.interface.commands import ReadConversation
from app.interface.secret import Secret
from app.interface.snapshots import ConnectionState, DeliveryState, DraftRecipient
from app.paths import window_lock
from app.window.i18n.catalogues import Language
from app.window.main import EXIT_IN_USE
from app.window.preferences import Preferences
from app.window.screenshots import SIZE, Photographer
from app.window.shortcuts import GROUPS, KEYS, Group, Shortcut
from app.window.theme.theme import Appearance
from app.window.theme.tokens import DARK
from app.window.viewmodels.beginning import Beginning
from app.window.viewmodels.session import Screen
from app.window.views.navigation import Destination
from tests.fakes.scripted_engine import PASSPHRASE
from tests.gui.conftest import texts_of
from tests.gui.samples import row_at, sample_practice

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tests.gui.conftest import OpenDesk

ROOT = Path(__file__).resolve().parents[2]


def test_a_narrow_window_folds_the_list_and_leads_back(unlocked: OpenDesk, qtbot: QtBot) -> None:
    desk = unlocked(sample_practice())
    mail = desk.window.mail
    desk.window.resize(1280, 800)
    assert mail.lists.isVisible()
    assert mail.content.isVisible()
    assert mail.reading.back.isHidden()
    desk.window.resize(760, 640)
    qtbot.waitUntil(lambda: mail.is_narrow)
    assert mail.lists.isVisible()
    assert not mail.content.isVisible()
    mail.conversations.list.setFocus()
    mail.conversations.point_at(0)
    QTest.keyClick(mail.conversations.list, Qt.Key.Key_Return)
    assert mail.reading.isVisible()
    assert not mail.lists.isVisible()
    mail.reading.back.click()
    assert mail.lists.isVisible()
    desk.window.resize(1280, 800)
    qtbot.waitUntil(lambda: not mail.is_narrow)
    assert mail.content.isVisible()


def test_in_a_narrow_window_the_arrow_keys_open_nothing(unlocked: OpenDesk) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    desk.window.resize(760, 640)
    mail = desk.window.mail
    mail.conversations.list.setFocus()
    mail.conversations.point_at(0)
    mail.conversations.list.chosen.emit(row_at(desk.mailbox.conversations, 0))
    assert mail.lists.isVisible()
    assert not practice.asked(ReadConversation)


def test_escape_goes_back_to_the_list(unlocked: OpenDesk, qtbot: QtBot) -> None:
    desk = unlocked(sample_practice())
    qtbot.waitUntil(desk.window.isActiveWindow)
    mail = desk.window.mail
    mail.conversations.list.entered_line.emit(row_at(desk.mailbox.conversations, 0))
    qtbot.waitUntil(lambda: bool(desk.mailbox.reading.letters))
    mail.reading.refuse.click()
    QTest.keyClick(desk.window, Qt.Key.Key_Escape)
    assert mail.reading.refusal.isHidden()
    mail.reading.views[desk.mailbox.reading.letters[0].message].body.text.setFocus()
    QTest.keyClick(desk.window, Qt.Key.Key_Escape)
    qtbot.waitUntil(mail.conversations.list.hasFocus)


def test_every_key_is_in_the_menu(unlocked: OpenDesk) -> None:
    desk = unlocked(sample_practice())
    mail = desk.window.mail
    letters = [each for each in mail.actions() if each.data() is not None]
    actions = [*desk.window.menu.actions(), *mail.place_actions, *letters]
    with_keys = [action for action in actions if action.shortcut() != QKeySequence()]
    found = {action.shortcut().toString() for action in with_keys}
    elsewhere = {Shortcut.OPEN, Shortcut.SELECT_ALL, Shortcut.SEND, Shortcut.ATTACH}
    elsewhere |= {*GROUPS[Group.ACCOUNTS], *GROUPS[Group.DOCUMENTS]}
    elsewhere |= {Shortcut.BOLD, Shortcut.BULLETS, Shortcut.NUMBERS}
    assert found == {keys for each, keys in KEYS.items() if each not in elsewhere}
    # No key does two things.
    assert len(with_keys) == len(found)
    assert all(action.isShortcutVisibleInContextMenu() for action in with_keys)
    assert "Ctrl+Return" in desk.window.mail.composer.send.toolTip()


def test_while_locked_the_menu_offers_only_what_works(open_desk: OpenDesk) -> None:
    desk = open_desk(sample_practice())
    enabled = {each.text() for each in desk.window.menu.actions() if each.isEnabled()} - {""}
    assert enabled == {"Language", "Appearance", "Size of text", "Settings…", "Help", "Quit"}


def choose(desk_menu: list[QAction], text: str) -> None:
    """Trigger an entry of a sub-menu."""
    for action in desk_menu:
        submenu = action.menu()
        if submenu is not None:
            for each in submenu.actions():  # type: ignore[attr-defined]  # a QMenu
                if each.text() == text:
                    each.trigger()
                    return
    raise AssertionError(text)


def test_the_language_changes_on_the_spot_and_is_kept(
    unlocked: OpenDesk, qtbot: QtBot, tmp_path: Path
) -> None:
    desk = unlocked(sample_practice())
    mail = desk.window.mail
    mail.conversations.list.entered_line.emit(row_at(desk.mailbox.conversations, 0))
    qtbot.waitUntil(lambda: bool(desk.mailbox.reading.letters))
    desk.mailbox.composer.begin()
    desk.mailbox.composer.write(text="Brouillon")
    choose(desk.window.menu.actions(), "Français")
    qtbot.waitUntil(lambda: desk.window.mail is not mail and desk.window.isVisible())
    assert desk.window.mail.navigation.places[Destination.SENT].text() == "Envoyés"
    assert "Identité déclarée" in texts_of(desk.window.mail.reading)
    assert desk.mailbox.composer.content.text == "Brouillon"
    assert desk.window.mail.composer.text.toPlainText() == "Brouillon"
    assert Preferences(tmp_path).language is Language.FRENCH
    choose(desk.window.menu.actions(), "English")
    qtbot.waitUntil(lambda: desk.window.mail.navigation.places[Destination.SENT].text() == "Sent")


def test_colours_and_size_change_on_the_spot_and_are_kept(
    unlocked: OpenDesk, qtbot: QtBot, tmp_path: Path
) -> None:
    desk = unlocked(sample_practice())
    choose(desk.window.menu.actions(), "Dark")
    assert desk.theme.tokens is DARK
    before = desk.window.mail.navigation.width()
    choose(desk.window.menu.actions(), "150 %")
    qtbot.waitUntil(lambda: desk.window.mail.navigation.width() > before)
    kept = Preferences(tmp_path)
    assert (kept.appearance, kept.text_scale) == (Appearance.DARK, 1.5)


def test_old_windows_do_not_pile_up(unlocked: OpenDesk, qtbot: QtBot) -> None:
    desk = unlocked(sample_practice())
    first = desk.window
    with qtbot.waitSignal(first.destroyed):
        choose(desk.window.menu.actions(), "Français")
    qtbot.waitUntil(desk.window.isVisible)


def test_a_window_that_was_replaced_hears_nothing_any_more(
    unlocked: OpenDesk, qtbot: QtBot
) -> None:
    # An exception in a slot of the old one fails the test.
    practice = sample_practice()
    desk = unlocked(practice)
    old = desk.window
    with qtbot.waitSignal(old.destroyed):
        choose(desk.window.menu.actions(), "Français")
    account = next(iter(practice.contacts))
    desk.mailbox.composer.begin(
        Beginning(
            to=(DraftRecipient(account=account, name="", profession=""),),
            subject="Objet",
            text="Texte",
        )
    )
    with qtbot.waitSignal(desk.mailbox.composer.sent):
        desk.mailbox.composer.send()
    with qtbot.waitSignal(desk.mailbox.contacts.done):
        desk.mailbox.contacts.accept(account)
    desk.window.lock()
    qtbot.waitUntil(lambda: len(practice.engines) == 2 and desk.bridge.is_quiet)
    desk.mailbox.session.unlock(Secret.of(PASSPHRASE))
    qtbot.waitUntil(lambda: desk.mailbox.session.screen is Screen.MAIL)


def test_pictures_are_taken_in_both_languages_and_colours(
    open_desk: OpenDesk, qtbot: QtBot, tmp_path: Path
) -> None:
    desk = open_desk(sample_practice())
    folder = tmp_path / "pictures"
    folder.mkdir()
    photographer = Photographer(desk, folder)
    with qtbot.waitSignal(photographer.done, timeout=30_000):
        desk.mailbox.session.unlock(Secret.of(PASSPHRASE))
    pictures = sorted(folder.iterdir())
    assert [each.name for each in pictures] == [
        f"mail-{language}-{appearance}.png"
        for language in ("en", "fr")
        for appearance in ("dark", "light")
    ]
    images = [QImage(str(each)) for each in pictures]
    assert {image.size().toTuple() for image in images} == {SIZE}
    assert len({bytes(image.constBits()) for image in images}) == 4


def test_a_mailbox_can_be_opened_without_asking_once(open_desk: OpenDesk, qtbot: QtBot) -> None:
    practice = sample_practice()
    desk = open_desk(practice)
    practice.die()
    qtbot.waitUntil(lambda: len(practice.engines) == 2 and desk.bridge.is_quiet)
    desk.mailbox.session.screen = Screen.STARTING
    desk.unlock_with(PASSPHRASE)
    desk.mailbox.session.start()
    qtbot.waitUntil(lambda: desk.mailbox.session.screen is Screen.MAIL)
    desk.mailbox.session.lock()
    qtbot.waitUntil(lambda: len(practice.engines) == 3 and desk.bridge.is_quiet)
    assert desk.mailbox.session.screen is Screen.UNLOCK


def test_the_program_takes_its_pictures_and_ends(tmp_path: Path) -> None:
    code = """
import sys
from pathlib import Path
from app.window.main import run
from tests.fakes.scripted_engine import PASSPHRASE
from tests.gui.samples import row_at, sample_practice
folder = Path(sys.argv[1])
connect = sample_practice().connect
sys.exit(run(folder, screenshot_dir=folder / "shots", passphrase=PASSPHRASE, connect=connect))
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / "shots").iterdir())) == 4


@pytest.mark.parametrize(
    ("practice", "passphrase", "code", "words"),
    [
        ("sample_practice()", "not the passphrase", 3, "This is not the passphrase."),
        (
            "Practice(profile=ProfileState.EMPTY)",
            "any passphrase",
            7,
            "no account on this computer",
        ),
    ],
)
def test_a_program_that_cannot_open_the_mailbox_for_pictures_says_so_and_ends(
    tmp_path: Path, practice: str, passphrase: str, code: int, words: str
) -> None:
    script = f"""
import sys
from pathlib import Path
from app.interface.snapshots import ProfileState
from app.window.main import run
from tests.fakes.scripted_engine import Practice
from tests.gui.samples import row_at, sample_practice
folder = Path(sys.argv[1])
connect = {practice}.connect
sys.exit(run(folder, screenshot_dir=folder, passphrase={passphrase!r}, connect=connect))
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        cwd=ROOT,
        env=os.environ | {"LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert words in done.stderr
    assert not list(tmp_path.glob("*.png"))


def test_a_second_window_of_one_profile_says_so_and_ends(tmp_path: Path) -> None:
    lock = QLockFile(str(window_lock(tmp_path)))
    assert lock.tryLock(0)
    # The dialog is closed as soon as it is shown, by the program itself: nobody is there to press it.
    code = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QMessageBox
from app.window.main import run
show = QMessageBox.open
def open_and_close(self):
    print(self.text())
    show(self)
    QTimer.singleShot(0, self.close)
QMessageBox.open = open_and_close
sys.exit(run(Path(sys.argv[1]), screenshot_dir=None))
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=ROOT,
        env=os.environ | {"LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == EXIT_IN_USE, done.stderr
    assert "already open" in done.stdout


def test_no_dialog_blocks() -> None:
    # exec() of a dialog runs a second event loop; open() and signals do not.
    # Dragging has no other way: Qt runs a loop of its own until the button is let go.
    allowed = {"main.py": 2, "conversation_list.py": 1}
    for path in (ROOT / "app" / "window").rglob("*.py"):
        calls = [
            node
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in {"exec", "exec_"}
        ]
        assert len(calls) == allowed.get(path.name, 0), path


@pytest.mark.parametrize("stored", ["nonsense", "3.7", ""])
def test_nonsense_in_the_preferences_is_the_default(tmp_path: Path, stored: str) -> None:
    (tmp_path / "window.ini").write_text(
        f"[General]\nlanguage={stored}\nappearance={stored}\ntext-scale={stored}\n"
    )
    preferences = Preferences(tmp_path)
    assert preferences.language is Language.SYSTEM
    assert preferences.appearance is Appearance.SYSTEM
    assert preferences.text_scale == 1.0
    assert preferences.geometry.isEmpty()


def test_the_window_comes_back_where_it_was(unlocked: OpenDesk, tmp_path: Path) -> None:
    desk = unlocked(sample_practice())
    desk.window.resize(1000, 700)
    desk.window.leaving.emit()
    kept = Preferences(tmp_path)
    assert not kept.geometry.isEmpty()
    assert not kept.splitter.isEmpty()


def test_quitting_says_that_letters_have_not_left(unlocked: OpenDesk, qtbot: QtBot) -> None:
    practice = sample_practice()
    practice.connection = ConnectionState.OFFLINE
    to = next(iter(practice.contacts))
    practice.record_sent([(to, DeliveryState.QUEUED)], "Bilan", "Bonjour")
    desk = unlocked(practice)
    qtbot.waitUntil(lambda: (desk.mailbox.standing.status or practice.status()).outbox_count > 0)
    qtbot.waitUntil(lambda: desk.mailbox.standing.status is not None)
    assert not desk.window.close()
    (dialog,) = desk.window.findChildren(QMessageBox)
    assert "not left yet" in dialog.text()
    dialog.defaultButton().click()
    assert desk.window.isVisible()
    assert not desk.window.close()
    dialog = desk.window.findChildren(QMessageBox)[-1]
    leave = next(each for each in dialog.buttons() if each is not dialog.defaultButton())
    leave.click()
    qtbot.waitUntil(lambda: not desk.window.isVisible())
