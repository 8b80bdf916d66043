# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who a correspondent is: what stands for them, the words to compare, and what has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.interface.snapshots import Comparison, ContactState, Trust
from app.window.theme.tokens import Tone
from app.window.theme.typography import Role
from app.window.views.components.banners import Banner
from app.window.views.components.buttons import Button, LinkButton, PrimaryButton
from app.window.views.components.layouts import Card, FlowLayout, bring_into_view, clear
from app.window.views.components.texts import Text
from app.window.views.components.words import NumberedWords
from crypto_core.wire.words import WordLanguage

if TYPE_CHECKING:
    from app.interface.failures import Failure
    from app.interface.snapshots import AssuranceRow, ContactDetails, ContactRow
    from app.window.surroundings import Surroundings
    from app.window.viewmodels.acquaintance import Acquaintance
    from crypto_core.wire.ids import AccountId


class ComparePanel(Card):
    """Twelve words in both languages, and what came of reading them to each other."""

    def __init__(self, acquaintance: Acquaintance, around: Surroundings) -> None:
        super().__init__()
        self._acquaintance = acquaintance
        self._account: AccountId | None = None
        is_french = around.formats.is_french
        self._own = WordLanguage.FRENCH if is_french else WordLanguage.ENGLISH
        self.words = {language: NumberedWords(around) for language in WordLanguage}
        self._names = {
            WordLanguage.FRENCH: Text("Français", Role.SMALL),
            WordLanguage.ENGLISH: Text("English", Role.SMALL),
        }
        self.in_person = PrimaryButton(self.tr("The same, face to face"))
        self.by_phone = Button(self.tr("The same, by telephone"))
        self.differ = Button(self.tr("They differ"))
        self.cancel = LinkButton(self.tr("Cancel"))
        self.banner = Banner()
        self._title = Text("", Role.HEAD, wraps=True)
        self._why = Text(
            self.tr(
                "Read them to each other, face to face or on the telephone if you know the voice. They are "
                "the same on both screens, and stay so for ever."
            ),
            Role.SECONDARY,
            wraps=True,
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(10)
        column.addWidget(self._title)
        column.addWidget(self._why)
        for language in sorted(WordLanguage, key=lambda each: each is not self._own):
            column.addWidget(self._names[language])
            column.addWidget(self.words[language])
        column.addWidget(self.banner)
        self._buttons = QWidget()
        flow = FlowLayout(8)
        self._buttons.setLayout(flow)
        for button in (self.in_person, self.by_phone, self.differ, self.cancel):
            flow.addWidget(button)
        column.addWidget(self._buttons)
        self.in_person.clicked.connect(lambda: self._confirm(Comparison.IN_PERSON))
        self.by_phone.clicked.connect(lambda: self._confirm(Comparison.BY_PHONE))
        self.differ.clicked.connect(self._warn)
        self.cancel.clicked.connect(self.forget)
        acquaintance.words.connect(self._show_words)
        self.hide()

    def ask(self, row: ContactRow) -> None:
        """Show the words that are compared with a person."""
        self.forget()
        self._account = row.account
        self._title.setText(self.tr("Compare these words with {name}").format(name=row.name))
        self.show()
        bring_into_view(self)
        self._acquaintance.ask_words(row.account)
        self.in_person.setFocus()

    def forget(self) -> None:
        """Show no words."""
        self._account = None
        for words in self.words.values():
            words.show_words(())
        self.banner.silence()
        self.hide()

    def _show_words(self, language: WordLanguage, words: tuple[str, ...]) -> None:
        if self._account is not None:
            self.words[language].show_words(words)

    def _confirm(self, how: Comparison) -> None:
        if self._account is not None:
            self._acquaintance.confirm(self._account, how)
        self.forget()

    def _warn(self) -> None:
        self.banner.say(
            Tone.DANGER,
            self.tr("Then this address is not theirs"),
            self.tr(
                "Somebody may stand between you. Write nothing to this address, and tell whoever runs your "
                "relay. If one of you misread a word, read all of them once more."
            ),
        )
        self.cancel.setFocus()


class TrustPanel(QWidget):
    """Everything that the owner can know of who somebody is, with its source and date."""

    def __init__(self, acquaintance: Acquaintance, around: Surroundings) -> None:
        super().__init__()
        self._acquaintance = acquaintance
        self._around = around
        self._row: ContactRow | None = None
        # Not the words: whoever took the account over would read the same ones out.
        self.seen = PrimaryButton(self.tr("They say yes: it is them"))
        self.denied = Button(self.tr("They say no"))
        self.question = Banner(self.seen, self.denied)
        self.compare = Button(self.tr("Compare the words…"))
        self.vouch = Button(self.tr("Vouch for this person…"))
        self.vouch_now = Button(self.tr("Vouch publicly"))
        self.do_not = LinkButton(self.tr("Cancel"))
        self.vouch_question = Banner(self.vouch_now, self.do_not)
        self.withdraw = LinkButton(self.tr("Vouch no more"))
        self.forget_comparison = LinkButton(self.tr("I am no longer sure"))
        self.banner = Banner()
        self.comparing = ComparePanel(acquaintance, around)
        self._sources = QVBoxLayout()
        self._sources.setSpacing(4)
        self._history = QVBoxLayout()
        self._history.setSpacing(2)
        self._history_title = Text(self.tr("What has changed"), Role.STRONG)
        self._lay_out()
        self.compare.clicked.connect(self._compare)
        self.seen.clicked.connect(lambda: self._act(acquaintance.acknowledge))
        self.denied.clicked.connect(self._warn)
        self.vouch.clicked.connect(self._ask_to_vouch)
        self.vouch_now.clicked.connect(self._vouch)
        self.do_not.clicked.connect(self.vouch_question.silence)
        self.withdraw.clicked.connect(lambda: self._act(acquaintance.withdraw_vouch))
        self.forget_comparison.clicked.connect(
            lambda: self._act(lambda account: acquaintance.confirm(account, Comparison.NEVER))
        )
        acquaintance.changed.connect(self._show)
        acquaintance.failed.connect(self._fail)

    def show_person(self, row: ContactRow) -> None:
        """Show what stands for a person."""
        is_other = self._row is None or self._row.account != row.account
        self._row = row
        if is_other:
            self.comparing.forget()
            self.banner.silence()
            self.vouch_question.silence()
        self._show_row(row)
        self._acquaintance.open(row.account)

    def ask_to_compare(self) -> None:
        """Show the words of the person at once."""
        self._compare()

    def forget(self) -> None:
        """Show nobody."""
        self._row = None
        self.comparing.forget()
        self.question.silence()
        clear(self._sources)
        clear(self._history)
        self._acquaintance.close()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.question)
        column.addWidget(Text(self.tr("Who is this person?"), Role.STRONG))
        column.addLayout(self._sources)
        column.addWidget(self.banner)
        buttons = FlowLayout(8)
        for button in (self.compare, self.vouch, self.withdraw, self.forget_comparison):
            buttons.addWidget(button)
        column.addLayout(buttons)
        column.addWidget(self.vouch_question)
        column.addWidget(self.comparing)
        column.addWidget(self._history_title)
        column.addLayout(self._history)

    def _show_row(self, row: ContactRow) -> None:
        is_known = row.state is ContactState.ACCEPTED
        is_compared = row.compared is not Comparison.NEVER
        self.compare.setVisible(is_known and not row.is_blocked and not is_compared)
        self.forget_comparison.setVisible(is_known and is_compared)
        if row.is_blocked:
            self.question.say(
                Tone.DANGER,
                self.tr("Is this still {name}?").format(name=row.name),
                self.tr(
                    "They have started again on other computers, and nothing announced it. Ask them, face to "
                    "face or at a number you knew before: “Have you set up U-HealthSec again?” Your letters "
                    "to them wait until then."
                ),
            )
        else:
            self.question.silence()
        self._show_own_vouch(None)

    def _warn(self) -> None:
        self.banner.say(
            Tone.DANGER,
            self.tr("Then somebody else writes in their name"),
            self.tr(
                "Send nothing to this address; what waits here stays here. Tell the person, who can take the "
                "account back with the recovery kit, and whoever runs your relay."
            ),
        )

    def _show(self) -> None:
        details = self._acquaintance.details
        clear(self._sources)
        clear(self._history)
        is_there = details is not None and self._row is not None
        self._history_title.setVisible(is_there)
        if details is None or self._row is None or details.contact.account != self._row.account:
            return
        for text, tone in self._sentences(details):
            self._sources.addWidget(Text(text, Role.TEXT, wraps=True, tone=tone))
        for news in details.history:
            when = self._around.formats.day(news.at)
            sentence = self._around.words.news(news.kind, details.contact.name)
            mark = "△ " if news.is_blocking else ""
            self._history.addWidget(Text(f"{mark}{when} · {sentence}", Role.SECONDARY, wraps=True))
        self._show_row(details.contact)
        self._show_own_vouch(details)

    def _sentences(self, details: ContactDetails) -> list[tuple[str, Tone]]:
        """Return what stands for the person, the strongest first, each with where it comes from."""
        formats, row = self._around.formats, details.contact
        found = []
        if row.compared is not Comparison.NEVER:
            compared = self._around.words.compared(row.compared)
            if details.compared_at is not None:
                compared = self.tr("{what} by you, on {date}").format(
                    what=compared, date=formats.day(details.compared_at)
                )
            found.append((f"✓ {compared}", Tone.GOOD))
        strongest_first = sorted(details.assurances, key=lambda each: -each.level)
        found += [(f"✓ {self._assurance(each)}", Tone.GOOD) for each in strongest_first]
        if not found:
            found.append(
                (
                    self.tr(
                        "△ Name and profession are what they say of themselves. Nobody has confirmed it."
                    ),
                    Tone.WARNING,
                )
            )
        return found

    def _assurance(self, row: AssuranceRow) -> str:
        formats, words = self._around.formats, self._around.words
        since = formats.day(row.since)
        if row.level is Trust.VERIFIED and row.document is not None:
            text = self.tr(
                "Verified by the relay's operator, who has seen {what} on {date}"
            ).format(what=words.document(row.document), date=since)
        elif row.is_own:
            text = self.tr("You vouch for them, since {date}").format(date=since)
        else:
            name = row.voucher_name or self.tr("somebody you do not know")
            text = self.tr("{name} vouches for them, since {date}").format(
                name=words.apart(name), date=since
            )
        if row.expires_at is not None:
            text = self.tr("{what}, good until {date}").format(
                what=text, date=formats.day(row.expires_at)
            )
        return text

    def _show_own_vouch(self, details: ContactDetails | None) -> None:
        row = None if details is None else details.contact
        is_own = details is not None and any(each.is_own for each in details.assurances)
        may = row is not None and row.compared is not Comparison.NEVER and not row.is_blocked
        self.vouch.setVisible(may and not is_own)
        self.withdraw.setVisible(is_own)

    def _compare(self) -> None:
        if self._row is not None:
            self.banner.silence()
            self.comparing.ask(self._row)

    def _ask_to_vouch(self) -> None:
        if self._row is None:
            return
        self.vouch_question.say(
            Tone.NEUTRAL,
            self.tr("Vouch for {name}?").format(name=self._row.name),
            self.tr(
                "Everybody who writes to them sees your name beside theirs, with the date. It is recorded "
                "in the relay's journal. You can take it back."
            ),
        )
        self.do_not.setFocus()

    def _vouch(self) -> None:
        self.vouch_question.silence()
        self._act(self._acquaintance.vouch)

    def _act(self, action: object) -> None:
        self.banner.silence()
        if self._row is not None and callable(action):
            action(self._row.account)

    def _fail(self, account: AccountId, failure: Failure, detail: str) -> None:
        if self._row is not None and account == self._row.account:
            self.banner.explain(self._around.errors.failure(failure, detail), Tone.WARNING)
