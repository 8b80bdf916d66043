# SPDX-License-Identifier: AGPL-3.0-or-later
"""Taking letters over from another mail program: which, whose addresses, how far, and what came of it."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLineEdit, QProgressBar, QVBoxLayout, QWidget

from app.interface.documents import DocumentProblem
from app.window.theme.tokens import Tone
from app.window.theme.typography import Role
from app.window.views.components.banners import Banner
from app.window.views.components.buttons import Button, LinkButton, PrimaryButton
from app.window.views.components.layouts import Card, FlowLayout
from app.window.views.components.texts import Text

if TYPE_CHECKING:
    from app.interface.failures import Failure
    from app.interface.importing import ImportReport, ImportTrouble
    from app.window.surroundings import Surroundings
    from app.window.viewmodels.importing import Importing

MAIL_SUFFIXES: Final = (".eml", ".emlx", ".mbox", ".mbx")
_SIGNS: Final = (*MAIL_SUFFIXES, ".msf", ".msg", ".pst")
"""What of a mail program may lie in its folder; what of it cannot be taken over, the import says."""
_MBOX_BEGINS: Final = b"From "
_MAILDIR: Final = frozenset({"cur", "new", "tmp"})
_MOST_LOOKED_AT: Final = 20_000
_MOST_SHOWN: Final = 20
_APART: Final = re.compile(r"[\s,;]+")


def is_mail_export(path: Path) -> bool:
    """Whether a file looks as if another mail program had saved letters there; its content decides later."""
    return path.suffix.lower() in MAIL_SUFFIXES


def holds_mail(folder: Path) -> bool:
    """Whether something in a folder looks so, at any depth; reads names and a few bytes, so not for the main thread."""
    looked_at = 0
    for directory, folders, names in os.walk(folder):
        if set(folders) >= _MAILDIR or any(map(is_mail_export, map(Path, folders))):
            return True
        if any(_is_sign(Path(directory, name)) for name in names):
            return True
        looked_at += len(names)
        if looked_at > _MOST_LOOKED_AT:
            break
    return False


def _is_sign(path: Path) -> bool:
    if path.suffix:
        return path.suffix.lower() in _SIGNS
    # A mailbox of Thunderbird has no ending at all.
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return False
        with path.open("rb") as file:
            return file.read(len(_MBOX_BEGINS)) == _MBOX_BEGINS
    except OSError:
        return False


class ImportSection(QWidget):
    """The page of it in the settings."""

    def __init__(self, importing: Importing, around: Surroundings) -> None:
        super().__init__()
        self._importing = importing
        self._around = around
        self.files = Button(self.tr("Choose files…"))
        self.folder = Button(self.tr("Choose a folder…"))
        self.chosen = Text("", Role.STRONG, wraps=True)
        self.own = QLineEdit()
        self.own.setPlaceholderText(self.tr("for example anne.morel@cabinet.fr"))
        self.own.setAccessibleName(self.tr("Your e-mail addresses in the other program"))
        self.own.setMaxLength(1000)
        self.start = PrimaryButton(self.tr("Take the letters over"))
        self.stop = LinkButton(self.tr("Stop"))
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(self.tr("Taking letters over"))
        self.banner = Banner()
        self.troubles = Text("", Role.SECONDARY, wraps=True, is_selectable=True)
        self._lay_out()
        self.files.clicked.connect(self._choose_files)
        self.folder.clicked.connect(self._choose_folder)
        self.start.clicked.connect(self._run)
        self.own.returnPressed.connect(self._run)
        self.stop.clicked.connect(importing.cancel)
        importing.changed.connect(self._show)
        importing.progress.connect(self._show_progress)
        importing.done.connect(self._tell)
        importing.failed.connect(self._fail)
        self.own.setText(", ".join(importing.own_addresses))
        self._show()

    def _lay_out(self) -> None:
        card = Card()
        column = QVBoxLayout(card)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(10)
        column.addWidget(Text(self.tr("Letters of another mail program"), Role.HEAD))
        column.addWidget(
            Text(
                self.tr(
                    "Thunderbird, Apple Mail, Outlook and others save letters as .eml or mbox files, or in folders "
                    "of them. They come into your archives with their documents, and can be searched. Nobody has "
                    "verified who wrote them: each of them says so."
                ),
                Role.SECONDARY,
                wraps=True,
            )
        )
        buttons = FlowLayout(8)
        buttons.addWidget(self.files)
        buttons.addWidget(self.folder)
        column.addLayout(buttons)
        column.addWidget(self.chosen)
        label = Text(self.tr("Your e-mail addresses in the other program"), Role.STRONG, wraps=True)
        label.setBuddy(self.own)
        column.addWidget(label)
        column.addWidget(self.own)
        column.addWidget(
            Text(
                self.tr("What comes from them is shown as sent by you. Several: with commas."),
                Role.SECONDARY,
                wraps=True,
            )
        )
        column.addWidget(self.progress)
        last = FlowLayout(8)
        last.addWidget(self.start)
        last.addWidget(self.stop)
        column.addLayout(last)
        column.addWidget(self.banner)
        column.addWidget(self.troubles)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(card)

    def _show(self) -> None:
        is_running, chosen = self._importing.is_running, self._importing.chosen
        if chosen:
            self.banner.silence()
            self.troubles.setText("")
            self.troubles.hide()
        self.progress.setVisible(is_running)
        self.stop.setVisible(is_running)
        self.start.setVisible(not is_running)
        self.start.setEnabled(bool(chosen))
        for widget in (self.files, self.folder, self.own):
            widget.setEnabled(not is_running)
        names = [Path(path).name or path for path in chosen]
        more = len(names) - 3
        shown = self._around.words.names(names[:3])
        if more > 0:
            shown = self.tr("{names} and %n other(s)", "", more).format(names=shown)
        self.chosen.setText(shown)
        self.chosen.setVisible(bool(names))

    def _run(self) -> None:
        own = [each for each in _APART.split(self.own.text().strip()) if each]
        if (
            any("@" not in each or not 3 <= len(each.encode()) <= 320 for each in own)
            or len(own) > 20
        ):
            self.banner.say(
                Tone.WARNING,
                self.tr("One of these is no e-mail address."),
                self.tr("Write them like anne.morel@cabinet.fr, with commas between."),
            )
            self.own.setFocus()
            return
        self.progress.setRange(0, 0)
        self._importing.run(own)

    def _show_progress(self, done: int, total: int) -> None:
        self.progress.setRange(0, 1000)
        self.progress.setValue(1000 * done // max(total, 1))

    def _tell(self, report: ImportReport) -> None:
        what = self.tr("%n letter(s) taken over", "", report.letters)
        facts = []
        if report.is_cancelled:
            facts.append(
                self.tr("Stopped. What is here stays; the same files again go on from there.")
            )
        if report.letters:
            facts.append(self.tr("They are in your archives."))
        if report.known:
            facts.append(self.tr("%n letter(s) were here already.", "", report.known))
        if report.other_files:
            facts.append(self.tr("%n file(s) hold no letters.", "", report.other_files))
        if report.failed:
            facts.append(self.tr("%n could not be taken over, or not whole:", "", report.failed))
        self.banner.say(
            Tone.WARNING if report.failed or report.is_cancelled else Tone.GOOD,
            what,
            " ".join(facts),
        )
        lines = [self._line(each) for each in report.troubles[:_MOST_SHOWN]]
        left = report.failed - len(lines)
        if left > 0:
            lines.append(self.tr("… and %n more", "", left))
        self.troubles.setText("\n".join(lines))
        self.troubles.setVisible(bool(lines))

    def _line(self, trouble: ImportTrouble) -> str:
        place = trouble.file
        if trouble.number:
            place = self.tr("{file}, letter {number}").format(file=place, number=trouble.number)
        named = trouble.document or trouble.subject
        if named:
            place = self.tr("{place}, “{name}”").format(place=place, name=named)
        if trouble.problem is DocumentProblem.CUT:
            return self.tr("{place}: here, but something of it is missing").format(place=place)
        if trouble.problem is DocumentProblem.TIMED_OUT:
            return self.tr("{place}: took too long to read").format(place=place)
        return self.tr("{place}: cannot be read").format(place=place)

    def _fail(self, failure: Failure, detail: str) -> None:
        self.banner.explain(self._around.errors.failure(failure, detail), Tone.WARNING)

    def _choose_files(self) -> None:
        dialog = QFileDialog(self, self.tr("Files of another mail program"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        # An mbox of Thunderbird has no ending at all.
        dialog.setNameFilters(
            [self.tr("All files") + " (*)", self.tr("Letters") + " (*.eml *.emlx *.mbox)"]
        )
        self._open(dialog)

    def _choose_folder(self) -> None:
        dialog = QFileDialog(self, self.tr("Folder of another mail program"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        self._open(dialog)

    def _open(self, dialog: QFileDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(self._importing.choose)
        dialog.open()
