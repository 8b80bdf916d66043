# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a person chooses about the window, and what the desktop says while they work elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from app.window.i18n.catalogues import Language
from app.window.preferences import Notices, Preferences
from app.window.presence.notices import Announcer
from app.window.theme.theme import Appearance, Contrast
from app.window.theme.tokens import DARK_CONTRAST
from app.window.views.display import DisplaySection, NoticeSection
from app.window.views.settings import SettingsDialog
from tests.gui.samples import sample_practice

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.window.desk import Desk
    from crypto_core.wire.ids import AccountId
    from tests.fakes.scripted_engine import Practice
    from tests.gui.conftest import OpenDesk


class Recorder(Announcer):
    """Keeps what the desktop would show."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []

    def announce(self, title: str, text: str) -> None:
        """Keep it."""
        self.shown.append(f"{title}: {text}")


def settings_of(desk: Desk, qtbot: QtBot) -> SettingsDialog:
    """Open the settings, or find them open."""
    if not desk.window.findChildren(SettingsDialog):
        desk.window.settings_asked.emit()
    qtbot.waitUntil(lambda: bool(desk.window.findChildren(SettingsDialog)))
    (dialog,) = desk.window.findChildren(SettingsDialog)
    return dialog


def test_colours_and_contrast_are_in_force_at_once_and_next_time(
    unlocked: OpenDesk, qtbot: QtBot, tmp_path: Path
) -> None:
    desk = unlocked(sample_practice())
    (display,) = settings_of(desk, qtbot).findChildren(DisplaySection)
    display.appearance.buttons[Appearance.DARK].click()
    display.contrast.buttons[Contrast.HIGH].click()
    assert desk.theme.tokens is DARK_CONTRAST
    assert Preferences(tmp_path).appearance is Appearance.DARK
    assert Preferences(tmp_path).contrast is Contrast.HIGH


def test_another_language_leaves_the_person_where_they_were(
    unlocked: OpenDesk, qtbot: QtBot
) -> None:
    desk = unlocked(sample_practice())
    dialog = settings_of(desk, qtbot)
    (display,) = dialog.findChildren(DisplaySection)
    before = desk.window
    display.language.buttons[Language.FRENCH].click()
    qtbot.waitUntil(lambda: desk.window is not before)
    again = settings_of(desk, qtbot)
    assert again.section == 0
    assert again.title.text() == "Affichage"
    (display,) = again.findChildren(DisplaySection)
    display.text_scale.buttons[1.5].click()
    qtbot.waitUntil(lambda: desk.theme.text_scale == 1.5)


def arrive(practice: Practice, sender: AccountId, subject: str) -> None:
    """Let a letter arrive, and the engine say so."""
    practice.receive(sender, subject, "Texte secret")


def look_elsewhere(desk: Desk, qtbot: QtBot) -> None:
    """Let another window be the active one."""
    other = QWidget()
    qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    qtbot.waitUntil(lambda: not desk.window.isActiveWindow())


def test_a_notice_says_that_there_is_mail_and_nothing_of_it(
    unlocked: OpenDesk, qtbot: QtBot
) -> None:
    practice = sample_practice()
    sender = practice.add_contact("Dr Karim Benali", "médecin généraliste", "Antibes")
    recorder = Recorder()
    desk = unlocked(practice, announcer=recorder)
    unread = practice.status().unread_count
    assert recorder.shown == []
    assert desk.window.windowTitle() == f"({unread}) U-HealthSec"
    look_elsewhere(desk, qtbot)
    arrive(practice, sender, "Lombalgie aiguë")
    qtbot.waitUntil(lambda: len(recorder.shown) == 1)
    assert recorder.shown == ["U-HealthSec: One letter arrived"]
    assert desk.window.windowTitle() == f"({unread + 1}) U-HealthSec"

    notices = settings_of(desk, qtbot).show_page_of(NoticeSection)
    notices.names_sender.setChecked(True)
    arrive(practice, sender, "Lombalgie, suite")
    qtbot.waitUntil(lambda: len(recorder.shown) == 2)
    assert recorder.shown[1] == "U-HealthSec: Letter from Dr Karim Benali"


def test_nothing_is_said_in_quiet_hours_or_to_who_looks_at_the_window(
    unlocked: OpenDesk, qtbot: QtBot
) -> None:
    practice = sample_practice()
    sender = practice.add_contact("Dr Karim Benali", "médecin généraliste", "Antibes")
    recorder = Recorder()
    desk = unlocked(practice, announcer=recorder)
    unread = practice.status().unread_count
    desk.window.activateWindow()
    qtbot.waitUntil(desk.window.isActiveWindow)
    arrive(practice, sender, "Sous les yeux")
    qtbot.waitUntil(lambda: desk.window.windowTitle() == f"({unread + 1}) U-HealthSec")
    qtbot.waitUntil(lambda: desk.bridge.is_quiet)
    look_elsewhere(desk, qtbot)
    desk._preferences.notices = Notices(quiet_from=0, quiet_until=1439)
    arrive(practice, sender, "La nuit")
    qtbot.waitUntil(lambda: desk.window.windowTitle() == f"({unread + 2}) U-HealthSec")
    qtbot.waitUntil(lambda: desk.bridge.is_quiet)
    assert recorder.shown == []


def test_a_pressed_notice_brings_the_window_back(unlocked: OpenDesk, qtbot: QtBot) -> None:
    recorder = Recorder()
    desk = unlocked(sample_practice(), announcer=recorder)
    desk.window.showMinimized()
    recorder.pressed.emit()
    qtbot.waitUntil(lambda: not desk.window.isMinimized())
