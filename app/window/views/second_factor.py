# SPDX-License-Identifier: AGPL-3.0-or-later
"""The two steps after registration: the telephone as a second key, then the recovery codes on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from app.interface.failures import Failure
from app.window.theme.tokens import FORM_WIDTH, Tone
from app.window.theme.typography import Role
from app.window.viewmodels.second_factor import Step
from app.window.viewmodels.session import Screen
from app.window.views import code_sheet
from app.window.views.components.banners import Banner
from app.window.views.components.buttons import (
    InlineButton,
    LinkButton,
    PrimaryButton,
)
from app.window.views.components.clipboard import BriefClipboard
from app.window.views.components.fields import CheckBox, CodeField, PassphraseField
from app.window.views.components.layouts import Card, Column, FlowLayout, clear
from app.window.views.components.pictures import QrPicture
from app.window.views.components.texts import Text, set_property
from app.window.views.paper import PaperButtons
from app.window.views.registration import STEPS
from app.window.views.unlock import PRODUCT, busy_bar, menu_bar
from crypto_core.wire.sign_in import TOTP_DIGITS

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QLayout, QMenu

    from app.window.surroundings import Surroundings
    from app.window.viewmodels.second_factor import SecondFactor
    from app.window.viewmodels.session import Session
    from app.window.viewmodels.standing import Standing

GROUP: Final = 4
GROUPS_IN_LINE: Final = 4


def grouped(secret: str) -> str:
    """Return a secret in groups and lines, for who copies it by hand."""
    groups = [secret[start : start + GROUP] for start in range(0, len(secret), GROUP)]
    return "\n".join(
        " ".join(groups[start : start + GROUPS_IN_LINE])
        for start in range(0, len(groups), GROUPS_IN_LINE)
    )


class TelephoneStep(QWidget):
    """The picture, the same as text, and the field for the first code.

    Signals:
        foot_due(): the person types at the foot of the page, or something is said there.
    """

    foot_due = Signal()

    def __init__(self, second_factor: SecondFactor, around: Surroundings) -> None:
        super().__init__()
        self._second_factor = second_factor
        self._around = around
        self.number = Text("", Role.SMALL)
        self.picture = QrPicture(
            self.tr("QR picture for the telephone. The text beside it says the same."), around.theme
        )
        self.secret = Text("", Role.TEXT, is_selectable=True)
        set_property(self.secret, "mono", "true")
        self.copy = InlineButton(self.tr("Copy for one minute"))
        self.copied = Text(self.tr("✓ Copied"), Role.SECONDARY, tone=Tone.GOOD)
        self.clipboard = BriefClipboard(self)
        self.passphrase = PassphraseField(self.tr("Passphrase"), around.theme)
        self.code = CodeField(
            self.tr("One-time code"),
            length=TOTP_DIGITS,
            is_number=True,
            hint=self.tr("The six digits that the application shows now; it changes them often."),
        )
        self.banner = Banner()
        self._progress = busy_bar(self.tr("Checking the code"))
        self._progress_text = Text(self.tr("The relay checks the code."), Role.SECONDARY)
        self.confirm = PrimaryButton(self.tr("Confirm"))
        self.later = LinkButton(self.tr("Later"))
        self._lay_out()
        self.copy.clicked.connect(self._copy)
        self.clipboard.cleared.connect(self.copied.hide)
        self.confirm.clicked.connect(self._confirm)
        self.later.clicked.connect(second_factor.leave)
        for edit in (self.code.edit, self.passphrase.edit):
            edit.returnPressed.connect(self._confirm)
            edit.textEdited.connect(self.foot_due)
        second_factor.refused.connect(self._refused)
        second_factor.busy_changed.connect(self._set_busy)
        self._set_busy(second_factor.is_busy)

    def fill(self) -> None:
        """Show what the telephone takes over."""
        model = self._second_factor
        self.number.setText(
            self.tr("Step {n} of {all}").format(n=model.steps_before + 1, all=STEPS)
        )
        self.number.setVisible(model.is_first_run)
        self.picture.show_text(model.address)
        self.secret.setText(grouped(model.secret))
        self.passphrase.setVisible(not model.knows_passphrase)

    def appear(self) -> None:
        """Get ready to be typed into."""
        self.code.edit.setFocus()

    def forget(self) -> None:
        """Keep nothing that was shown, copied or typed."""
        self.picture.show_text("")
        self.secret.setText("")
        self.clipboard.clear()
        self.passphrase.forget()
        self.passphrase.set_wrong("")
        self.code.forget()
        self.banner.silence()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(self.number)
        column.addWidget(Text(self.tr("Your telephone as a second key"), Role.TITLE, wraps=True))
        column.addWidget(
            Text(
                self.tr(
                    "To receive and send, the relay asks for two things: your passphrase, and a "
                    "one-time code from your telephone. Whoever learns the one still lacks the other."
                ),
                Role.TEXT,
                wraps=True,
            )
        )
        copying = QHBoxLayout()
        copying.setSpacing(8)
        copying.addWidget(self.copy)
        copying.addWidget(self.copied)
        copying.addStretch(1)
        # Its room is kept, so that nothing moves when it is shown.
        policy = self.copied.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.copied.setSizePolicy(policy)
        self.copied.hide()
        by_hand = QWidget()
        texts = QVBoxLayout(by_hand)
        texts.setContentsMargins(0, 0, 0, 0)
        texts.setSpacing(8)
        texts.addWidget(Text(self.tr("No camera? Type this instead:"), Role.SECONDARY))
        texts.addWidget(self.secret)
        texts.addLayout(copying)
        beside = FlowLayout(24)
        beside.addWidget(self.picture)
        beside.addWidget(by_hand)
        column.addWidget(
            _card(
                Text(self.tr("1. Scan this picture"), Role.HEAD),
                Text(
                    self.tr(
                        "Open an application for one-time codes on your telephone, choose to add an "
                        "account, and hold the camera in front of this picture. It is shown until a "
                        "code was accepted, then never again."
                    ),
                    Role.TEXT,
                    wraps=True,
                ),
                beside,
                Text(
                    self.tr(
                        "Any such application serves: the passwords of an iPhone, Google "
                        "Authenticator, Microsoft Authenticator, Aegis, FreeOTP. It makes the codes "
                        "without any network."
                    ),
                    Role.SECONDARY,
                    wraps=True,
                ),
            )
        )
        buttons = FlowLayout(8)
        buttons.addWidget(self.confirm)
        buttons.addWidget(self.later)
        column.addWidget(
            _card(
                Text(self.tr("2. Type the code that it shows"), Role.HEAD),
                self.passphrase,
                self.code,
                self.banner,
                self._progress,
                self._progress_text,
                buttons,
                Text(
                    self.tr(
                        "Until then you can read and write, but nothing is received or sent. "
                        "You find this page again above your mail."
                    ),
                    Role.SECONDARY,
                    wraps=True,
                ),
            )
        )

    def _copy(self) -> None:
        self.clipboard.copy(self._second_factor.secret)
        self.copied.show()

    def _confirm(self) -> None:
        self.foot_due.emit()
        self.banner.silence()
        needs_passphrase = not self._second_factor.knows_passphrase
        lacks_passphrase = needs_passphrase and self.passphrase.is_empty
        self.passphrase.set_wrong(self.tr("This is needed.") if lacks_passphrase else "")
        is_complete = self.code.is_complete
        self.code.set_wrong("" if is_complete else self.tr("The code has six digits."))
        if lacks_passphrase:
            self.passphrase.edit.setFocus()
        elif not is_complete:
            self.code.edit.setFocus()
        else:
            typed = self.passphrase.secret() if needs_passphrase else None
            self._second_factor.confirm(self.code.code, typed)

    def _refused(self, failure: Failure, detail: str) -> None:
        self.foot_due.emit()
        explanation = self._around.errors.failure(failure, detail)
        self.code.forget()
        if failure is Failure.WRONG_PASSPHRASE:
            self.passphrase.forget()
            self.passphrase.set_wrong(f"{explanation.what} {explanation.do}")
            self.passphrase.edit.setFocus()
            return
        if failure is Failure.SECOND_FACTOR_REFUSED and self._second_factor.knows_passphrase:
            # The passphrase was chosen a moment ago, so there is only one thing it can be.
            self.code.set_wrong(
                self.tr(
                    "The relay does not accept this code. Wait for the next one; if that is refused "
                    "too, check that the telephone's clock is right."
                )
            )
        else:
            self.banner.explain(explanation, Tone.WARNING)
        self.code.edit.setFocus()

    def _set_busy(self, is_busy: bool) -> None:  # noqa: FBT001 - Qt's signals take no names
        self._progress.setVisible(is_busy)
        self._progress_text.setVisible(is_busy)
        self.code.edit.setReadOnly(is_busy)
        self.passphrase.edit.setReadOnly(is_busy)
        self.confirm.setEnabled(not is_busy)
        self.later.setEnabled(not is_busy)


class CodesStep(QWidget):
    """The recovery codes, the ways to paper, and the tick without which nobody goes on."""

    def __init__(
        self, second_factor: SecondFactor, standing: Standing, around: Surroundings
    ) -> None:
        super().__init__()
        self._second_factor = second_factor
        self._standing = standing
        self._around = around
        self.number = Text("", Role.SMALL)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(32)
        self._grid.setVerticalSpacing(10)
        self.paper = PaperButtons(
            around,
            title=self.tr("{product}: recovery codes").format(product=PRODUCT),
            file_name=self.tr("recovery codes.pdf"),
            ask=self._ask_for_page,
        )
        self.have_noted = CheckBox(
            self.tr("I have printed them or written them down"), around.theme
        )
        self.go_on = PrimaryButton(self.tr("Open my mail"))
        self.later = LinkButton(self.tr("Later"))
        self._lay_out()
        self.have_noted.toggled.connect(self.go_on.setEnabled)
        self.go_on.clicked.connect(second_factor.finish)
        self.later.clicked.connect(second_factor.leave)

    def fill(self) -> None:
        """Show the codes."""
        before = self._second_factor.steps_before
        self.number.setText(self.tr("Step {n} of {all}").format(n=before + 2, all=STEPS))
        self.number.setVisible(self._second_factor.is_first_run)
        is_last = not self._second_factor.is_kit_next
        further = self.tr("Open my mail") if is_last else self.tr("Continue")
        self.go_on.setText(further)
        self.go_on.setAccessibleName(further)
        clear(self._grid)
        codes = self._second_factor.codes
        rows = -(-len(codes) // code_sheet.COLUMNS)
        for number, code in enumerate(codes):
            column, row = divmod(number, rows)
            text = Text(code, Role.TEXT, is_selectable=True)
            set_property(text, "mono", "true")
            self._grid.addWidget(text, row, column, Qt.AlignmentFlag.AlignLeft)
        self._grid.setColumnStretch(code_sheet.COLUMNS, 1)

    def appear(self) -> None:
        """Begin with what one should do."""
        self.paper.print.setFocus()

    def forget(self) -> None:
        """Keep none of the codes."""
        clear(self._grid)
        self.have_noted.setChecked(False)
        self.paper.forget()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(self.number)
        column.addWidget(Text(self.tr("Your ten recovery codes"), Role.TITLE, wraps=True))
        column.addWidget(
            Text(
                self.tr(
                    "Should your telephone be lost or broken, each of them lets you in once, together "
                    "with your passphrase. Keep them on paper, in a safe place and not beside this "
                    "computer. They are kept here until you have noted them, then never shown again."
                ),
                Role.TEXT,
                wraps=True,
            )
        )
        column.addWidget(_card(self._grid, self.paper))
        column.addWidget(self.have_noted)
        self.go_on.setEnabled(False)
        foot = FlowLayout(8)
        foot.addWidget(self.go_on)
        foot.addWidget(self.later)
        column.addLayout(foot)

    def _ask_for_page(self, take: Callable[[bytes], None]) -> None:
        take(code_sheet.pdf_of(self._sheet()))

    def _sheet(self) -> code_sheet.CodeSheet:
        status = self._standing.status
        name = "" if status is None else status.name
        return code_sheet.CodeSheet(
            title=self.tr("{product}: recovery codes").format(product=PRODUCT),
            owner=self._around.formats.dated(name),
            codes=self._second_factor.codes,
            notes=(
                self.tr(
                    "Each code lets you in once, together with your passphrase. Cross out the one "
                    "that you have used."
                ),
                self.tr("In the window: “Sign in”, then “Use a recovery code”."),
                self.tr("Keep this page where nobody else reads it, and not beside the computer."),
            ),
        )


class SecondFactorPage(QWidget):
    """Shows the step that is due."""

    def __init__(
        self,
        second_factor: SecondFactor,
        session: Session,
        standing: Standing,
        around: Surroundings,
        menu: QMenu,
    ) -> None:
        super().__init__()
        self._second_factor = second_factor
        self._session = session
        self.telephone = TelephoneStep(second_factor, around)
        self.codes = CodesStep(second_factor, standing, around)
        self._steps: dict[Step, TelephoneStep | CodesStep] = {
            Step.TELEPHONE: self.telephone,
            Step.CODES: self.codes,
        }
        self._column = Column(width=around.theme.space(FORM_WIDTH + 40), margin=24, is_centred=True)
        for step in self._steps.values():
            self._column.content.addWidget(step)
        self._column.content.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(menu_bar(menu, around))
        layout.addWidget(self._column)
        second_factor.changed.connect(self._show)
        # Later, when what was said has its place.
        self.telephone.foot_due.connect(self._show_foot, Qt.ConnectionType.QueuedConnection)
        self._show()

    def appear(self) -> None:
        """Show the step that is due from its top, ready for the keyboard."""
        self._show()

    def forget(self) -> None:
        """Keep nothing that is shown once."""
        for step in self._steps.values():
            step.forget()
            step.hide()

    def _show_foot(self) -> None:
        self._column.ensureWidgetVisible(self.telephone.confirm)

    def _show(self) -> None:
        # While locked, codes that an engine's sudden end interrupted are kept but not shown.
        due = self._second_factor.step if self._session.screen is Screen.SECOND_FACTOR else None
        for step, widget in self._steps.items():
            if step is not due:
                widget.forget()
            widget.setVisible(step is due)
        if due is not None:
            self._steps[due].fill()
            self._steps[due].appear()
            self._column.verticalScrollBar().setValue(0)


def _card(*parts: QWidget | QLayout) -> Card:
    card = Card()
    column = QVBoxLayout(card)
    column.setContentsMargins(20, 16, 20, 20)
    column.setSpacing(14)
    for part in parts:
        if isinstance(part, QWidget):
            column.addWidget(part)
        else:
            column.addLayout(part)
    return card
