# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sentences for the journal: one for each deed, as its owner would tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject

from app.interface.journal import Deed, DeedKind, JournalState, Standing, TimestampStanding
from crypto_core.wire.audit import AdministratorAct, FactorChange, SignInResult
from crypto_core.wire.journal import JournalledSetting, LockCause
from crypto_core.wire.sign_in import FactorKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.interface.journal import JournalRow, JournalSummary, JournalTimestamp
    from app.window.i18n.formats import Formats
    from app.window.i18n.words import Words

_TO_LOOK_AT: Final = frozenset(
    {Deed.UNLOCK_REFUSED, Deed.SIGN_IN_REFUSED, Deed.NOT_DELIVERED, Deed.REFUSED_BY}
)


def is_to_look_at(row: JournalRow) -> bool:
    """Whether it is something that one would want to have seen."""
    return row.deed in _TO_LOOK_AT


class JournalWords(QObject):
    """Puts deeds into sentences of the language in force."""

    def __init__(self, words: Words, formats: Formats) -> None:
        super().__init__()
        self._words = words
        self._formats = formats

    def kind(self, kind: DeedKind) -> str:
        """Name what the journal is narrowed down to."""
        return {
            DeedKind.LETTERS: self.tr("Letters"),
            DeedKind.DOCUMENTS: self.tr("Documents"),
            DeedKind.PEOPLE: self.tr("Correspondents"),
            DeedKind.PATIENTS: self.tr("Patients"),
            DeedKind.ACCESS: self.tr("Access and computers"),
            DeedKind.OTHER: self.tr("Other acts"),
        }[kind]

    def state(self, summary: JournalSummary) -> tuple[str, str]:
        """Say how the whole stands: in two words, and in a sentence."""
        acts = self.tr("%n act(s) recorded, none missing.", "", summary.acts)
        if summary.state is JournalState.DAMAGED:
            return (
                self.tr("Journal not intact"),
                self.tr("Something is missing or contradicts itself. The alarm above says what."),
            )
        if summary.checked_at is None or summary.state is JournalState.NOT_CHECKED:
            return (
                self.tr("Journal not checked yet"),
                self.tr("The relay has not been reached since the program was opened."),
            )
        checked = self.tr("Checked {when}.").format(
            when=self._formats.in_sentence(summary.checked_at)
        )
        sentences = [acts, checked]
        if summary.correspondents:
            sentences.append(
                self.tr("%n correspondent(s) see the same record.", "", summary.correspondents)
            )
        if summary.witnesses:
            sentences.append(
                self.tr("%n of your other computers see(s) the same record.", "", summary.witnesses)
            )
        if summary.waiting:
            sentences.append(self.tr("%n act(s) wait for the connection.", "", summary.waiting))
        return self.tr("Journal intact"), " ".join(sentences)

    def timestamp(self, found: JournalTimestamp) -> str:
        """Say what an outside authority's timestamp proves, and no more than that."""
        if found.at is None or found.valid_until is None:
            return {
                TimestampStanding.UNKNOWN: self.tr("Not known now: the relay did not tell."),
                TimestampStanding.REFUSED: self.tr(
                    "✕ None that counts: what the relay gave does not hold."
                ),
            }.get(found.standing, self.tr("Not externally timestamped"))
        at = self._formats.in_sentence(found.at)
        if found.standing is TimestampStanding.KNOWN_AUTHORITY:
            said = self.tr(
                "✓ In the record at the latest {at}: {authority} says so, by the certificate that you chose."
            )
        else:
            said = self.tr(
                "In the record at the latest {at}, says {authority}. Its certificate comes from the relay: that shows that "
                "the two agree, not who this authority is."
            )
        sentences = [said.format(at=at, authority=found.authority)]
        if found.renewed_at is not None:
            day = self._formats.day(found.renewed_at)
            sentences.append(self.tr("Renewed, last on {day}.").format(day=day))
        if self._formats.milliseconds_since(found.valid_until) > 0:
            day = self._formats.day(found.valid_until)
            sentences.append(
                self.tr("The certificate ended on {day}; since then it proves less.").format(
                    day=day
                )
            )
        return " ".join(sentences)

    def sentence(self, row: JournalRow) -> str:
        """Tell what was done."""
        say = self._acts().get(row.deed)
        return self._counted(row) if say is None else say(row)

    def spoken(self, row: JournalRow) -> str:
        """Return what a screen reader says of a line."""
        parts = [self._formats.moment(row.at), self.sentence(row), self.beneath(row)]
        if is_to_look_at(row):
            parts.append(self.to_look_at())
        return ", ".join(part for part in parts if part)

    def to_look_at(self) -> str:
        """Mark what one would want to have seen."""
        return self.tr("To look at")

    def beneath(self, row: JournalRow) -> str:
        """Return the small line: for whom, and on which other computer."""
        parts = []
        if row.patient is not None:
            parts.append(self._words.patient(row.patient))
        if row.computer and not row.is_here:
            parts.append(self.tr("on {computer}").format(computer=row.computer))
        if row.standing is Standing.WAITING:
            parts.append(self.tr("waits for the connection"))
        return " · ".join(parts)

    def _subject(self, row: JournalRow) -> str:
        if row.letter is None:
            return ""
        if row.subject:
            return self.tr("“{subject}”").format(subject=row.subject)
        return (
            self.tr("a letter that is no longer here")
            if row.conversation is None
            else self.tr("a letter without a subject")
        )

    def _people(self, row: JournalRow) -> str:
        return self._words.names_in_row(row.people) if row.people else self.tr("somebody")

    def _document(self, row: JournalRow) -> str:
        return (
            self.tr("“{name}”").format(name=row.document_name)
            if row.document_name
            else self.tr("a document that is no longer here")
        )

    def _fixed(self, text: str) -> Callable[[JournalRow], str]:
        return lambda _: text

    def _of_letter(self, text: str) -> Callable[[JournalRow], str]:
        return lambda row: text.format(subject=self._subject(row), people=self._people(row))

    def _of_document(self, text: str) -> Callable[[JournalRow], str]:
        return lambda row: text.format(document=self._document(row), subject=self._subject(row))

    def _of_people(self, text: str) -> Callable[[JournalRow], str]:
        return lambda row: text.format(people=self._people(row))

    def _of_patient(self, text: str, unknown: str) -> Callable[[JournalRow], str]:
        return lambda row: (
            unknown if row.patient is None else text.format(name=self._words.patient(row.patient))
        )

    def _acts(self) -> dict[Deed, Callable[[JournalRow], str]]:
        """Return how each deed is told; those that count something are in `_counted`."""
        return {
            **self._acts_with_letters(),
            **self._acts_with_documents(),
            **self._acts_with_people(),
            **self._acts_of_rights(),
            **self._acts_of_access(),
        }

    def _acts_with_letters(self) -> dict[Deed, Callable[[JournalRow], str]]:
        letter = self._of_letter
        return {
            Deed.COMPOSED: letter(self.tr("You wrote {subject} to {people}")),
            Deed.CALLED_BACK: letter(self.tr("You called back {subject} before it left")),
            Deed.ACCEPTED_BY_RELAY: letter(self.tr("The relay accepted {subject}")),
            Deed.NOT_DELIVERED: letter(self.tr("{subject} was not fetched by {people} in time")),
            Deed.RECEIVED: letter(self.tr("{people} wrote to you: {subject}")),
            Deed.READ: letter(self.tr("You read {subject}")),
            Deed.REFUSED: letter(self.tr("You refused {subject} from {people}")),
            Deed.REMOVED: letter(self.tr("You removed {subject}")),
            Deed.TAKEN_BACK: letter(self.tr("You took back {subject}, which was removed")),
            Deed.ERASED: letter(self.tr("A removed letter was erased for good")),
            Deed.FILED: self._filed,
            Deed.PUT_IN_FOLDER: letter(self.tr("{subject} was written for the practice software")),
            Deed.DELIVERED_TO: letter(self.tr("{subject} reached {people}")),
            Deed.READ_BY: letter(self.tr("{people} read {subject}")),
            Deed.REFUSED_BY: letter(self.tr("{people} refused {subject}")),
        }

    def _acts_with_documents(self) -> dict[Deed, Callable[[JournalRow], str]]:
        document = self._of_document
        return {
            Deed.DOCUMENT_SHOWN: document(self.tr("You looked at {document}")),
            Deed.DOCUMENT_SAVED: document(self.tr("You saved a readable copy of {document}")),
            Deed.DOCUMENT_HANDED_ON: document(self.tr("You opened {document} in another program")),
            Deed.PRINTED: lambda row: (
                self.tr("You printed {document}").format(document=self._document(row))
                if row.document_name
                else self.tr("You printed {subject}").format(subject=self._subject(row))
            ),
        }

    def _acts_with_people(self) -> dict[Deed, Callable[[JournalRow], str]]:
        people, patient = self._of_people, self._of_patient
        forgotten = self.tr("a patient who is no longer here")
        return {
            Deed.CONTACT_ASKED: people(self.tr("You asked {people} for contact")),
            Deed.CONTACT_ACCEPTED: people(self.tr("You accepted {people}")),
            Deed.CONTACT_DECLINED: people(self.tr("You declined {people}")),
            Deed.CONTACT_BLOCKED: people(self.tr("You blocked {people}")),
            Deed.CONTACT_UNBLOCKED: people(self.tr("You no longer block {people}")),
            Deed.CONTACT_COMPARED: people(self.tr("You verified who {people} is")),
            Deed.KEY_CHANGE_SEEN: people(self.tr("You looked at a change of keys of {people}")),
            Deed.VOUCHED: people(self.tr("You vouched for {people}")),
            Deed.VOUCH_WITHDRAWN: people(self.tr("You no longer vouch for {people}")),
            Deed.PATIENT_ADDED: patient(
                self.tr("You added {name}"), self.tr("You added {name}").format(name=forgotten)
            ),
            Deed.PATIENT_CHANGED: patient(
                self.tr("You corrected {name}"),
                self.tr("You corrected {name}").format(name=forgotten),
            ),
            Deed.PATIENT_REMOVED: patient(
                self.tr("You removed {name}"), self.tr("You removed {name}").format(name=forgotten)
            ),
            Deed.PATIENT_MERGED: patient(
                self.tr("You merged another card into that of {name}"),
                self.tr("You merged another card into that of {name}").format(name=forgotten),
            ),
            Deed.PATIENT_MERGE_UNDONE: patient(
                self.tr("You separated two cards of {name} again"),
                self.tr("You separated two cards of {name} again").format(name=forgotten),
            ),
            Deed.ABSENCE_SAID: lambda row: (
                self.tr("You said that you are away; {people} stands in").format(
                    people=self._people(row)
                )
                if row.people
                else self.tr("You said that you are away")
            ),
            Deed.ABSENCE_ENDED: self._fixed(self.tr("You said that you are back")),
        }

    def _acts_of_rights(self) -> dict[Deed, Callable[[JournalRow], str]]:
        of = self._of_rights
        return {
            Deed.CONSENT_GIVEN: of(
                self.tr("You recorded the consent of {name} for {people}"),
                self.tr("You recorded a consent of {name}"),
            ),
            Deed.CONSENT_WITHDRAWN: of(
                self.tr("You recorded that {name} withdraws the consent for {people}"),
                self.tr("You recorded that {name} withdraws every consent"),
            ),
            Deed.OPPOSITION_STATED: of(
                self.tr("You recorded that {name} objects to {people} being told"),
                self.tr("You recorded an objection of {name}"),
            ),
            Deed.OPPOSITION_LIFTED: of(
                self.tr("You recorded that {name} no longer objects to {people} being told"),
                self.tr("You recorded that {name} no longer objects"),
            ),
            Deed.PATIENT_INFORMED: of(
                self.tr("You recorded that {name} knows what goes to {people}"),
                self.tr("You recorded that {name} knows what goes to whom"),
            ),
            Deed.CARE_STATED: of(
                self.tr("You recorded what {people} has to do with the care of {name}"),
                self.tr("You recorded who takes part in the care of {name}"),
            ),
            Deed.SENT_IN_EMERGENCY: of(
                self.tr("You wrote to {people} about {name} in an emergency"),
                self.tr("You wrote about {name} in an emergency"),
            ),
        }

    def _of_rights(self, with_people: str, alone: str) -> Callable[[JournalRow], str]:
        forgotten = self.tr("a patient who is no longer here")

        def tell(row: JournalRow) -> str:
            name = forgotten if row.patient is None else self._words.patient(row.patient)
            return (with_people if row.people else alone).format(
                name=name, people=self._people(row)
            )

        return tell

    def _acts_of_access(self) -> dict[Deed, Callable[[JournalRow], str]]:
        fixed = self._fixed
        return {
            Deed.UNLOCKED: lambda row: (
                self.tr("You unlocked with the recovery kit")
                if row.numbers == (1,)
                else self.tr("You unlocked with your passphrase")
            ),
            Deed.LOCKED: self._locked,
            Deed.KIT_SHOWN: fixed(self.tr("The code of your recovery kit was shown")),
            Deed.KIT_REHEARSED: fixed(self.tr("You rehearsed with your recovery kit")),
            Deed.BACKED_UP: fixed(self.tr("A backup was made")),
            Deed.BROUGHT_BACK: fixed(self.tr("This computer was set up from your recovery kit")),
            Deed.SETTING_CHANGED: self._setting,
            Deed.SIGNED_IN: fixed(self.tr("You signed in at the relay with two factors")),
            Deed.SIGN_IN_REFUSED: self._refused,
            Deed.SESSIONS_ENDED: fixed(self.tr("You signed out everywhere")),
            Deed.FACTOR_CHANGED: self._factor,
            Deed.COMPUTERS_CHANGED: fixed(self.tr("The list of your computers was renewed")),
            Deed.KIT_ANNOUNCED: fixed(self.tr("A new recovery kit was announced")),
            Deed.KIT_CALLED_OFF: fixed(self.tr("A new recovery kit was called off")),
            Deed.ASSURANCE_GIVEN: fixed(self.tr("The relay’s operator confirmed who you are")),
            Deed.ASSURANCE_REVOKED: fixed(
                self.tr("The relay’s operator no longer confirms who you are")
            ),
            Deed.ADMINISTERED: self._administered,
            Deed.SIGNATURE_INVALID: fixed(
                self.tr("The relay found an act of your computer with a false signature")
            ),
            Deed.OF_A_LATER_PROGRAM: fixed(
                self.tr("An act that only a newer version of this program can show")
            ),
        }

    def _counted(self, row: JournalRow) -> str:
        count = row.numbers[0] if row.numbers else 0
        return {
            Deed.UNLOCK_REFUSED: self.tr(
                "%n wrong passphrase(s) before it was unlocked", "", count
            ),
            Deed.IMPORTED: self.tr("You took over %n letter(s) of another program", "", count),
            Deed.PATIENTS_IMPORTED: self.tr("You imported %n patient(s)", "", count),
            Deed.SEARCHED: self.tr("You searched: %n letter(s) found", "", count),
            Deed.DIRECTORY_SEARCHED: self.tr(
                "You searched the directory: %n person(s) found", "", count
            ),
            Deed.JOURNAL_EXPORTED: self.tr("You exported %n act(s) of the journal", "", count),
            Deed.ENTRIES_ERASED: self.tr(
                "%n act(s) were erased at the end of their time", "", count
            ),
            Deed.ERASURE_CERTIFIED: self.tr(
                "Erased for good, and certified: %n letter(s)", "", count
            ),
        }[row.deed]

    def _filed(self, row: JournalRow) -> str:
        if row.patient is None:
            return self.tr("You filed {subject} under nobody any more").format(
                subject=self._subject(row)
            )
        return self.tr("You filed {subject} under {name}").format(
            subject=self._subject(row), name=self._words.patient(row.patient)
        )

    def _locked(self, row: JournalRow) -> str:
        return {
            int(LockCause.PERSON): self.tr("You locked"),
            int(LockCause.IDLE): self.tr("Locked by itself after a pause"),
            int(LockCause.SLEEP): self.tr("Locked before the computer slept"),
            int(LockCause.DESKTOP): self.tr("Locked together with the computer"),
            int(LockCause.CLOSED): self.tr("Locked when the program was closed"),
        }.get(row.numbers[0] if row.numbers else -1, self.tr("Locked"))

    def _setting(self, row: JournalRow) -> str:
        return {
            int(JournalledSetting.AUTOMATIC_LOCK): self.tr("You changed when it locks by itself"),
            int(JournalledSetting.BACKUP_FOLDER): self.tr("You changed where backups go"),
            int(JournalledSetting.WATCHED_FOLDERS): self.tr(
                "You changed the folders for the practice software"
            ),
            int(JournalledSetting.JOURNAL_LIFE): self.tr(
                "You changed how long the journal is kept"
            ),
            int(JournalledSetting.NOTICES): self.tr("You changed the notices"),
        }.get(row.numbers[0] if row.numbers else -1, self.tr("You changed a setting"))

    def _administered(self, row: JournalRow) -> str:
        if row.numbers == (int(AdministratorAct.FORGIVEN),):
            return self.tr(
                "The relay’s operator let your computers sign in again after too many attempts"
            )
        return self.tr("The relay’s operator did something about your account")

    def _refused(self, row: JournalRow) -> str:
        return {
            int(SignInResult.REFUSED_PASSPHRASE): self.tr("Sign-in refused: wrong passphrase"),
            int(SignInResult.REFUSED_SECOND_FACTOR): self.tr("Sign-in refused: wrong code"),
            int(SignInResult.REFUSED_THROTTLED): self.tr("Sign-in refused: too many attempts"),
            int(SignInResult.REFUSED_REFRESH_REUSED): self.tr(
                "Session ended: it was used in two places"
            ),
            int(SignInResult.REFUSED_OTHER_KEY): self.tr(
                "Refused: a session was shown with another computer’s key"
            ),
            int(SignInResult.REFUSED_COPIED): self.tr("Sign-in refused: copied or older profile"),
            int(SignInResult.REFUSED_COUNTER): self.tr(
                "Sign-in refused: there may be a copy of the security key"
            ),
            int(SignInResult.REFUSED_CODE): self.tr("Sign-in begun and not finished"),
        }.get(row.numbers[0] if row.numbers else -1, self.tr("Sign-in refused"))

    def _factor(self, row: JournalRow) -> str:
        kind, change = row.numbers if len(row.numbers) == 2 else (0, 0)
        name = {
            int(FactorKind.PASSPHRASE): self.tr("the passphrase"),
            int(FactorKind.TOTP): self.tr("a telephone"),
            int(FactorKind.RECOVERY_CODE): self.tr("the recovery codes"),
        }.get(kind, self.tr("a security key"))
        return {
            int(FactorChange.ADDED): self.tr("You added {factor} for signing in"),
            int(FactorChange.REMOVED): self.tr("You removed {factor} for signing in"),
        }.get(change, self.tr("You replaced {factor} for signing in")).format(factor=name)
