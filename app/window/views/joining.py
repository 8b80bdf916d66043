# SPDX-License-Identifier: AGPL-3.0-or-later
"""A new computer of an account: what the other one shows, the passphrase, three words, a code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QPlainTextEdit, QWidget

from app.interface.failures import Failure
from app.interface.snapshots import LinkOutcome
from app.window.codes import PICTURES
from app.window.theme.tokens import Tone
from app.window.theme.typography import Role
from app.window.viewmodels.newcomer import Joined
from app.window.viewmodels.session import Screen
from app.window.views.assistant import Assistant
from app.window.views.components.buttons import Button
from app.window.views.components.fields import CodeField, Field, PassphraseField
from app.window.views.components.texts import Text
from app.window.views.components.words import BigWords
from app.window.views.registration_steps import EnrolmentBox, Step, is_link, line_edit
from crypto_core.errors import UnreadableWordError, WireError
from crypto_core.wire.enrolment import parse_enrolment
from crypto_core.wire.linking import parse_link
from crypto_core.wire.sign_in import TOTP_DIGITS
from crypto_core.wire.words import parse_secret_words

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMenu

    from app.window.surroundings import Surroundings
    from app.window.viewmodels.newcomer import Joining
    from app.window.viewmodels.session import Session

MAX_NAME_LETTERS: Final = 50
STEPS: Final = 4
_COMPARE: Final = 2
_SIGN_IN: Final = 3


class LinkStep(Step):
    """The text of the other computer's picture, or its twelve words and the relay."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__()
        self.title = self.tr("Add this computer to your account")
        self.why = self.tr(
            "On the computer where your mail is already: Menu, Settings, My computers, Add a computer. It "
            "shows a picture and twelve words."
        )
        box = EnrolmentBox()
        box.setFixedHeight(around.theme.space(84))
        self.link = Field(
            self.tr("Its text, or its twelve words"),
            box,
            hint=self.tr(
                "Type the words, paste the text, or drop a photograph of the picture here."
            ),
        )
        self.open = Button(self.tr("Open a photograph…"))
        relay = EnrolmentBox()
        relay.setFixedHeight(around.theme.space(76))
        self.relay = Field(
            self.tr("Enrolment text of your relay"),
            relay,
            hint=self.tr(
                "The words alone do not say where your relay is: paste what whoever runs it gave you."
            ),
        )
        for widget in (self.link, self.open, self.relay):
            self.questions.addWidget(widget)
        self._around = around
        box.textChanged.connect(self._typed)
        relay.textChanged.connect(lambda: self.relay.set_wrong(""))
        box.dropped.connect(self.take_file)
        relay.dropped.connect(self._take_relay)
        self.open.clicked.connect(self._choose)
        self._typed()

    @property
    def enrolment(self) -> str:
        """The relay's text, where the words do not say it."""
        return "" if is_link(self.link.text) else self.relay.text

    def set_text(self, text: str) -> None:
        """Put a text in that was given elsewhere."""
        if isinstance(self.link.answer, QPlainTextEdit):
            self.link.answer.setPlainText(text)

    def first(self) -> QWidget:
        """Return the first field."""
        return self.link.answer

    def complaints(self) -> list[tuple[Field, str]]:
        """See the base class."""
        return [(self.link, self._about_link()), (self.relay, self._about_relay())]

    def take_file(self, path: Path) -> None:
        """Have the picture in a photograph read."""
        self._around.codes.read(path, self, self._take_link)

    def _take_link(self, text: str) -> None:
        if is_link(text):
            self.set_text(text)
        else:
            self.link.set_wrong(self.tr("There is no such picture in this file."))

    def forget(self) -> None:
        """Keep nothing."""
        for field in (self.link, self.relay):
            if isinstance(field.answer, QPlainTextEdit):
                field.answer.clear()
            field.set_wrong("")

    def _about_link(self) -> str:
        text = self.link.text
        if not text:
            return self.tr("This is needed.")
        try:
            if is_link(text):
                parse_link(text)
            else:
                parse_secret_words(text)
        except UnreadableWordError as error:
            return self.tr("Word {n} is not one of the list. Read it again.").format(
                n=error.position
            )
        except WireError:
            if is_link(text):
                return self.tr("This text is not whole. Copy it again.")
            return self.tr("Twelve words are needed, in their order. Read them again.")
        return ""

    def _about_relay(self) -> str:
        if is_link(self.link.text) or not self.link.text:
            return ""
        try:
            parse_enrolment(self.relay.text)
        except WireError:
            return self.tr("This is not a whole enrolment text.")
        return ""

    def _typed(self) -> None:
        self.link.set_wrong("")
        has_words = len(self.link.text.split()) > 1 and not is_link(self.link.text)
        self.relay.setVisible(has_words)
        self.edited.emit()

    def _take_relay(self, path: Path) -> None:
        self._around.codes.read(path, self, self._show_relay)

    def _show_relay(self, text: str) -> None:
        if not text:
            self.relay.set_wrong(self.tr("There is no readable QR picture in this image."))
        elif isinstance(self.relay.answer, QPlainTextEdit):
            self.relay.answer.setPlainText(text)

    def _choose(self) -> None:
        dialog = QFileDialog(self, self.tr("Open a photograph of the picture"))
        pictures = " ".join(f"*{suffix}" for suffix in PICTURES)
        dialog.setNameFilter(self.tr("Pictures") + f" ({pictures})")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.take_file(Path(name)))
        dialog.open()


