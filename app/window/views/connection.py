# SPDX-License-Identifier: AGPL-3.0-or-later
"""The facts about the connection, one click deeper, for those who ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.window.theme.tokens import CARD_WIDTH, Tone
from app.window.theme.typography import Role
from app.window.views.components.banners import Banner
from app.window.views.components.buttons import Button, LinkButton
from app.window.views.components.layouts import Column, clear
from app.window.views.components.rooms import resize_within
from app.window.views.components.texts import Text

if TYPE_CHECKING:
    from app.interface.failures import Failure
    from app.interface.snapshots import AuditReport, ConnectionDetails
    from app.window.surroundings import Surroundings
    from app.window.viewmodels.standing import Standing


class ConnectionDialog(QDialog):
    """Relay, protection of the line, journal."""

    def __init__(self, standing: Standing, around: Surroundings, parent: QWidget) -> None:
        super().__init__(parent)
        self._standing = standing
        self._around = around
        self.setWindowTitle(self.tr("Connection"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        resize_within(self, around.theme.space(CARD_WIDTH), around.theme.space(400))
        self._banner = Banner()
        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(20)
        self._facts.setVerticalSpacing(10)
        self._facts.setColumnStretch(1, 1)
        column = Column(width=around.theme.space(CARD_WIDTH), margin=24, is_centred=False)
        content = column.content
        content.addWidget(Text(self.tr("Connection"), Role.TITLE))
        self._state = Text("", Role.TEXT, wraps=True)
        content.addWidget(self._state)
        content.addWidget(self._banner)
        content.addLayout(self._facts)
        content.addStretch(1)
        self.verify = LinkButton(self.tr("Verify the journal now"))
        self.verify.clicked.connect(self._verify)
        close = Button(self.tr("Close"))
        close.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.setContentsMargins(24, 12, 24, 16)
        foot.addWidget(self.verify)
        foot.addStretch(1)
        foot.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(column, 1)
        layout.addLayout(foot)
        standing.changed.connect(self._show_state)
        standing.details.connect(self._show)
        standing.details_failed.connect(self._fail)
        standing.audit.connect(self._show_audit)
        self._show_state()
        standing.ask_details()

    def _show_state(self) -> None:
        status = self._standing.status
        if status is not None:
            self._state.setText(self._around.words.connection(status, self._around.formats))

    def _show(self, details: ConnectionDetails) -> None:
        clear(self._facts)
        status = self._standing.status
        unknown = self.tr("not connected")
        line = ", ".join(
            part for part in (details.tls_version, details.tls_cipher, details.tls_group) if part
        )
        size = self._around.formats.number(details.log_size)
        if details.is_post_quantum:
            quantum = self.tr("✓ Yes, also against quantum computers to come")
        elif details.tls_group:
            quantum = self.tr("△ Not on this line. The letters themselves always are.")
        elif details.tls_version:
            quantum = self.tr("△ This computer does not tell. The letters themselves always are.")
        else:
            quantum = unknown
        if details.log_root is not None:
            journal = self.tr("{size} entries").format(size=size)
        else:
            journal = self.tr("not seen yet")
        is_bound = status is not None and status.os_secret_store
        facts = (
            (self.tr("Relay"), details.relay_url),
            (self.tr("Line"), line or unknown),
            (self.tr("Post-quantum"), quantum),
            (self.tr("Journal"), journal),
            (self.tr("Journal's name"), details.log_origin),
            (self.tr("Fingerprint"), "" if details.log_root is None else details.log_root.hex()),
            (
                self.tr("This computer"),
                self.tr(
                    "✓ Your mail opens with the passphrase and this computer's keyring together"
                )
                if is_bound
                else self.tr("Your mail opens with the passphrase alone"),
            ),
        )
        for number, (name, value) in enumerate(fact for fact in facts if fact[1]):
            self._facts.addWidget(Text(name, Role.SECONDARY), number, 0, Qt.AlignmentFlag.AlignTop)
            # Zero-width spaces let a long hexadecimal number break.
            is_long = len(value) > 40 and " " not in value
            shown = "\u200b".join(value) if is_long else value
            self._facts.addWidget(Text(shown, Role.TEXT, wraps=True, is_selectable=True), number, 1)

    def _verify(self) -> None:
        self.verify.setEnabled(False)
        self._standing.verify()

    def _show_audit(self, report: AuditReport) -> None:
        self.verify.setEnabled(True)
        if report.problems:
            self._banner.say(
                Tone.DANGER,
                self.tr("The journal does not hold"),
                "\n".join(report.problems),
            )
            return
        number = self._around.formats.number
        waiting = report.own_statements - report.own_statements_logged
        self._banner.say(
            Tone.GOOD,
            self.tr("Journal intact"),
            self.tr(
                "Of your {own} actions {logged} are in the journal and {waiting} on their way. "
                "{receipts} receipts and {checkpoints} signed states of the journal were verified."
            ).format(
                own=number(report.own_statements),
                logged=number(report.own_statements_logged),
                waiting=number(waiting),
                receipts=number(report.receipts_verified),
                checkpoints=number(report.checkpoints_verified),
            ),
        )

    def _fail(self, failure: Failure, detail: str) -> None:
        self.verify.setEnabled(True)
        self._banner.explain(self._around.errors.failure(failure, detail), Tone.WARNING)
