# SPDX-License-Identifier: AGPL-3.0-or-later
"""View models over a scripted practice, without a window."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QLocale

from app.interface.secret import Secret
from app.profiles import FIRST
from app.window.bridge import Bridge
from app.window.codes import Codes
from app.window.preferences import Preferences
from app.window.surroundings import surroundings
from app.window.theme.theme import Appearance, Theme
from app.window.viewmodels.accounts import AccountList, OwnAccount
from app.window.viewmodels.mailbox import Mailbox
from tests.fakes.fixed_clock import FixedClock
from tests.fakes.scripted_engine import NOW, PASSPHRASE, Practice
from tests.gui.pictures import PARIS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

OpenMailbox = Callable[[Practice], Mailbox]


@pytest.fixture
def open_mailbox(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[OpenMailbox]:
    """Return a maker of unlocked mailboxes."""
    made: list[Mailbox] = []
    theme = Theme(qapp, appearance=Appearance.LIGHT, text_scale=1.0)

    def make(practice: Practice) -> Mailbox:
        bridge = Bridge(practice.connect)
        locale = QLocale(QLocale.Language.English)
        around = surroundings(theme, locale, FixedClock(NOW, PARIS), Codes(lambda: bridge))
        mailbox = Mailbox(
            bridge,
            around,
            Preferences(tmp_path),
            OwnAccount(AccountList(tmp_path), FIRST),
            dwell_milliseconds=0,
            refresh_milliseconds=0,
            save_milliseconds=0,
        )
        made.append(mailbox)
        mailbox.session.start()
        qtbot.waitUntil(lambda: mailbox.bridge.is_quiet)
        mailbox.session.unlock(Secret.of(PASSPHRASE))
        qtbot.waitUntil(lambda: mailbox.contacts.is_loaded and mailbox.bridge.is_quiet)
        return mailbox

    yield make
    for mailbox in made:
        mailbox.session.leave()