class KnownPassphraseStep(Step):
    """The account's passphrase, which exists already."""

    def __init__(self, around: Surroundings, *, why: str) -> None:
        super().__init__()
        self.title = self.tr("Your passphrase")
        self.why = why
        self.passphrase = PassphraseField(self.tr("Passphrase"), around.theme)
        self.questions.addWidget(self.passphrase)
        self.passphrase.edit.returnPressed.connect(self.finished)
        self.passphrase.edit.edited.connect(lambda _: self.passphrase.set_wrong(""))

    def first(self) -> QWidget:
        """Return the field."""
        return self.passphrase.edit

    def complaints(self) -> list[tuple[Field, str]]:
        """See the base class."""
        needed = self.tr("This is needed.")
        return [(self.passphrase, needed if self.passphrase.is_empty else "")]

    def forget(self) -> None:
        """Keep nothing of what was typed."""
        self.passphrase.forget()
        self.passphrase.set_wrong("")


class NamedPassphraseStep(KnownPassphraseStep):
    """The passphrase, and what this computer is called."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__(around, why="")
        self.why = self.tr("The one of your account. It will open your mail here too.")
        self.name = Field(
            self.tr("Name of this computer (optional)"),
            line_edit(MAX_NAME_LETTERS),
            hint=self.tr("For your own list, as “Practice” or “Laptop”. Nobody else sees it."),
        )
        self.questions.addWidget(self.name)
        self.name.answer.returnPressed.connect(self.finished)  # type: ignore[union-attr]


class CompareStep(Step):
    """Three words that both screens show."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__()
        self.title = self.tr("Compare three words")
        self.why = self.tr(
            "Your other computer shows three words now. Are they these? Then confirm there. If not, somebody "
            "else is answering: cancel on both."
        )
        self.words = BigWords(around)
        self.waiting = Text(
            self.tr("Waiting for your other computer. It has ten minutes."),
            Role.SECONDARY,
            wraps=True,
        )
        self.questions.addWidget(self.words)
        self.questions.addWidget(self.waiting)

    def first(self) -> QWidget:
        """Return what a screen reader should say."""
        return self.words


class CodeStep(Step):
    """The telephone's code: the account's own, as at every sign-in."""

    def __init__(self) -> None:
        super().__init__()
        self.title = self.tr("The code of your telephone")
        self.why = self.tr(
            "This computer belongs to your account now. To receive and send, type the code that your "
            "telephone shows."
        )
        self.code = CodeField(
            self.tr("One-time code"),
            length=TOTP_DIGITS,
            is_number=True,
            hint=self.tr("The six digits on your telephone."),
        )
        self.questions.addWidget(self.code)
        self.code.edit.returnPressed.connect(self.finished)

    def first(self) -> QWidget:
        """Return the field."""
        return self.code.edit

    def complaints(self) -> list[tuple[Field, str]]:
        """See the base class."""
        wrong = self.tr("The code has six digits.")
        return [(self.code, "" if self.code.is_complete else wrong)]


