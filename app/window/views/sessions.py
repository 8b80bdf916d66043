# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where the account is signed in, and the way to end all of it at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.window.theme.tokens import CARD_WIDTH, Tone
from app.window.theme.typography import Role
from app.window.views.components.banners import Banner
from app.window.views.components.buttons import Button, LinkButton
from app.window.views.components.layouts import Card, Column, clear
from app.window.views.components.rooms import resize_within
from app.window.views.components.texts import Text

if TYPE_CHECKING:
    from app.interface.failures import Failure
    from app.interface.snapshots import SessionList, SessionView
    from app.window.surroundings import Surroundings
    from app.window.viewmodels.access import Access


class SessionsDialog(QDialog):
    """One card per session."""

    def __init__(self, access: Access, around: Surroundings, parent: QWidget) -> None:
        super().__init__(parent)
        self._access = access
        self._around = around
        self.setWindowTitle(self.tr("Open sessions"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        resize_within(self, around.theme.space(CARD_WIDTH), around.theme.space(460))
        self.banner = Banner()
        self.end_now = Button(self.tr("Sign out everywhere"))
        self.keep = Button(self.tr("Stay signed in"))
        self.confirmation = Banner(self.end_now, self.keep)
        self._cards = QVBoxLayout()
        self._cards.setSpacing(10)
        self.end = LinkButton(self.tr("Sign out everywhere…"))
        self.end.setEnabled(False)
        self.shut = Button(self.tr("Close"))
        self._lay_out()
        self.end.clicked.connect(self._ask)
        self.keep.clicked.connect(self._keep)
        self.end_now.clicked.connect(self._end)
        self.shut.clicked.connect(self.accept)
        access.listed.connect(self._show)
        access.failed.connect(self._fail)
        access.ended.connect(self.accept)
        access.list_sessions()

    def _lay_out(self) -> None:
        column = Column(width=self._around.theme.space(CARD_WIDTH), margin=24, is_centred=False)
        content = column.content
        content.addWidget(Text(self.tr("Open sessions"), Role.TITLE))
        content.addWidget(
            Text(
                self.tr(
                    "Where your account receives and sends. Is one of them not you? Sign out everywhere."
                ),
                Role.SECONDARY,
                wraps=True,
            )
        )
        content.addWidget(self.banner)
        content.addLayout(self._cards)
        content.addStretch(1)
        # Below what scrolls, so that the question is never out of sight.
        question = QVBoxLayout()
        question.setContentsMargins(24, 0, 24, 0)
        question.addWidget(self.confirmation)
        foot = QHBoxLayout()
        foot.setContentsMargins(24, 12, 24, 16)
        foot.addWidget(self.end)
        foot.addStretch(1)
        foot.addWidget(self.shut)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(column, 1)
        layout.addLayout(question)
        layout.addLayout(foot)

    def _show(self, sessions: SessionList) -> None:
        clear(self._cards)
        # This computer first: it is the one that the person recognises.
        for row in sorted(sessions.rows, key=lambda row: (not row.is_current, -row.refreshed_at)):
            self._cards.addWidget(self._card(row))
        self.end.setEnabled(True)

    def _card(self, row: SessionView) -> Card:
        formats = self._around.formats
        name = self.tr("This computer") if row.is_current else self.tr("Another computer")
        times = self.tr("Signed in {start}, last used {last}").format(
            start=formats.in_sentence(row.signed_in_at), last=formats.in_sentence(row.refreshed_at)
        )
        card = Card()
        column = QVBoxLayout(card)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(2)
        column.addWidget(Text(name, Role.STRONG))
        column.addWidget(Text(times, Role.SECONDARY, wraps=True))
        return card

    def _ask(self) -> None:
        self.banner.silence()
        self.confirmation.say(
            Tone.WARNING,
            self.tr("Sign out everywhere, on this computer too?"),
            self.tr(
                "To receive and send again, your passphrase and a code will be asked for. Your mail "
                "stays where it is."
            ),
        )
        self.end.hide()
        self.keep.setFocus()

    def _keep(self) -> None:
        self.confirmation.silence()
        self.end.show()
        self.shut.setFocus()

    def _end(self) -> None:
        self.end_now.setEnabled(False)
        self._access.end_sessions()

    def _fail(self, failure: Failure, detail: str) -> None:
        self.confirmation.silence()
        self.end_now.setEnabled(True)
        self.end.show()
        self.end.setEnabled(bool(self._cards.count()))
        self.banner.explain(self._around.errors.failure(failure, detail), Tone.WARNING)
