# SPDX-License-Identifier: AGPL-3.0-or-later
"""An account comes back: relay, kit, passphrase, a look at what was found; telephone and codes follow."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from app.interface.failures import Failure
from app.window.theme.tokens import Tone
from app.window.theme.typography import Role
from app.window.views.assistant import Assistant
from app.window.views.components.buttons import Button, InlineButton
from app.window.views.components.fields import CheckBox, Field
from app.window.views.components.kit_code import KitCodeField
from app.window.views.components.layouts import clear
from app.window.views.components.texts import Rule, Text
from app.window.views.joining import KnownPassphraseStep
from app.window.views.registration import STEPS
from app.window.views.registration_steps import RelayStep, Step, line_edit
from crypto_core.errors import WireError
from crypto_core.wire.ids import format_address, parse_address

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMenu

    from app.interface.snapshots import RestoreOffer
    from app.window.surroundings import Surroundings
    from app.window.viewmodels.first_run import Notes
    from app.window.viewmodels.newcomer import Restoring
    from crypto_core.wire.ids import AccountId, DeviceId

_OFFER: Final = 3


class KitStep(Step):
    """The code of the kit: typed, from its picture, or put together from shares."""

    def __init__(self, restoring: Restoring, around: Surroundings) -> None:
        super().__init__()
        self._restoring = restoring
        self.title = self.tr("Your recovery kit")
        self.why = self.tr("Take the page at hand. Capitals, 0 or O, 1 or I make no difference.")
        self.kit = KitCodeField(around)
        self.address = Field(
            self.tr("Address on the page (optional)"),
            line_edit(64),
            hint=self.tr("Needed with a second or later kit. It begins with “uhs:”."),
        )
        self.have_shares = InlineButton(self.tr("Colleagues have shares of it"))
        self.shares = Field(
            self.tr("The shares, one below the other"),
            QPlainTextEdit(),
            hint=self.tr("33 words each, with an empty line between two shares."),
        )
        box = self.shares.answer
        if isinstance(box, QPlainTextEdit):
            box.setTabChangesFocus(True)
            box.setFixedHeight(around.theme.space(120))
        self.join = Button(self.tr("Put them together"))
        for widget in (self.kit, self.address, self.have_shares, self.shares, self.join):
            self.questions.addWidget(widget)
        self._show_shares(is_shown=False)
        self.have_shares.clicked.connect(lambda: self._show_shares(is_shown=self.shares.isHidden()))
        self.join.clicked.connect(self._join)
        restoring.joined.connect(self._take_joined)

    @property
    def account(self) -> AccountId | None:
        """Whose kit it is, as far as it was said."""
        if self.kit.account is not None:
            return self.kit.account
        return parse_address(self.address.text) if self.address.text else None

    def first(self) -> QWidget:
        """Return where typing goes on."""
        return self.kit.first()

    def check(self) -> QWidget | None:
        """See the base class."""
        wrong = ""
        try:
            _account = self.account
        except WireError:
            wrong = self.tr("It has “uhs:” and 32 small letters and digits after it.")
        self.address.set_wrong(wrong)
        if not self.kit.is_whole:
            return self.kit.first()
        return self.address.answer if wrong else None

    def forget(self) -> None:
        """Keep nothing of what was typed."""
        self.kit.forget()
        self.address.answer.clear()
        self._show_shares(is_shown=False)

    def _show_shares(self, *, is_shown: bool) -> None:
        self.shares.setVisible(is_shown)
        self.join.setVisible(is_shown)
        self.shares.set_wrong("")
        if is_shown:
            self.shares.answer.setFocus()
        elif isinstance(self.shares.answer, QPlainTextEdit):
            self.shares.answer.clear()

    def _join(self) -> None:
        parts = [" ".join(part.split()) for part in self.shares.text.split("\n\n")]
        texts = tuple(part for part in parts if part)
        if texts:
            self._restoring.join_shares(texts)
        else:
            self.shares.set_wrong(self.tr("This is needed."))

    def _take_joined(self, text: str) -> None:
        self._show_shares(is_shown=False)
        self.kit.set_text(text)


class RestorePassphraseStep(KnownPassphraseStep):
    """The passphrase, and a backup if there is one."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__(around, why="")
        self.why = self.tr("The one of your account. Kit and passphrase are needed together.")
        self.backup = ""
        self._chosen = Text("", Role.SECONDARY, wraps=True)
        self.choose = Button(self.tr("Choose a backup file…"))
        self.without = InlineButton(self.tr("Without a backup"))
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.choose)
        row.addWidget(self.without)
        row.addStretch(1)
        past = QWidget()
        column = QVBoxLayout(past)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(Rule())
        column.addWidget(Text(self.tr("Letters of the past (optional)"), Role.STRONG))
        column.addWidget(self._chosen)
        column.addLayout(row)
        self.questions.addWidget(past)
        self.choose.clicked.connect(self._open)
        self.without.clicked.connect(lambda: self.take_backup(""))
        self.take_backup("")

    def take_backup(self, path: str) -> None:
        """Bring letters back from a file, or from none."""
        self.backup = path
        self.without.setVisible(bool(path))
        self._chosen.setText(
            self.tr("✓ From {name}").format(name=Path(path).name)
            if path
            else self.tr(
                "With a backup on a disk, your letters and documents come back too. Without one, your "
                "account and your correspondents do, and new letters."
            )
        )

    def forget(self) -> None:
        """Keep nothing of what was typed or chosen."""
        super().forget()
        self.take_backup("")

    def _open(self) -> None:
        dialog = QFileDialog(self, self.tr("Choose a backup file"))
        dialog.setNameFilters([self.tr("Backups") + " (*.backup)", self.tr("All files") + " (*)"])
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.take_backup)
        dialog.open()