class JoinPage(Assistant):
    """Leads through the four steps."""

    def __init__(
        self, joining: Joining, session: Session, around: Surroundings, menu: QMenu
    ) -> None:
        self.link = LinkStep(around)
        self.secret = NamedPassphraseStep(around)
        self.compare = CompareStep(around)
        self.code = CodeStep()
        super().__init__(around, menu, (self.link, self.secret, self.compare, self.code), STEPS)
        self._joining = joining
        self._session = session
        joining.changed.connect(self._show)
        joining.ended.connect(self._end)
        joining.failed.connect(self._fail)
        joining.busy_changed.connect(self.set_busy)
        self.turn_to(0)

    def begin(self, text: str = "") -> None:
        """Begin, with a text that was given elsewhere."""
        self.link.forget()
        self.turn_to(0)
        if text:
            self.link.set_text(text)
            self.next.setFocus()

    def appear(self) -> None:
        """Show where it stands."""
        self._show()

    def forget(self) -> None:
        """Keep nothing of what was typed or shown."""
        self.link.forget()
        self.secret.forget()
        self.compare.words.show_words(())
        self.code.code.forget()
        self.banner.silence()

    def turn_to(self, number: int) -> None:
        """See the base class."""
        super().turn_to(number)
        self.progress.setVisible(number == _COMPARE)
        self.next.setVisible(number != _COMPARE)
        cancel = self.tr("Cancel: these are not the words")
        texts = {_COMPARE: cancel, _SIGN_IN: self.tr("Later")}
        self.back.setText(texts.get(number, self.tr("Back")))
        self.back.setAccessibleName(self.back.text())

    def go_back(self) -> None:
        """Cancel what the other computer has not confirmed."""
        if self.number == _COMPARE:
            self._joining.cancel()
            self.begin()
        elif self.number == _SIGN_IN:
            self.forget()
            self._joining.leave()
        else:
            super().go_back()

    def advance(self) -> None:
        """See the base class."""
        if self.step is self.secret:
            self._joining.join(
                self.link.link.text,
                self.link.enrolment,
                self.secret.passphrase.secret(),
                self.secret.name.text,
                self.around.word_language,
            )
        elif self.step is self.code:
            self._joining.sign_in(self.code.code.code)
        else:
            super().advance()

    def set_busy(self, is_busy: bool) -> None:  # noqa: FBT001 - Qt's signals take no names
        """See the base class."""
        super().set_busy(is_busy)
        self.progress.setVisible(is_busy or self.number == _COMPARE)

    def _show(self) -> None:
        state = self._joining.state
        if state is Joined.COMPARING:
            self.link.forget()
            self.secret.forget()
            self.compare.words.show_words(self._joining.words)
            self.turn_to(_COMPARE)
        elif state is Joined.SIGNING_IN:
            self.compare.words.show_words(())
            self.turn_to(_SIGN_IN)
        elif self.number >= _COMPARE:
            self.forget()
            self.turn_to(0)

    def _end(self, outcome: LinkOutcome) -> None:
        self.begin()
        texts = {
            LinkOutcome.EXPIRED: (
                self.tr("The ten minutes are over"),
                self.tr("Begin again on your other computer."),
            ),
            LinkOutcome.TAKEN: (
                self.tr("Another computer has answered before this one"),
                self.tr(
                    "Do not confirm on your other computer: cancel there, and begin again when nobody "
                    "else sees the picture."
                ),
            ),
        }
        what, do = texts.get(
            outcome,
            (self.tr("The two computers did not find each other"), self.tr("Begin again on both.")),
        )
        self.banner.say(Tone.WARNING, what, do)

    def _fail(self, failure: Failure, detail: str) -> None:
        explanation = self.around.errors.failure(failure, detail)
        text = f"{explanation.what} {explanation.do}"
        if self._session.screen is Screen.LINKED:
            self.code.code.forget()
            self.code.code.set_wrong(text)
            self.code.code.edit.setFocus()
        elif failure in {Failure.LINK_INVALID, Failure.LINK_ENDED, Failure.LINK_TAKEN}:
            self.turn_to(0)
            self.link.link.set_wrong(text)
        elif failure is Failure.ENROLMENT_INVALID:
            self.turn_to(0)
            self.link.relay.set_wrong(text)
        else:
            self.banner.explain(explanation, Tone.WARNING)
