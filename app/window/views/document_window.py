# SPDX-License-Identifier: AGPL-3.0-or-later
"""A document in a window of its own, beside the letter it came with."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QProgressBar,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from app.interface.documents import DocumentKind, DocumentProblem, FactKind
from app.window.i18n.documents import DocumentWords
from app.window.theme.icons import Icon
from app.window.theme.tokens import Tone
from app.window.theme.typography import Role
from app.window.views.components.banners import Banner
from app.window.views.components.blocks import BlockWriter
from app.window.views.components.buttons import Button, IconButton, LinkButton
from app.window.views.components.layouts import FlowLayout, clear
from app.window.views.components.page_stack import PageStack
from app.window.views.components.texts import ElidedText, Rule, Text
from app.window.views.documents import DocumentCard

if TYPE_CHECKING:
    from app.interface.documents import DocumentView, Part
    from app.interface.failures import Failure
    from app.interface.snapshots import SavedFile
    from app.window.surroundings import Surroundings
    from app.window.viewmodels.viewer import Viewer

_SIZE: Final = (900, 860)
_MAIN_FACTS: Final = (
    FactKind.PATIENT,
    FactKind.BIRTH_DATE,
    FactKind.DATE,
    FactKind.AUTHOR,
    FactKind.ORGANISATION,
    FactKind.SENDER,
    FactKind.RECIPIENT,
    FactKind.SUBJECT,
    FactKind.DOCUMENT_TYPE,
    FactKind.ACT,
    FactKind.MODALITY,
)
_GRAVE: Final = frozenset(
    {
        DocumentProblem.DAMAGED,
        DocumentProblem.HASH_WRONG,
        DocumentProblem.SIZE_WRONG,
        DocumentProblem.PATIENT_DIFFERS,
        DocumentProblem.PART_MISSING,
    }
)


class PartCard(DocumentCard):
    """A document inside the document.

    Signals:
        open_asked(): it is to be shown.
    """

    open_asked = Signal()

    def __init__(self, part: Part, words: DocumentWords, around: Surroundings) -> None:
        detail = f"{words.kind(part.kind)}, {around.formats.size(part.size)}"
        super().__init__(part.title or part.name, "", detail, around, mark=words.mark(part.kind))
        self.open = LinkButton(self.tr("Open"))
        self.open.setAccessibleName(self.tr("Open {name}").format(name=part.title or part.name))
        self.open.clicked.connect(self.open_asked)
        self.row.addWidget(self.open)
        if part.problems:
            grave = [each for each in part.problems if each in _GRAVE]
            self.detail.setText(
                f"{detail}\n△ " + " ".join(words.problem(each) for each in part.problems)
            )
            self.detail.set_tone(Tone.DANGER if grave else Tone.WARNING)


class DocumentWindow(QDialog):
    """Shows one document at a time; its parts open in the same window, with a way back."""

    def __init__(self, viewer: Viewer, name: str, around: Surroundings, parent: QWidget) -> None:
        super().__init__(parent)
        self._viewer = viewer
        self._around = around
        self._words = DocumentWords()
        self._name = name
        viewer.setParent(self)
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        theme = around.theme
        self.resize(*(theme.space(side) for side in _SIZE))
        self.back = Button(self.tr("Back"))
        self.title = ElidedText(name, Role.HEAD)
        self.save = Button(self.tr("Save…"))
        self.elsewhere = LinkButton(self.tr("Open in another program…"))
        self.make_copy = Button(self.tr("Make the copy and open it"))
        self.no_copy = Button(self.tr("Stay here"))
        self.question = Banner(self.make_copy, self.no_copy)
        self.news = Banner()
        self.problems = Banner()
        self.waiting = QProgressBar()
        self.waiting.setRange(0, 0)
        self.waiting.setTextVisible(False)
        self.waiting.setAccessibleName(self.tr("The document is being read"))
        self.pages = PageStack(theme)
        self.text = QTextBrowser()
        self.text.setAccessibleName(name)
        self.text.setOpenLinks(False)
        self.text.setProperty("help", "true")
        self.text.document().setDocumentMargin(theme.space(24))
        self.place = Text("", Role.SMALL)
        self.smaller = IconButton(Icon.SMALLER, self.tr("Smaller"), theme)
        self.larger = IconButton(Icon.LARGER, self.tr("Larger"), theme)
        # Takes the room of text and pages where there are none.
        self._rest = QWidget()
        self.parts = QWidget()
        self.facts = QWidget()
        self._lay_out()
        self._connect()
        viewer.open()

    def done(self, result: int) -> None:
        """Close, and end what reads the document."""
        self._viewer.leave()
        self.pages.forget()
        self.text.clear()
        super().done(result)

    def _lay_out(self) -> None:
        space = self._around.theme.space
        head = QHBoxLayout()
        head.setContentsMargins(space(20), space(12), space(20), space(12))
        head.setSpacing(space(10))
        head.addWidget(self.back)
        head.addWidget(self.title, 1)
        head.addWidget(self.elsewhere)
        head.addWidget(self.save)
        said = QVBoxLayout()
        said.setContentsMargins(space(20), space(10), space(20), 0)
        said.setSpacing(space(8))
        for banner in (self.question, self.news, self.problems):
            said.addWidget(banner)
        said.addWidget(self.waiting)
        grid = QGridLayout(self.facts)
        grid.setContentsMargins(space(24), space(10), space(20), space(10))
        grid.setHorizontalSpacing(space(16))
        grid.setVerticalSpacing(space(4))
        grid.setColumnStretch(1, 1)
        self._grid = grid
        self._cards = FlowLayout(space(10))
        self.parts.setLayout(self._cards)
        self.parts.setContentsMargins(space(20), space(8), space(20), space(12))
        foot = QHBoxLayout()
        foot.setContentsMargins(space(20), space(6), space(20), space(6))
        foot.addWidget(self.place)
        foot.addStretch(1)
        foot.addWidget(self.smaller)
        foot.addWidget(self.larger)
        self.foot = QWidget()
        self.foot.setLayout(foot)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(Rule())
        column.addLayout(said)
        column.addWidget(self.facts)
        column.addWidget(self.parts)
        column.addWidget(self.text, 1)
        column.addWidget(self.pages, 1)
        column.addWidget(self._rest, 1)
        column.addWidget(self.foot)

    def _connect(self) -> None:
        viewer = self._viewer
        viewer.opening.connect(self._wait)
        viewer.opened.connect(self._show)
        viewer.failed.connect(self._fail)
        viewer.page.connect(self.pages.show_page)
        viewer.page_failed.connect(self.pages.fail_page)
        viewer.saved.connect(self._tell_saved)
        viewer.copied.connect(self._open_copy)
        viewer.not_saved.connect(self._tell_failed)
        self.pages.wanted.connect(viewer.draw)
        self.pages.moved.connect(self._tell_place)
        self.back.clicked.connect(viewer.step_out)
        self.save.clicked.connect(self._choose_folder)
        self.elsewhere.clicked.connect(self._ask)
        self.make_copy.clicked.connect(self._copy)
        self.no_copy.clicked.connect(self.question.silence)
        self.smaller.clicked.connect(lambda: self.pages.zoom_by(-1))
        self.larger.clicked.connect(lambda: self.pages.zoom_by(1))
        for keys, steps in (("Ctrl++", 1), ("Ctrl+=", 1), ("Ctrl+-", -1)):
            QShortcut(QKeySequence(keys), self).activated.connect(
                lambda steps=steps: self.pages.zoom_by(steps)
            )
        self._around.theme.changed.connect(self._write_text)

    def _wait(self) -> None:
        name = self._viewer.titles[-1] if self._viewer.titles else self._name
        self.setWindowTitle(name)
        self.title.setText(name)
        self.back.setVisible(bool(self._viewer.titles))
        self.waiting.show()
        self.problems.silence()
        self.news.silence()
        self.question.silence()
        for part in (self.facts, self.parts, self.text, self.pages, self.foot):
            part.hide()
        self._rest.show()

    def _show(self) -> None:
        view = self._viewer.view
        if view is None:
            return
        self.waiting.hide()
        title = next((each.text for each in view.facts if each.kind is FactKind.TITLE), "")
        self.title.setText(title or view.name or self._name)
        self.setWindowTitle(self.title.text())
        self._show_problems(view)
        self._show_facts(view)
        self._show_parts(view)
        self.text.setVisible(bool(view.blocks))
        self.text.setAccessibleName(self.title.text())
        self._write_text()
        self.pages.setVisible(bool(view.pages))
        self.foot.setVisible(bool(view.pages))
        self._rest.setVisible(not view.pages and not view.blocks)
        if view.pages:
            size = QSize(view.first_page_width, view.first_page_height)
            is_measured = view.kind in {DocumentKind.PICTURE, DocumentKind.DICOM}
            self.pages.begin(view.pages, size, is_measured=is_measured)
            self.pages.setFocus()
        elif view.blocks:
            self.text.setFocus()

    def _show_problems(self, view: DocumentView) -> None:
        if not view.problems:
            is_empty = not (view.blocks or view.pages or view.parts)
            if is_empty:
                self.problems.say(
                    Tone.WARNING,
                    self.tr("This kind of document is not shown here"),
                    self.tr("Save it, or open it in another program."),
                )
            return
        is_grave = any(each in _GRAVE for each in view.problems)
        first, *others = (self._words.problem(each) for each in view.problems)
        self.problems.say(Tone.DANGER if is_grave else Tone.WARNING, first, "\n".join(others))

    def _show_facts(self, view: DocumentView) -> None:
        clear(self._grid)
        wanted = [each for kind in _MAIN_FACTS for each in view.facts if each.kind is kind]
        for number, fact in enumerate(wanted):
            name = Text(self._words.fact(fact.kind), Role.SECONDARY)
            value = Text(
                self._words.fact_text(fact, self._around.formats),
                Role.STRONG if fact.kind is FactKind.PATIENT else Role.TEXT,
                wraps=True,
                is_selectable=True,
            )
            self._grid.addWidget(name, number, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(value, number, 1)
        self.facts.setVisible(bool(wanted))

    def _show_parts(self, view: DocumentView) -> None:
        layout = self._cards
        clear(layout)
        for number, part in enumerate(view.parts):
            if part.same_as is not None:
                # The same act in another form: one card stands for both, the better one to read.
                continue
            card = PartCard(part, self._words, self._around)
            card.open_asked.connect(lambda number=number: self._viewer.enter(number))
            layout.addWidget(card)
        self.parts.setVisible(bool(view.parts))

    def _write_text(self) -> None:
        view = self._viewer.view
        if view is not None and view.blocks:
            BlockWriter(self.text.document(), self._around.theme, self._words).write(view.blocks)

    def _fail(self, failure: Failure, detail: str) -> None:
        self.waiting.hide()
        self.problems.explain(self._around.errors.failure(failure, detail))

    def _tell_place(self, page: int) -> None:
        self.place.setText(
            self.tr("Page {n} of {count}").format(n=page + 1, count=self.pages.count)
        )

    def _choose_folder(self) -> None:
        dialog = QFileDialog(self, self.tr("Save the document in"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._viewer.save)
        dialog.open()

    def _tell_saved(self, saved: SavedFile) -> None:
        self.news.say(
            Tone.GOOD,
            self.tr("Saved as “{name}”").format(name=PurePath(saved.path).name),
            self.tr("This copy is not encrypted."),
        )

    def _ask(self) -> None:
        self.question.say(
            Tone.WARNING,
            self.tr("Another program will see this document unprotected"),
            self.tr(
                "A readable copy is made for it. It is removed when your mail locks or closes; what the other "
                "program keeps, or you change in it, is not seen here."
            ),
        )
        self.make_copy.setFocus()

    def _copy(self) -> None:
        self.question.silence()
        self._viewer.open_elsewhere()

    def _open_copy(self, copy: SavedFile) -> None:
        if QDesktopServices.openUrl(QUrl.fromLocalFile(copy.path)):
            return
        self.news.say(
            Tone.WARNING,
            self.tr("No program on this computer opens it"),
            self.tr("Save the document, and open it where there is one."),
        )

    def _tell_failed(self, failure: Failure, detail: str) -> None:
        self.news.explain(self._around.errors.failure(failure, detail))