class OfferStep(Step):
    """What was found: whose account, of when, and what becomes of the other computers."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__()
        self._around = around
        self.title = self.tr("Is this you?")
        self.why = self.tr(
            "Nothing has changed yet. If you go on, this becomes your computer: your telephone is set up "
            "anew, and old recovery codes are void."
        )
        self._name = Text("", Role.HEAD, wraps=True)
        self._who = Text("", Role.SECONDARY, wraps=True)
        self._facts = Text("", Role.TEXT, wraps=True)
        self._others = QVBoxLayout()
        self._others.setSpacing(6)
        self.choices: dict[DeviceId, CheckBox] = {}
        for widget in (self._name, self._who, self._facts):
            self.questions.addWidget(widget)
        self.questions.addLayout(self._others)

    @property
    def keep(self) -> tuple[DeviceId, ...]:
        """The computers that the person goes on with."""
        return tuple(device for device, box in self.choices.items() if box.isChecked())

    def first(self) -> QWidget:
        """Return the first choice, or the page."""
        return next(iter(self.choices.values()), self)

    def show_offer(self, offer: RestoreOffer) -> None:
        """Show what was found."""
        formats, words = self._around.formats, self._around.words
        self._name.setText(offer.name or format_address(offer.account))
        self._who.setText(words.at_place(offer.profession, offer.place))
        if offer.made_at is None:
            facts = [
                self.tr("The relay keeps no list of your correspondents that this kit opens"),
            ]
        else:
            facts = [
                self.tr("%n correspondent(s)", "", offer.contacts)
                + self.tr(", as of {date}").format(date=formats.day(offer.made_at))
            ]
        if offer.backup_made_at is None:
            facts.append(self.tr("Your letters of the past are not brought back"))
        else:
            when = formats.in_sentence(offer.backup_made_at)
            facts.append(self.tr("Letters and documents up to {when}").format(when=when))
        self._facts.setText("\n".join(f"• {fact}" for fact in facts))
        clear(self._others)
        self.choices = {}
        if offer.others:
            self._others.addWidget(Text(self.tr("Your other computers"), Role.STRONG))
            self._others.addWidget(
                Text(
                    self.tr(
                        "They are removed, unless you have one at hand and go on with it: it reads and "
                        "writes on, but links and removes no computers until you have removed it "
                        "and linked it again. A lost or stolen one: leave it out."
                    ),
                    Role.SECONDARY,
                    wraps=True,
                )
            )
        for other in offer.others:
            text = self.tr("I go on with the one of {date}").format(
                date=formats.day(other.added_at)
            )
            box = CheckBox(text, self._around.theme)
            self.choices[other.device] = box
            self._others.addWidget(box)

    def forget(self) -> None:
        """Show nothing."""
        for text in (self._name, self._who, self._facts):
            text.clear()
        clear(self._others)
        self.choices = {}


class RestorePage(Assistant):
    """Leads through the four steps before those of telephone and codes."""

    def __init__(
        self, restoring: Restoring, around: Surroundings, menu: QMenu, notes: Notes
    ) -> None:
        self.relay = RelayStep(around, notes, asks_for_invitation=False)
        self.kit = KitStep(restoring, around)
        self.secret = RestorePassphraseStep(around)
        self.found = OfferStep(around)
        super().__init__(around, menu, (self.relay, self.kit, self.secret, self.found), STEPS)
        self._restoring = restoring
        restoring.changed.connect(self._show)
        restoring.failed.connect(self._fail)
        restoring.busy_changed.connect(self.set_busy)
        self.turn_to(0)

    def begin(self) -> None:
        """Begin with the first thing that is not known."""
        self.turn_to(1 if self.relay.is_complete else 0)

    def appear(self) -> None:
        """Show where it stands."""
        self._show()

    def forget(self) -> None:
        """Keep nothing of what was typed or found."""
        self.kit.forget()
        self.secret.forget()
        self.found.forget()
        self.banner.silence()

    def turn_to(self, number: int) -> None:
        """See the base class."""
        super().turn_to(number)
        is_found = number == _OFFER
        text = self.tr("It is me: bring my account back") if is_found else self.tr("Continue")
        self.next.setText(text)
        self.next.setAccessibleName(text)

    def go_back(self) -> None:
        """Take the step before; what was found is forgotten."""
        if self.number == _OFFER:
            self._restoring.cancel()
        if self.number == 0:
            self.forget()
        super().go_back()

    def advance(self) -> None:
        """See the base class."""
        if self.step is self.secret:
            self._restoring.begin(
                self.relay.enrolment.text,
                self.kit.kit.text,
                self.kit.account,
                self.secret.passphrase.secret(),
                self.secret.backup,
            )
        elif self.step is self.found:
            self._restoring.finish(self.found.keep)
        else:
            super().advance()

    def _show(self) -> None:
        offer = self._restoring.offer
        if offer is not None:
            # The code is not needed on this page any more, and going back asks for it again.
            self.secret.passphrase.forget()
            self.found.show_offer(offer)
            self.turn_to(_OFFER)
        elif self.number == _OFFER:
            self.found.forget()

    def _fail(self, failure: Failure, detail: str) -> None:
        explanation = self.around.errors.failure(failure, detail)
        text = f"{explanation.what} {explanation.do}"
        if failure is Failure.SHARES_INVALID:
            self.kit.shares.set_wrong(self._about_shares(detail) or text)
            return
        if failure is Failure.ENROLMENT_INVALID:
            self.turn_to(0)
            self.relay.enrolment.set_wrong(text)
        elif failure in {Failure.KIT_CODE_INVALID, Failure.KIT_OTHER}:
            self.turn_to(1)
            self.kit.kit.set_wrong(text, int(detail) if detail.isdecimal() else None)
        elif failure is Failure.RESTORE_ENDED:
            self.turn_to(2)
            self.banner.explain(explanation, Tone.WARNING)
        else:
            self.banner.explain(explanation, Tone.WARNING)

    def _about_shares(self, detail: str) -> str:
        parts = detail.split()
        if len(parts) == 2 and parts[0] == "missing":
            return self.tr("%n more share(s) needed.", "", int(parts[1]))
        if len(parts) == 2:
            return self.tr("Share {n}, word {word} has a mistake. Read it again.").format(
                n=parts[0], word=parts[1]
            )
        if len(parts) == 1:
            return self.tr("Share {n} has a mistake. Read it again.").format(n=parts[0])
        return ""
