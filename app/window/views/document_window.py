# SPDX-License-Identifier: AGPL-3.0-or-later
"""A document in a window of its own, beside the letter it came with."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt, QUrl, Signal
from PySide6.QtGui import (
    QColor,
    QDesktopServices,
    QKeySequence,
    QShortcut,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLayout,
    QProgressBar,
    QTextBrowser,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from app.interface.documents import DocumentKind, DocumentProblem, FactKind
from app.interface.failures import Failure
from app.window.i18n.documents import DocumentWords
from app.window.shortcuts import Shortcut, keys
from app.window.theme.icons import Icon
from app.window.theme.tokens import Tone
from app.window.theme.typography import Role, Typography
from app.window.viewmodels.document_search import DocumentSearch
from app.window.views.components.banners import Banner
from app.window.views.components.blocks import BlockWriter
from app.window.views.components.buttons import Button, IconButton, LinkButton
from app.window.views.components.find_bar import FindBar
from app.window.views.components.layouts import FlowLayout, clear, scrolling
from app.window.views.components.page_stack import ZOOMS, PageStack
from app.window.views.components.rooms import resize_within
from app.window.views.components.texts import ElidedText, Rule, Text
from app.window.views.document_printing import DocumentPrinter, can_print
from app.window.views.documents import DocumentCard

if TYPE_CHECKING:
    from app.interface.documents import DocumentView, Part
    from app.interface.snapshots import SavedFile
    from app.window.surroundings import Surroundings
    from app.window.viewmodels.page_letters import Area
    from app.window.viewmodels.viewer import Viewer

_SIZE: Final = (900, 860)
_LEAST_HEIGHT: Final = 160
"""Of what is read."""
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
_FOUND: Final = "#FFE58A"
_FOUND_NOW: Final = "#FFB347"
_ON_FOUND: Final = "#1B2523"
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
        twin_asked(): its other form is to be shown.
    """

    open_asked = Signal()
    twin_asked = Signal()

    def __init__(
        self, part: Part, words: DocumentWords, around: Surroundings, *, twin: Part | None = None
    ) -> None:
        detail = f"{words.kind(part.kind)}, {around.formats.size(part.size)}"
        super().__init__(part.title or part.name, "", detail, around, mark=words.mark(part.kind))
        self.open = LinkButton(self.tr("Open"))
        self.open.setAccessibleName(self.tr("Open {name}").format(name=part.title or part.name))
        self.open.clicked.connect(self.open_asked)
        if twin is not None:
            # The same act in another form, often the one to be printed.
            kind = words.mark(twin.kind)
            self.twin = LinkButton(self.tr("As {kind}").format(kind=kind))
            self.twin.setAccessibleName(
                self.tr("Open {name} as {kind}").format(name=part.title or part.name, kind=kind)
            )
            self.twin.clicked.connect(lambda _=False: self.twin_asked.emit())
            self.row.addWidget(self.twin)
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
        self.source = viewer.source
        """What was opened, whichever of its parts is shown."""
        self._around = around
        self._words = DocumentWords()
        self._name = name
        viewer.setParent(self)
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        theme = around.theme
        resize_within(self, *(theme.space(side) for side in _SIZE))
        self.back = Button(self.tr("Back"))
        self.title = ElidedText(name, Role.HEAD, is_file=True)
        self.find_it = IconButton(
            Icon.FIND, self.tr("Find in this document"), theme, shortcut=keys(Shortcut.FIND_HERE)
        )
        self.print_it = IconButton(
            Icon.PRINT, self.tr("Print…"), theme, shortcut=keys(Shortcut.PRINT)
        )
        self.save = Button(self.tr("Save…"))
        self.elsewhere = LinkButton(self.tr("Open in another program…"))
        self.make_copy = Button(self.tr("Make the copy and open it"))
        self.no_copy = Button(self.tr("Stay here"))
        self.question = Banner(self.make_copy, self.no_copy)
        self.news = Banner()
        self.again = Button(self.tr("Try again"))
        self.failed = Banner(self.again)
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
        self.text.document().setDocumentMargin(theme.space(20))
        self.search = DocumentSearch(viewer, self)
        self.find_bar = FindBar(theme)
        self.find_bar.hide()
        self.printer = DocumentPrinter(viewer, around, self._words, self)
        self.place = Text("", Role.SMALL)
        self.size_now = Text("", Role.SMALL)
        self.smaller = IconButton(
            Icon.SMALLER, self.tr("Smaller"), theme, shortcut=keys(Shortcut.SMALLER)
        )
        self.larger = IconButton(
            Icon.LARGER, self.tr("Larger"), theme, shortcut=keys(Shortcut.LARGER)
        )
        self._text_zoom = 1.0
        # Takes the room of text and pages where there are none.
        self._rest = QWidget()
        self.parts = QWidget()
        self.facts = QWidget()
        self._lay_out()
        self._connect()
        viewer.open()

    def done(self, result: int) -> None:
        """Close, and end what reads the document."""
        self.printer.stop()
        self._viewer.leave()
        self.search.forget()
        self.find_bar.forget()
        self.pages.forget()
        self.text.clear()
        super().done(result)

    def _head(self) -> QLayout:
        space = self._around.theme.space
        acts = FlowLayout(space(10))
        for act in (self.find_it, self.print_it, self.elsewhere, self.save):
            acts.addWidget(act)
        title = QHBoxLayout()
        title.setSpacing(space(10))
        title.addWidget(self.back)
        title.addWidget(self.title, 1)
        # Above what can be done with it where the screen leaves no room beside it.
        is_beside = self.width() >= space(_SIZE[0])
        head = QHBoxLayout() if is_beside else QVBoxLayout()
        head.setContentsMargins(space(20), space(12), space(20), space(12))
        head.setSpacing(space(10))
        head.addLayout(title, 1)
        head.addLayout(acts)
        return head

    def _lay_out(self) -> None:
        space = self._around.theme.space
        said = QVBoxLayout()
        said.setContentsMargins(space(20), space(10), space(20), 0)
        said.setSpacing(space(8))
        for banner in (self.question, self.news, self.failed, self.problems):
            said.addWidget(banner)
        said.addWidget(self.waiting)
        grid = QGridLayout(self.facts)
        grid.setContentsMargins(space(20), space(10), space(20), space(10))
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
        foot.addWidget(self.size_now)
        foot.addWidget(self.larger)
        self.foot = QWidget()
        self.foot.setLayout(foot)
        for shown in (self.text, self.pages):
            shown.setMinimumHeight(space(_LEAST_HEIGHT))
        # Where there is little room all of it scrolls: what is said of a document must not be its last line.
        inner = QWidget()
        inner.setProperty("ground", "panel")
        content = QVBoxLayout(inner)
        content.setContentsMargins(0, 0, 0, 0)
        content.setSpacing(0)
        content.addLayout(said)
        content.addWidget(self.facts)
        content.addWidget(self.parts)
        content.addWidget(self.text, 1)
        content.addWidget(self.pages, 1)
        content.addWidget(self._rest, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head())
        column.addWidget(Rule())
        column.addWidget(self.find_bar)
        column.addWidget(scrolling(inner), 1)
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
        self.again.clicked.connect(viewer.open)
        self.save.clicked.connect(self._choose_folder)
        self.elsewhere.clicked.connect(self._ask)
        self.make_copy.clicked.connect(self._copy)
        self.no_copy.clicked.connect(self.question.silence)
        self.smaller.clicked.connect(lambda _=False: self._zoom(-1))
        self.larger.clicked.connect(lambda _=False: self._zoom(1))
        self.find_it.clicked.connect(lambda _=False: self._look())
        self.print_it.clicked.connect(lambda _=False: self.printer.ask(self))
        self.pages.consult(viewer.letters_of, self._found_on)
        self.pages.letters_wanted.connect(viewer.read)
        viewer.letters.connect(self._describe_page)
        self.printer.progressed.connect(self._tell_printing)
        self.printer.ended.connect(self._tell_printed)
        self.search.changed.connect(self._show_finds)
        self.search.turned.connect(self._go_to_find)
        self.find_bar.asked.connect(self._look_for)
        self.find_bar.stepped.connect(self.search.step)
        self.find_bar.left.connect(self._stop_looking)
        for sequence, act in (
            (keys(Shortcut.LARGER), lambda: self._zoom(1)),
            (QKeySequence("Ctrl+="), lambda: self._zoom(1)),
            (keys(Shortcut.SMALLER), lambda: self._zoom(-1)),
            (QKeySequence("Ctrl+0"), lambda: self._zoom(0)),
            (keys(Shortcut.FIND_HERE), self._look),
            (QKeySequence("F3"), lambda: self.search.step(1)),
            (QKeySequence("Shift+F3"), lambda: self.search.step(-1)),
            (keys(Shortcut.PRINT), lambda: self.printer.ask(self)),
        ):
            QShortcut(sequence, self).activated.connect(act)
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
        self.printer.stop()
        self.search.forget()
        self.find_bar.forget()
        for part in (self.facts, self.parts, self.text, self.pages, self.foot):
            part.hide()
        self.failed.silence()
        for icon in (self.find_it, self.print_it):
            icon.setEnabled(False)
        for button in (self.save, self.elsewhere):
            button.setEnabled(True)
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
        self.search.begin(self.text.toPlainText() if view.blocks else "", view.pages)
        for button in (self.find_it, self.print_it):
            button.setEnabled(can_print(view))
        self.pages.setVisible(bool(view.pages))
        self.foot.setVisible(can_print(view))
        self.place.setVisible(bool(view.pages))
        self._tell_zoom()
        self._rest.setVisible(not view.pages and not view.blocks)
        if view.pages:
            size = QSize(view.first_page_width, view.first_page_height)
            is_measured = view.kind in {DocumentKind.PICTURE, DocumentKind.DICOM}
            self.pages.begin(view.pages, size, is_measured=is_measured)
            self.pages.setFocus()
        elif view.blocks:
            self.text.setFocus()
        else:
            # Enter opens the first part rather than asking for another program.
            first = self.parts.findChild(PartCard)
            (self.save if first is None else first.open).setFocus()

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
        ordered = sorted(view.problems, key=lambda each: each not in _GRAVE)
        is_shown = bool(view.blocks or view.pages or view.parts)
        first, *others = (self._words.problem(each, is_shown=is_shown) for each in ordered)
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
            twins = [at for at, each in enumerate(view.parts) if each.same_as == number]
            twin = view.parts[twins[0]] if twins else None
            card = PartCard(part, self._words, self._around, twin=twin)
            if twins:
                card.twin_asked.connect(lambda number=twins[0]: self._viewer.enter(number))
            card.open_asked.connect(lambda number=number: self._viewer.enter(number))
            layout.addWidget(card)
        self.parts.setVisible(bool(view.parts))

    def _write_text(self) -> None:
        view = self._viewer.view
        if view is not None and view.blocks:
            theme = self._around.theme
            typography = Typography(
                family=theme.typography.family, scale=theme.text_scale * self._text_zoom
            )
            writer = BlockWriter(self.text.document(), theme.tokens, typography, self._words)
            writer.write(view.blocks)
            self._mark_text()

    def _fail(self, failure: Failure, detail: str) -> None:
        self.waiting.hide()
        # Offline is no error: it comes by itself.
        is_late = failure is Failure.ATTACHMENT_UNAVAILABLE
        # Its name stands above.
        explanation = self._around.errors.failure(failure, "" if is_late else detail)
        self.failed.explain(explanation, Tone.WARNING if is_late else Tone.DANGER)
        self.again.setFocus()
        for button in (self.save, self.elsewhere):
            button.setEnabled(False)

    def _describe_page(self, page: int) -> None:
        """Have a screen reader say what is written on the page that is shown."""
        letters = self._viewer.letters_of(page)
        if page == self.pages.current and letters is not None:
            self.pages.setAccessibleDescription(letters.copied(0, letters.count))
        self.pages.viewport().update()

    def _tell_place(self, page: int) -> None:
        self.pages.setAccessibleDescription("")
        if self._viewer.letters_of(page) is None:
            self._viewer.read(page)
        else:
            self._describe_page(page)
        self.place.setText(
            self.tr("Page {n} of {count}").format(n=page + 1, count=self.pages.count)
        )

    # Finding

    def _look(self) -> None:
        if self.find_it.isEnabled():
            self.find_bar.appear()

    def _look_for(self, query: str) -> None:
        self.search.begins_at = self.pages.current
        self.search.look_for(query)

    def _stop_looking(self) -> None:
        self.find_bar.forget()
        (self.pages if self.pages.isVisible() else self.text).setFocus()

    def _show_finds(self) -> None:
        search = self.search
        count, formats = len(search.finds), self._around.formats
        is_missed = bool(search.query) and not search.is_looking and not count
        if is_missed:
            told = (
                self.tr("Not found")
                if search.has_text
                else self.tr("No text: these pages are pictures")
            )
        elif count:
            shown = formats.number(count) + ("+" if search.is_cut or search.is_looking else "")
            told = self.tr("{n} of {count}").format(
                n=formats.number(search.current + 1), count=shown
            )
        else:
            told = self.tr("Looking…") if search.is_looking else ""
        self.find_bar.tell(told, can_step=bool(count), is_missed=is_missed)
        self._mark_text()
        self.pages.viewport().update()

    def _mark_text(self) -> None:
        """Mark in the text what was found."""
        marks = []
        for find, is_now in self.search.on_page(None):
            mark = QTextEdit.ExtraSelection()
            look = QTextCharFormat()
            # Dark on yellow in either theme, as with a felt pen.
            look.setBackground(QColor(_FOUND_NOW if is_now else _FOUND))
            look.setForeground(QColor(_ON_FOUND))
            mark.format = look
            mark.cursor = self._cursor(find.start, find.end)
            marks.append(mark)
        self.text.setExtraSelections(marks)

    def _cursor(self, start: int, end: int) -> QTextCursor:
        cursor = QTextCursor(self.text.document())
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def _go_to_find(self) -> None:
        find = self.search.finds[self.search.current]
        if find.page is None:
            cursor = self._cursor(find.start, find.start)
            self.text.setTextCursor(cursor)
            self.text.ensureCursorVisible()
            return
        letters = self._viewer.letters_of(find.page)
        areas = () if letters is None else letters.areas(find.start, find.end)
        if letters is None:
            self._viewer.read(find.page)
        self.pages.bring(find.page, areas)

    def _found_on(self, page: int) -> tuple[tuple[Area, bool], ...]:
        letters = self._viewer.letters_of(page)
        if letters is None:
            return ()
        return tuple(
            (area, is_now)
            for find, is_now in self.search.on_page(page)
            for area in letters.areas(find.start, find.end)
        )

    # Size and paper

    def _zoom(self, steps: int) -> None:
        """Show it larger or smaller; with 0, as it was at first."""
        if self.pages.isVisible():
            self.pages.zoom_by(steps) if steps else self.pages.set_zoom(1.0)
        elif self.text.isVisible():
            nearest = min(range(len(ZOOMS)), key=lambda at: abs(ZOOMS[at] - self._text_zoom))
            at = min(max(nearest + steps, 0), len(ZOOMS) - 1) if steps else ZOOMS.index(1.0)
            if ZOOMS[at] != self._text_zoom:
                self._text_zoom = ZOOMS[at]
                self._write_text()
        self._tell_zoom()

    def _tell_zoom(self) -> None:
        zoom = self.pages.zoom if self.pages.isVisible() else self._text_zoom
        self.size_now.setText(self.tr("{n}%").format(n=round(100 * zoom)))

    def _tell_printing(self, done: int, count: int) -> None:
        if count:
            self.news.say(
                Tone.NEUTRAL,
                self.tr("Page {n} of {count} goes to the printer").format(n=done, count=count),
            )

    def _tell_printed(self, is_taken: bool) -> None:  # noqa: FBT001 - Qt's signals take no names
        if is_taken:
            self._viewer.note_printed()
            self.news.say(
                Tone.GOOD,
                self.tr("With the printer"),
                self.tr("Paper is not encrypted: fetch it soon."),
            )
        else:
            self.news.say(
                Tone.DANGER,
                self.tr("Not printed"),
                self.tr("The printer did not take it, or a page cannot be drawn."),
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
