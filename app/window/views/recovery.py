# SPDX-License-Identifier: AGPL-3.0-or-later
"""Ready for the day this computer is lost: the kit, trying it, sharing it, and backups; a section of the settings."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QProgressBar,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.interface.failures import Failure
from app.interface.snapshots import BackupTrouble, KitState
from app.window.theme.tokens import CARD_WIDTH, Tone
from app.window.theme.typography import Role
from app.window.views.components.banners import Banner
from app.window.views.components.buttons import Button, InlineButton, LinkButton, PrimaryButton
from app.window.views.components.kit_code import KitCodeField
from app.window.views.components.layouts import Card, Column, FlowLayout, bring_into_view
from app.window.views.components.rooms import resize_within
from app.window.views.components.texts import Text
from app.window.views.paper import PaperButtons
from app.window.views.step_up import StepUpPanel
from app.window.views.unlock import PRODUCT, busy_bar

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.interface.snapshots import Rehearsal, Safety, Shares
    from app.window.surroundings import Surroundings
    from app.window.viewmodels.backups import Backups
    from app.window.viewmodels.paper_kit import PaperKit

LEAST_PEOPLE: Final = 2
MOST_PEOPLE: Final = 16
USUAL_PEOPLE: Final = 3
_BOX_HEIGHT: Final = 34


class KitCard(Card):
    """How things stand with the kit, and what can be done with it."""

    def __init__(self, kit: PaperKit, around: Surroundings) -> None:
        super().__init__()
        self._kit = kit
        self._around = around
        self.state = Text("", Role.STRONG, wraps=True)
        self._facts = Text("", Role.SECONDARY, wraps=True)
        self.show_it = PrimaryButton(self.tr("Put it on paper…"))
        self.rehearse = Button(self.tr("Try it…"))
        self.share = Button(self.tr("Share it among colleagues…"))
        self.renew = InlineButton(self.tr("It is lost: make a new one…"))
        self.call_off = Button(self.tr("It was not me: call it off…"))
        self.make = Button(self.tr("Make a new one"))
        self.keep = LinkButton(self.tr("Cancel"))
        self.question = Banner(self.make, self.keep)
        self.banner = Banner()
        self.step_up = StepUpPanel(kit.fresh, around)
        self._lay_out()
        self.show_it.clicked.connect(lambda _=False: kit.show())
        self.rehearse.clicked.connect(lambda: RehearseDialog(kit, around, self).open())
        self.call_off.clicked.connect(lambda: CallOffDialog(kit, around, self).open())
        self.share.clicked.connect(lambda: ShareDialog(kit, around, self).open())
        self.renew.clicked.connect(self._ask)
        self.make.clicked.connect(self._make)
        self.keep.clicked.connect(self.question.silence)
        kit.failed.connect(self._fail)

    def show_safety(self, safety: Safety) -> None:
        """Show how things stand."""
        formats = self._around.formats
        self.state.setText(
            {
                KitState.MISSING: self.tr("△ Not on paper yet"),
                KitState.IN_USE: self.tr("✓ On paper"),
                KitState.ANNOUNCED: self.tr("△ A new one was made"),
            }[safety.kit]
        )
        facts = {
            KitState.MISSING: self.tr(
                "If this computer is lost today, nobody can bring your account back."
            ),
            KitState.IN_USE: self.tr(
                "The page and your passphrase bring your account back on another computer."
            ),
            KitState.ANNOUNCED: "",
        }[safety.kit]
        if safety.kit is KitState.ANNOUNCED and safety.kit_counts_at is not None:
            facts = self.tr(
                "It counts from {date}. Until then the old one does, and can call the new one off."
            ).format(date=formats.day(safety.kit_counts_at))
        if safety.kit is KitState.IN_USE:
            tried = self.tr("Never tried yet.")
            if safety.rehearsed_at is not None:
                tried = self.tr("Last tried on {date}.").format(
                    date=formats.day(safety.rehearsed_at)
                )
            facts = f"{facts} {tried}"
        self._facts.setText(facts)
        self.show_it.setVisible(safety.kit is KitState.MISSING)
        self.rehearse.setVisible(safety.kit is KitState.IN_USE)
        self.share.setVisible(safety.kit is KitState.IN_USE)
        self.renew.setVisible(safety.kit is KitState.IN_USE)
        self.call_off.setVisible(safety.kit is KitState.ANNOUNCED)

    def forget(self) -> None:
        """Keep nothing of what was typed."""
        self.step_up.withdraw()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(10)
        column.addWidget(Text(self.tr("Recovery kit"), Role.HEAD))
        for widget in (self.state, self._facts, self.banner):
            column.addWidget(widget)
        buttons = FlowLayout(8)
        for button in (self.show_it, self.rehearse, self.share, self.call_off, self.renew):
            buttons.addWidget(button)
        column.addLayout(buttons)
        column.addWidget(self.question)
        column.addWidget(self.step_up)

    def _ask(self) -> None:
        self.banner.silence()
        self.question.say(
            Tone.WARNING,
            self.tr("Make a new recovery kit?"),
            self.tr(
                "It counts a week later, so that somebody else cannot take your account over unseen. "
                "Then the old page is void. Have the printer or a pen ready."
            ),
        )
        self.keep.setFocus()
        bring_into_view(self.question)

    def _make(self) -> None:
        self.question.silence()
        self._kit.create()

    def _fail(self, failure: Failure, detail: str) -> None:
        if self.isVisible() and not self.findChildren(QDialog):
            self.banner.explain(self._around.errors.failure(failure, detail), Tone.WARNING)


class BackupCard(Card):
    """Where backups go, how old the last one is, and one now."""

    def __init__(self, backups: Backups, around: Surroundings) -> None:
        super().__init__()
        self._backups = backups
        self._around = around
        self.state = Text("", Role.STRONG, wraps=True)
        self._facts = Text("", Role.SECONDARY, wraps=True)
        self.now = Button(self.tr("Back up now"))
        self.choose = Button(self.tr("Choose a folder…"))
        self.none = LinkButton(self.tr("Make no more"))
        self.cancel = LinkButton(self.tr("Stop"))
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(self.tr("Making the backup"))
        self.banner = Banner()
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(10)
        column.addWidget(Text(self.tr("Backup of letters and documents"), Role.HEAD))
        for widget in (self.state, self._facts, self.banner, self.progress):
            column.addWidget(widget)
        buttons = FlowLayout(8)
        for button in (self.now, self.choose, self.cancel, self.none):
            buttons.addWidget(button)
        column.addLayout(buttons)
        self.now.clicked.connect(self._run)
        self.choose.clicked.connect(self._choose)
        self.none.clicked.connect(lambda: backups.choose(""))
        self.cancel.clicked.connect(backups.cancel)
        backups.changed.connect(self.show_state)
        backups.progress.connect(self._show_progress)
        backups.made.connect(lambda _: self.banner.silence())
        backups.failed.connect(self._fail)
        self.show_state()

    def show_state(self) -> None:
        """Show how things stand."""
        safety, is_running = self._backups.safety, self._backups.is_running
        self.progress.setVisible(is_running)
        self.cancel.setVisible(is_running)
        if safety is None:
            return
        folder = safety.backup_folder
        self.now.setVisible(bool(folder) and not is_running)
        self.none.setVisible(bool(folder) and not is_running)
        self.choose.setVisible(not is_running)
        text = self.tr("Another folder…") if folder else self.tr("Choose a folder…")
        self.choose.setText(text)
        self.choose.setAccessibleName(text)
        if not folder:
            self.state.setText(self.tr("△ No backup is made"))
            self._facts.setText(
                self.tr(
                    "The recovery kit brings your account back, but not your letters. A USB disk that you "
                    "keep elsewhere is best. Nobody can read the backup without your kit."
                )
            )
            return
        self.state.setText(self._state(safety))
        facts = [self.tr("Every day into {folder}").format(folder=folder)]
        if safety.is_backup_on_same_disk:
            facts.append(self.tr("△ This is the disk of your mail: both would be lost together."))
        if safety.backup_trouble is not None:
            facts.append(self._trouble(safety.backup_trouble))
        self._facts.setText("\n".join(facts))

    def _state(self, safety: Safety) -> str:
        if safety.backup_at is None:
            return self.tr("△ No backup was made yet")
        when = self._around.formats.in_sentence(safety.backup_at)
        if safety.backup_failed_at is not None:
            return self.tr("△ The last one is of {when}, and the newest attempt failed").format(
                when=when
            )
        return self.tr("✓ The last one is of {when}").format(when=when)

    def _trouble(self, trouble: BackupTrouble) -> str:
        return {
            BackupTrouble.FOLDER_MISSING: self.tr("The folder is not there: plug its disk in."),
            BackupTrouble.FOLDER_UNWRITABLE: self.tr("Nothing can be written into the folder."),
            BackupTrouble.DISK_FULL: self.tr(
                "The disk is full. The older backups are still there."
            ),
            BackupTrouble.UNREADABLE: self.tr("Something of your mail could not be read."),
            BackupTrouble.CANCELLED: self.tr("It was stopped. The older backups are still there."),
        }[trouble]

    def _run(self) -> None:
        self.banner.silence()
        self._backups.run()

    def _choose(self) -> None:
        self.banner.silence()
        dialog = QFileDialog(self, self.tr("Folder for backups"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._backups.choose)
        dialog.open()

    def _show_progress(self, done: int, total: int) -> None:
        self.progress.setRange(0, 1000)
        self.progress.setValue(1000 * done // max(total, 1))

    def _fail(self, failure: Failure, detail: str) -> None:
        self.banner.explain(self._around.errors.failure(failure, detail), Tone.WARNING)


class RecoverySection(QWidget):
    """Both cards."""

    def __init__(self, kit: PaperKit, backups: Backups, around: Surroundings) -> None:
        super().__init__()
        self._backups = backups
        self.kit = KitCard(kit, around)
        self.backup = BackupCard(backups, around)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.kit)
        column.addWidget(self.backup)
        backups.changed.connect(self._show)
        self._show()

    def forget(self) -> None:
        """Keep nothing of what was typed."""
        self.kit.forget()

    def _show(self) -> None:
        safety = self._backups.safety
        if safety is not None:
            self.kit.show_safety(safety)


class KitCodeDialog(QDialog):
    """Asks for the code of the kit, and says below what came of it; the code goes with the dialog."""

    def __init__(self, kit: PaperKit, around: Surroundings, parent: QWidget) -> None:
        super().__init__(parent)
        self.kit = kit
        self.around = around
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        resize_within(self, around.theme.space(CARD_WIDTH + 40), around.theme.space(480))
        self.code = KitCodeField(around)
        self.banner = Banner()
        self.progress = busy_bar(self.tr("One moment"))
        self.progress.hide()
        self.go_on = PrimaryButton("")
        self.shut = Button(self.tr("Close"))
        self.column = Column(width=around.theme.space(CARD_WIDTH), margin=24, is_centred=False)
        self.content = self.column.content
        self.content.setSpacing(14)
        self._title = Text("", Role.TITLE, wraps=True)
        self._why = Text("", Role.TEXT, wraps=True)
        for widget in (self._title, self._why, self.banner, self.code, self.progress):
            self.content.addWidget(widget)
        foot = QHBoxLayout()
        foot.setContentsMargins(24, 12, 24, 16)
        foot.setSpacing(8)
        foot.addWidget(self.go_on)
        foot.addWidget(self.shut)
        foot.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.column, 1)
        layout.addLayout(foot)
        self.content.addStretch(1)
        self.go_on.clicked.connect(self._go_on)
        self.shut.clicked.connect(self.accept)
        kit.failed.connect(self._fail)
        kit.busy_changed.connect(self.progress.setVisible)
        self.code.first().setFocus()

    def done(self, result: int) -> None:
        """Close, and keep nothing of the code."""
        self.forget()
        super().done(result)

    def forget(self) -> None:
        """Keep nothing of the code."""
        self.code.forget()

    def describe(self, title: str, why: str, button: str) -> None:
        """Say what the dialog is for."""
        self.setWindowTitle(title)
        self._title.setText(title)
        self._why.setText(why)
        self.go_on.setText(button)
        self.go_on.setAccessibleName(button)

    @abstractmethod
    def send(self, code: str) -> None:
        """Do what the dialog is for."""

    def finish(self, tone: Tone, what: str, do: str) -> None:
        """Say how it went; the code is not needed any more."""
        self.code.forget()
        self.code.hide()
        self.go_on.hide()
        self.banner.say(tone, what, do)
        self.shut.setFocus()

    def _go_on(self) -> None:
        self.banner.silence()
        if self.code.is_whole:
            self.send(self.code.text)
        else:
            self.code.first().setFocus()

    def _fail(self, failure: Failure, detail: str) -> None:
        explanation = self.around.errors.failure(failure, detail)
        if failure is Failure.KIT_CODE_INVALID and detail.isdecimal():
            self.code.set_wrong(f"{explanation.what} {explanation.do}", int(detail))
        else:
            self.banner.explain(explanation, Tone.WARNING)


class RehearseDialog(KitCodeDialog):
    """Tries the kit as on the day it is needed."""

    def __init__(self, kit: PaperKit, around: Surroundings, parent: QWidget) -> None:
        super().__init__(kit, around, parent)
        self.describe(
            self.tr("Try your recovery kit"),
            self.tr(
                "Take the page from where you keep it, and type its code as on the day you need it. "
                "Nothing changes; it takes five minutes, four times a year."
            ),
            self.tr("Try it"),
        )
        kit.rehearsed.connect(self._succeed)

    def send(self, code: str) -> None:
        """See the base class."""
        self.kit.rehearse(code)

    def _succeed(self, rehearsal: Rehearsal) -> None:
        tone = Tone.GOOD
        if rehearsal.backup_trouble is BackupTrouble.FOLDER_MISSING:
            tone = Tone.WARNING
            do = self.tr(
                "It opens your account. The folder of your backups is not there: "
                "plug the disk in, and try again."
            )
        elif rehearsal.backup_trouble is not None:
            tone = Tone.WARNING
            do = self.tr("It opens your account, but not your newest backup: make another one.")
        elif rehearsal.backup_at is None:
            do = self.tr("It opens your account. There is no backup that it could open too.")
        else:
            do = self.tr("It opens your account, and the backup of {when}.").format(
                when=self.around.formats.in_sentence(rehearsal.backup_at)
            )
        self.finish(tone, self.tr("Your recovery kit works"), do)


class CallOffDialog(KitCodeDialog):
    """Makes a new kit void that somebody has announced."""

    def __init__(self, kit: PaperKit, around: Surroundings, parent: QWidget) -> None:
        super().__init__(kit, around, parent)
        self.describe(
            self.tr("Call the new recovery kit off"),
            self.tr(
                "With the code of your old kit, the new one becomes void, and the old one stays good. "
                "Change your passphrase afterwards, and look at your computers."
            ),
            self.tr("Call it off"),
        )
        kit.called_off.connect(self._succeed)

    def send(self, code: str) -> None:
        """See the base class."""
        self.kit.call_off(code)

    def _succeed(self) -> None:
        self.finish(
            Tone.GOOD,
            self.tr("The new recovery kit is void"),
            self.tr("Keep your old page. Now look at your computers, and change your passphrase."),
        )


class ShareDialog(KitCodeDialog):
    """Divides the kit among colleagues: some of them together can help, none alone."""

    def __init__(self, kit: PaperKit, around: Surroundings, parent: QWidget) -> None:
        super().__init__(kit, around, parent)
        self.describe(
            self.tr("Share your recovery kit among colleagues"),
            self.tr(
                "Each gets a page with a share. If your own page is lost, enough of them together give "
                "the code back; with fewer, nobody learns anything. Without your passphrase nobody "
                "gets in."
            ),
            self.tr("Make the shares"),
        )
        self._shares: Shares | None = None
        resize_within(self, self.width(), around.theme.space(560))
        self.count = _number(self.tr("How many colleagues"), USUAL_PEOPLE)
        self.threshold = _number(self.tr("How many of them are needed"), LEAST_PEOPLE)
        self._form = QWidget()
        form = QVBoxLayout(self._form)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(8)
        for question, box in (
            (self.tr("How many colleagues"), self.count),
            (self.tr("How many of them are needed"), self.threshold),
        ):
            line = QHBoxLayout()
            line.addWidget(Text(question, Role.STRONG), 1)
            line.addWidget(box)
            form.addLayout(line)
        self.content.insertWidget(3, self._form)
        self.paper = PaperButtons(
            around,
            title=self.tr("{product}: shares of the recovery kit").format(product=PRODUCT),
            file_name=self.tr("shares.pdf"),
            ask=self._ask_for_pages,
        )
        self.content.insertWidget(self.content.count() - 1, self.paper)
        self.paper.hide()
        self.count.valueChanged.connect(self._fit)
        kit.split.connect(self._succeed)
        self._fit()

    def send(self, code: str) -> None:
        """See the base class."""
        self.kit.share(code, self.threshold.value(), self.count.value())

    def forget(self) -> None:
        """Keep neither code nor shares."""
        super().forget()
        self._shares = None

    def _fit(self) -> None:
        self.threshold.setMaximum(self.count.value())

    def _succeed(self, shares: Shares) -> None:
        self._shares = shares
        self._form.hide()
        self.finish(
            Tone.GOOD,
            self.tr("The shares are ready"),
            self.tr(
                "Print them and hand each over yourself. They are not kept here: when this is closed, "
                "they are gone."
            ),
        )
        self.paper.show()
        self.paper.print.setFocus()

    def _ask_for_pages(self, take: Callable[[bytes], None]) -> None:
        if self._shares is not None:
            self.kit.print_shares(self._shares, self.around.word_language, take)


def _number(name: str, value: int) -> QSpinBox:
    box = QSpinBox()
    box.setRange(LEAST_PEOPLE, MOST_PEOPLE)
    box.setValue(value)
    box.setAccessibleName(name)
    box.setMinimumHeight(_BOX_HEIGHT)
    # As wide as its widest number, whatever the range is at the moment.
    box.setFixedWidth(box.sizeHint().width())
    return box
