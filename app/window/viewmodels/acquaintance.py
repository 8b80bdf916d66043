# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who a correspondent is: what stands for them, the words to compare, contact cards, and what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.interface.commands import (
    AcknowledgeKeyChange,
    AddByCard,
    ConfirmVerified,
    ShowCard,
    ShowContact,
    ShowVerificationWords,
    Vouch,
    WithdrawVouch,
)
from crypto_core.wire.words import WordLanguage

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.interface.command import Command
    from app.interface.failures import Failure
    from app.interface.snapshots import (
        AddedContact,
        CardText,
        Comparison,
        ContactDetails,
        VerificationWords,
    )
    from app.window.bridge import Bridge
    from app.window.viewmodels.session import Session
    from crypto_core.wire.ids import AccountId


class Acquaintance(QObject):
    """Asks about one person at a time.

    Signals:
        changed(): `details` is another one, or none.
        words(WordLanguage, tuple): twelve words in a language.
        card(str): the owner's own card.
        added(AddedContact): whom a card was about.
        failed(AccountId, Failure, str): what was wanted of a person was not done.
        card_failed(Failure, str): a card was not shown, or not taken.
    """

    changed = Signal()
    words = Signal(object, object)
    card = Signal(str)
    added = Signal(object)
    failed = Signal(object, object, str)
    card_failed = Signal(object, str)

    def __init__(self, bridge: Bridge, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._session = session
        self._account: AccountId | None = None
        self.details: ContactDetails | None = None
        bridge.contacts_changed.connect(self._ask)
        session.closed.connect(lambda _: self.close())

    def open(self, account: AccountId) -> None:
        """Ask what is known of a person."""
        if account != self._account:
            self._account = account
            self.details = None
            self.changed.emit()
        self._ask()

    def close(self) -> None:
        """Ask about nobody."""
        self._account = None
        self.details = None
        self.changed.emit()

    def ask_words(self, account: AccountId) -> None:
        """Ask for the words to compare, in every language: two people may sit before two."""
        for language in WordLanguage:

            def tell(answer: VerificationWords, language: WordLanguage = language) -> None:
                self.words.emit(language, answer.words)

            command = ShowVerificationWords(account=account, language=language)
            self._bridge.request(self, command, tell, self._failure_of(account))

    def confirm(self, account: AccountId, how: Comparison) -> None:
        """Note that the words were the same, or take it back."""
        self._do(account, ConfirmVerified(account=account, how=how))

    def acknowledge(self, account: AccountId) -> None:
        """Note that an unexpected change was looked at; letters go out again."""
        self._do(account, AcknowledgeKeyChange(account=account))

    def vouch(self, account: AccountId) -> None:
        """Say publicly whose account this is."""
        self._do(account, Vouch(account=account))

    def withdraw_vouch(self, account: AccountId) -> None:
        """Take it back."""
        self._do(account, WithdrawVouch(account=account))

    def ask_card(self) -> None:
        """Ask for the owner's card; `card` follows."""
        self._bridge.request(self, ShowCard(), self._tell_card, self._tell_card_failure)

    def add_by_card(self, text: str, note: str, *, is_from_person: bool) -> None:
        """Ask the person of a card to be a correspondent; `added` follows."""
        command = AddByCard(text=text, note=note, is_from_person=is_from_person)
        self._bridge.request(self, command, self._tell_added, self._tell_card_failure)

    def _ask(self) -> None:
        account = self._account
        if account is None or not self._session.is_open:
            return

        def take(details: ContactDetails) -> None:
            if self._account == account:
                self.details = details
                self.changed.emit()

        self._bridge.request(self, ShowContact(account=account), take, self._failure_of(account))

    def _do(self, account: AccountId, command: Command[Any]) -> None:
        self._bridge.request(self, command, lambda _: self._ask(), self._failure_of(account))

    def _failure_of(self, account: AccountId) -> Callable[[Failure, str], None]:
        def fail(failure: Failure, detail: str) -> None:
            self.failed.emit(account, failure, detail)

        return fail

    def _tell_card(self, answer: CardText) -> None:
        self.card.emit(answer.text)

    def _tell_added(self, answer: AddedContact) -> None:
        self.added.emit(answer)

    def _tell_card_failure(self, failure: Failure, detail: str) -> None:
        self.card_failed.emit(failure, detail)
