# SPDX-License-Identifier: AGPL-3.0-or-later
"""The dialog that erases for good: what goes, what stays and why, the passphrase, and the certificate."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.interface.erasing import Obstacle
from app.interface.failures import Failure
from app.window.theme.tokens import UNLOCK_WIDTH, Tone
from app.window.theme.typography import Role
from app.window.views.components.banners import Banner
from app.window.views.components.buttons import Button, PrimaryButton
from app.window.views.components.fields import PassphraseField
from app.window.views.components.layouts import Column
from app.window.views.components.rooms import resize_within
from app.window.views.components.texts import Text
from app.window.views.unlock import busy_bar

if TYPE_CHECKING:
    from app.interface.erasing import Erased, ErasurePlan, SavedCertificate
    from app.window.surroundings import Surroundings
    from app.window.viewmodels.erasing import Erasing


class ErasureDialog(QDialog):
    """Nothing is typed but the passphrase: it wraps the new key of what stays.

    `name` says whom or what it is about, as the person knows it.
    """

    def __init__(
        self, erasing: Erasing, around: Surroundings, parent: QWidget, *, name: str
    ) -> None:
        super().__init__(parent)
        self._erasing = erasing
        self._around = around
        self._may_erase = False
        erasing.setParent(self)
        title = self.tr("Erase for good")
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        width = around.theme.space(UNLOCK_WIDTH)
        resize_within(self, width + 48, around.theme.space(620))
        self.banner = Banner()
        self.goes = Text("", Role.TEXT, wraps=True)
        self.stays = Text("", Role.TEXT, wraps=True)
        self._heads = (
            Text(self.tr("What goes"), Role.HEAD),
            Text(self.tr("What stays, and why"), Role.HEAD),
        )
        self.passphrase = PassphraseField(
            self.tr("Passphrase"),
            around.theme,
            hint=self.tr("It opens what stays with a new key; the old key is destroyed."),
        )
        self.progress = busy_bar(self.tr("Erasing"))
        self.go_on = PrimaryButton(self.tr("Erase for good"))
        self.certificate = PrimaryButton(self.tr("Save the certificate…"))
        self.shut = Button(self.tr("Cancel"))
        self._lay_out(title, name, width)
        for each in (*self._heads, self.passphrase, self.progress, self.go_on, self.certificate):
            each.hide()
        self.go_on.clicked.connect(lambda _=False: self._erase())
        self.passphrase.edit.returnPressed.connect(self._erase)
        self.certificate.clicked.connect(lambda _=False: self._choose_folder())
        self.shut.clicked.connect(self.reject)
        erasing.planned.connect(self._show_plan)
        erasing.erased.connect(self._show_done)
        erasing.saved.connect(self._tell_saved)
        erasing.failed.connect(self._fail)
        erasing.plan()

    def done(self, result: int) -> None:
        """Close, and keep nothing of what was typed."""
        self.passphrase.forget()
        super().done(result)

    def _lay_out(self, title: str, name: str, width: int) -> None:
        column = Column(width=width, margin=24, is_centred=False)
        column.content.addWidget(Text(title, Role.TITLE, wraps=True))
        column.content.addWidget(Text(name, Role.HEAD, wraps=True))
        goes, stays = self._heads
        for widget in (
            self.banner,
            goes,
            self.goes,
            stays,
            self.stays,
            self.passphrase,
            self.progress,
        ):
            column.content.addWidget(widget)
        column.content.addStretch(1)
        foot = QHBoxLayout()
        foot.setContentsMargins(24, 12, 24, 16)
        foot.setSpacing(8)
        for button in (self.go_on, self.certificate, self.shut):
            foot.addWidget(button)
        foot.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(column, 1)
        layout.addLayout(foot)

    def _show_plan(self, plan: ErasurePlan) -> None:
        self._may_erase = plan.obstacle is None
        for each in (*self._heads, self.goes, self.stays, self.passphrase, self.go_on):
            each.setVisible(self._may_erase)
        self.goes.setText("\n".join(self._goes(plan)))
        self.stays.setText("\n".join(self._stays(plan)))
        if plan.obstacle is Obstacle.TO_BE_KEPT:
            self.banner.say(
                Tone.WARNING,
                self.tr("To be kept until {date}").format(
                    date=self._around.formats.long_birth_date(plan.kept_until)
                ),
                self.tr(
                    "The law wants letters about a patient kept for twenty years after the last contact, "
                    "and longer for a child. Until then nothing erases them; they can be put in the archive."
                ),
            )
        elif plan.obstacle is Obstacle.SENDING:
            self.banner.explain(
                self._around.errors.failure(Failure.STILL_SENDING, ""), Tone.WARNING
            )
        if self._may_erase:
            self.passphrase.edit.setFocus()
        else:
            self._offer_closing()

    def _offer_closing(self) -> None:
        close = self.tr("Close")
        self.shut.setText(close)
        self.shut.setAccessibleName(close)
        self.shut.setFocus()

    def _goes(self, plan: ErasurePlan) -> list[str]:
        said = [
            self.tr("%n letter(s)", "", plan.letters),
            self.tr("%n document(s)", "", plan.documents),
        ]
        if plan.drafts:
            said.append(self.tr("%n draft(s)", "", plan.drafts))
        if plan.backups:
            said.append(self.tr("%n backup(s) made by this program", "", plan.backups))
        said.append(self.tr("their words in the search, and every key that opened them"))
        return [f"• {each}" for each in said]

    def _stays(self, plan: ErasurePlan) -> list[str]:
        said = []
        if plan.people:
            said.append(
                self.tr(
                    "What %n correspondent(s) wrote or received: that is theirs to decide about.",
                    "",
                    plan.people,
                )
            )
        said.append(
            self.tr(
                "What was printed, saved elsewhere, or handed to other software, your own records included."
            )
        )
        if plan.computers:
            said.append(
                self.tr(
                    "On %n other computer(s) of yours, until unlocked the next time.",
                    "",
                    plan.computers,
                )
            )
        if plan.absent_backups:
            said.append(
                self.tr(
                    "On %n backup(s) whose disk is not plugged in, until it is.",
                    "",
                    plan.absent_backups,
                )
            )
        said.append(
            self.tr(
                "With the relay’s host, something encrypted in its own backups, until {date}."
            ).format(date=self._around.formats.day(plan.host_until))
        )
        said.append(self.tr("In the journal, that it was erased; it has numbers and no names."))
        return [f"• {each}" for each in said]

    def _erase(self) -> None:
        if not self._may_erase or not self.go_on.isEnabled():
            return
        if self.passphrase.is_empty:
            self.passphrase.set_wrong(self.tr("Type your passphrase."))
            self.passphrase.edit.setFocus()
            return
        self.banner.silence()
        self.passphrase.set_wrong("")
        self._set_busy(is_busy=True)
        self._erasing.erase(self.passphrase.secret())

    def _show_done(self, done: Erased) -> None:
        self._set_busy(is_busy=False)
        self._may_erase = False
        self.passphrase.forget()
        for widget in (*self._heads, self.goes, self.stays, self.passphrase, self.go_on):
            widget.hide()
        self._offer_closing()
        if done.finished_at is None:
            self.banner.say(
                Tone.WARNING,
                self.tr("Erased from every list"),
                self.tr("The rest is done when you unlock the next time."),
            )
            return
        said = [
            self.tr("%n letter(s)", "", done.letters),
            self.tr("%n document(s)", "", done.documents),
        ]
        body = [", ".join(said) + "."]
        if done.absent_backups:
            body.append(
                self.tr(
                    "%n backup(s) are destroyed when their disk is plugged in.",
                    "",
                    done.absent_backups,
                )
            )
        self.banner.say(Tone.GOOD, self.tr("Erased for good"), "\n".join(body))
        self.certificate.show()
        self.certificate.setFocus()

    def _choose_folder(self) -> None:
        dialog = QFileDialog(self, self.tr("Save the certificate in"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.save_certificate)
        dialog.open()

    def save_certificate(self, folder: str) -> None:
        """Write the certificate into a folder."""
        self.certificate.setEnabled(False)
        self._erasing.save_certificate(folder, self._around.word_language)

    def _tell_saved(self, saved: SavedCertificate) -> None:
        self.certificate.setEnabled(True)
        names = ", ".join(PurePath(each).name for each in (saved.path, saved.proof) if each)
        proof = (
            self.tr("The second file lets others check it without this program.")
            if saved.proof
            else self.tr("Save it once more when you are connected: then a proof comes with it.")
        )
        self.banner.say(Tone.GOOD, self.tr("Saved as “{name}”").format(name=names), proof)

    def _fail(self, failure: Failure, detail: str) -> None:
        self._set_busy(is_busy=False)
        self.certificate.setEnabled(True)
        explanation = self._around.errors.failure(failure, detail)
        if failure is Failure.WRONG_PASSPHRASE:
            self.passphrase.set_wrong(f"{explanation.what} {explanation.do}")
            self.passphrase.forget()
            self.passphrase.edit.setFocus()
            return
        self.banner.explain(explanation)

    def _set_busy(self, *, is_busy: bool) -> None:
        self.progress.setVisible(is_busy)
        for widget in (self.go_on, self.shut, self.passphrase):
            widget.setEnabled(not is_busy)
