# SPDX-License-Identifier: AGPL-3.0-or-later
"""A section of the settings: the folder shared with practice software, what went through it, what was refused and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from app.window.theme.tokens import Tone
from app.window.theme.typography import Role
from app.window.views.components.banners import Banner
from app.window.views.components.buttons import Button, LinkButton
from app.window.views.components.fields import CheckBox
from app.window.views.components.layouts import Card, FlowLayout
from app.window.views.components.texts import Text

if TYPE_CHECKING:
    from app.interface.failures import Failure
    from app.interface.folders import FolderRow, FolderState
    from app.window.surroundings import Surroundings
    from app.window.viewmodels.practice_software import PracticeSoftware

_SHOWN_REFUSALS: Final = 20


class PracticeSoftwareSection(QWidget):
    """Nothing is watched before the person has read that what lies there is not encrypted."""

    def __init__(self, software: PracticeSoftware, around: Surroundings) -> None:
        super().__init__()
        self._software = software
        self._around = around
        self._chosen = ""
        self.state = Text("", Role.STRONG, wraps=True)
        self._facts = Text("", Role.SECONDARY, wraps=True)
        self._how = Text(
            self.tr(
                "A document in “to-send” goes to the contact whose name its folder bears, or whom a "
                "note beside it names. Only people whose identity is verified are written to."
            ),
            Role.SECONDARY,
            wraps=True,
        )
        self.writes = CheckBox(
            self.tr("Write what arrives: documents, and letters as text"), around.theme
        )
        self.packs = CheckBox(self.tr("CDA documents as IHE_XDM archives"), around.theme)
        self.choose = Button(self.tr("Choose a folder…"))
        self.open_folder = Button(self.tr("Open the folder"))
        self.stop = LinkButton(self.tr("Watch it no more"))
        self.accept = Button(self.tr("Use this folder"))
        self.decline = LinkButton(self.tr("Leave it"))
        self.warning = Banner(self.accept, self.decline)
        self.banner = Banner()
        self.refused = _Refused(around)
        self._lay_out()
        self.choose.clicked.connect(self._choose)
        self.open_folder.clicked.connect(self._open)
        self.stop.clicked.connect(self._stop)
        self.accept.clicked.connect(self._watch)
        self.decline.clicked.connect(self.forget)
        self.writes.clicked.connect(lambda is_on: software.write_received(is_on=is_on))
        self.packs.clicked.connect(lambda is_on: software.pack_cda(is_on=is_on))
        software.changed.connect(self._show)
        software.failed.connect(self._fail)
        self._show()
        software.ask()

    def consider(self, folder: str) -> None:
        """Say what it means before a folder is watched."""
        self.banner.silence()
        self._chosen = folder
        self.warning.say(
            Tone.WARNING,
            self.tr("What lies in this folder is not encrypted"),
            self.tr(
                "{folder}\nWhoever uses your session of this computer, its other programs and its backups "
                "can read it. What arrives is written there from now on, letters and documents."
            ).format(folder=folder),
        )
        self.accept.setFocus()

    def forget(self) -> None:
        """Take back a folder that was chosen and not confirmed."""
        self._chosen = ""
        self.warning.silence()

    def _lay_out(self) -> None:
        card = Card()
        inside = QVBoxLayout(card)
        inside.setContentsMargins(20, 16, 20, 16)
        inside.setSpacing(10)
        inside.addWidget(Text(self.tr("Folder shared with your software"), Role.HEAD))
        for widget in (self.state, self._facts, self._how, self.writes, self.packs):
            inside.addWidget(widget)
        inside.addWidget(self.warning)
        inside.addWidget(self.banner)
        buttons = FlowLayout(8)
        for button in (self.open_folder, self.choose, self.stop):
            buttons.addWidget(button)
        inside.addLayout(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(card)
        column.addWidget(self.refused)

    def _show(self) -> None:
        state = self._software.state
        folder = "" if state is None else state.settings.folder
        is_on = bool(folder)
        for widget in (self.open_folder, self.stop, self.writes, self.packs):
            widget.setVisible(is_on)
        text = self.tr("Another folder…") if is_on else self.tr("Choose a folder…")
        self.choose.setText(text)
        self.choose.setAccessibleName(text)
        self.refused.show_rows(state)
        if state is None or not is_on:
            self.state.setText(self.tr("No folder is shared"))
            self._facts.setText(
                self.tr(
                    "Your medical software puts documents into a folder, and they are sent. Documents "
                    "and letters that arrive are written there, so that it can take them."
                )
            )
            return
        self.writes.setChecked(state.settings.writes_received)
        self.packs.setChecked(state.settings.packs_cda)
        self.packs.setEnabled(state.settings.writes_received)
        if state.trouble is None:
            self.state.setText(self.tr("✓ Shared: {folder}").format(folder=folder))
        else:
            self.state.setText(
                f"△ {self._around.words.folder_trouble(state.trouble, state.detail)}"
            )
        self._facts.setText(self._counts(state, folder))

    def _counts(self, state: FolderState, folder: str) -> str:
        counts = [
            self.tr("%n letter(s) sent", "", state.sent),
            self.tr("%n file(s) written", "", state.received),
        ]
        if state.waiting:
            counts.append(self.tr("%n file(s) waiting", "", state.waiting))
        lines = [" · ".join(counts)]
        if state.trouble is not None:
            lines.insert(0, folder)
        return "\n".join(lines)

    def _choose(self) -> None:
        dialog = QFileDialog(self, self.tr("Folder shared with your software"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.consider)
        dialog.open()

    def _watch(self) -> None:
        folder = self._chosen
        self.forget()
        self._software.watch(folder, self._around.word_language)

    def _stop(self) -> None:
        self.forget()
        self.banner.silence()
        self._software.watch("", self._around.word_language)

    def _open(self) -> None:
        state = self._software.state
        if state is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(state.settings.folder))

    def _fail(self, failure: Failure, detail: str) -> None:
        self.banner.explain(self._around.errors.failure(failure, detail), Tone.WARNING)


class _Refused(Card):
    """What was refused, the newest first, each with its reason."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__()
        self._around = around
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(20, 16, 20, 16)
        self._column.setSpacing(10)
        self._column.addWidget(Text(self.tr("Refused"), Role.HEAD))
        self._foot = Text("", Role.SECONDARY, wraps=True)
        self._column.addWidget(self._foot)
        self._rows: list[QWidget] = []

    def show_rows(self, state: FolderState | None) -> None:
        """Show them in the place of those before."""
        for widget in self._rows:
            self._column.removeWidget(widget)
            widget.deleteLater()
        shown = () if state is None else state.refused[:_SHOWN_REFUSALS]
        self._rows = [self._row(row) for row in shown]
        for place, widget in enumerate(self._rows, 1):
            self._column.insertWidget(place, widget)
        self.setVisible(bool(shown))
        more = 0 if state is None else state.refused_count - len(shown)
        foot = self.tr("They are kept in the folder “refused”, with the reason beside them.")
        if more > 0:
            foot = self.tr("And %n more.", "", more) + " " + foot
        self._foot.setText(foot)

    def _row(self, row: FolderRow) -> QWidget:
        widget = QWidget()
        column = QVBoxLayout(widget)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(Text(row.name, Role.STRONG, wraps=True))
        when = self._around.formats.in_list(row.at)
        column.addWidget(
            Text(
                f"{when} · {self._around.words.folder_trouble(row.trouble, row.detail)}",
                Role.SECONDARY,
                wraps=True,
            )
        )
        return widget
