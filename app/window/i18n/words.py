# SPDX-License-Identifier: AGPL-3.0-or-later
"""Words that more than one view or model uses: states, counts, names, subjects of replies."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject

from app.interface.folders import FolderTrouble
from app.interface.snapshots import (
    Comparison,
    ConnectionState,
    ContactState,
    DeliveryState,
    Direction,
    KeyNewsKind,
    Problem,
    Trust,
)
from crypto_core.wire.assurance import DocumentKind
from crypto_core.wire.envelope import Urgency

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.interface.patients import PatientRow
    from app.interface.searching import Hit
    from app.interface.snapshots import AwayRow, ConversationRow, PatientTag, Status
    from app.interface.writing import DraftRow
    from app.window.i18n.formats import Formats

_MOST_IN_ROW: Final = 32
"""Letters of a name beside others."""
# "Re:", "RE :", "Ré :" as mail programs of both languages write them.
_REPLY_MARK = re.compile(r"^(?:r[eé]\s*:\s*)+", re.IGNORECASE)
_FORWARD_MARK = re.compile(r"^(?:(?:fwd?|tr)\s*:\s*)+", re.IGNORECASE)


class Words(QObject):
    """Puts states and counts into words of the language in force."""

    def folder_trouble(self, trouble: FolderTrouble, detail: str = "") -> str:
        """Say why a folder of practice software is not watched, or a file was refused."""
        return {
            FolderTrouble.FOLDER_MISSING: self.tr("The folder is not there: plug its disk in."),
            FolderTrouble.FOLDER_UNWRITABLE: self.tr(
                "Something in the folder cannot be moved or written."
            ),
            FolderTrouble.DISK_FULL: self.tr("The disk is full. Nothing is lost."),
            FolderTrouble.CANNOT_SEND: self.tr("This computer sends nothing any more."),
            FolderTrouble.NO_RECIPIENT: self.tr("Nothing says to whom it goes."),
            FolderTrouble.UNKNOWN_RECIPIENT: self.tr("No contact is called “{detail}”."),
            FolderTrouble.UNVERIFIED_RECIPIENT: self.tr(
                "The identity of {detail} is not verified: write to them yourself first."
            ),
            FolderTrouble.NAMESAKE: self.tr(
                "Several contacts are called “{detail}”, or nearly: the note has to give the address."
            ),
            FolderTrouble.NOTE_INVALID: self.tr("The note cannot be read, line {detail}."),
            FolderTrouble.FILE_MISSING: self.tr(
                "The note names “{detail}”, which is not beside it."
            ),
            FolderTrouble.FILE_TOO_LARGE: self.tr("It is too large for a letter."),
            FolderTrouble.FILE_UNREADABLE: self.tr("It cannot be read."),
            FolderTrouble.FILE_EMPTY: self.tr("It is empty."),
            FolderTrouble.PLACE_UNREADABLE: self.tr(
                "The folder “{detail}” in “to-send” cannot be opened: nothing in it is sent."
            ),
            FolderTrouble.FILE_STUCK: self.tr(
                "“{detail}” in “to-send” is open in another program, or cannot be moved. "
                "It is not sent yet."
            ),
            FolderTrouble.NAME_RESERVED: self.tr(
                "“{detail}” is called like a note or a result, and is none."
            ),
            FolderTrouble.PATIENT_OBJECTS: self.tr("The patient objects to {detail} being told."),
            FolderTrouble.CONSENT_NEEDED: self.tr("The patient has to consent for {detail}."),
            FolderTrouble.CARE_NOT_SAID: self.tr(
                "Nothing says that {detail} takes part in the care and that the patient knows."
            ),
            FolderTrouble.NOT_A_FILE: self.tr("It is a link or a folder, no plain file."),
            FolderTrouble.TOO_MANY: self.tr(
                "It has more recipients or documents than one letter takes."
            ),
        }[trouble].format(detail=detail)

    def delivery(self, state: DeliveryState) -> str:
        """Return a rung of the receipt ladder."""
        return {
            DeliveryState.QUEUED: self.tr("Waiting to be sent"),
            DeliveryState.ACCEPTED: self.tr("Accepted by the relay"),
            DeliveryState.DELIVERED: self.tr("Received"),
            DeliveryState.READ: self.tr("Read"),
            DeliveryState.REFUSED: self.tr("Refused"),
            DeliveryState.NOT_DELIVERED: self.tr("Not delivered"),
        }[state]

    def problem(self, problem: Problem) -> str:
        """Return the two or three words for a problem that fit a chip; NONE has none."""
        return {
            Problem.CANNOT_OPEN: self.tr("Cannot be opened"),
            Problem.MESSAGE_ID_REUSED: self.tr("Possible tampering"),
            Problem.ATTACHMENT_MISSING: self.tr("Document missing"),
            Problem.RECIPIENT_AWAY: self.tr("Recipient away"),
            Problem.RECIPIENT_UNTRUSTED: self.tr("Held back"),
            Problem.REFUSED_BY_RELAY: self.tr("Refused by the relay"),
            Problem.NOT_A_CONTACT: self.tr("Not a correspondent"),
            Problem.EXPIRED: self.tr("Never fetched"),
            Problem.RELAY_FULL: self.tr("No room at the relay"),
            Problem.RECIPIENT_UNKNOWN: self.tr("Address unknown"),
            Problem.KEYS_CHANGED: self.tr("Waits: ask them first"),
            Problem.KEYS_UNPROVEN: self.tr("Held back"),
            Problem.RECIPIENT_BLOCKED: self.tr("Blocked by you"),
            Problem.NOT_ALLOWED: self.tr("Not sent: the patient’s choice"),
        }[problem]

    def trust(self, trust: Trust) -> str:
        """Return how much is known about who someone is."""
        return {
            Trust.SELF_DECLARED: self.tr("Declared identity, not verified"),
            Trust.VOUCHED: self.tr("Vouched for by a colleague"),
            Trust.VERIFIED: self.tr("Identity verified"),
        }[trust]

    def compared(self, how: Comparison) -> str:
        """Return how the owner made sure of somebody; NEVER has no words."""
        return {
            Comparison.NEVER: "",
            Comparison.IN_PERSON: self.tr("Compared in person"),
            Comparison.BY_PHONE: self.tr("Compared by telephone"),
            Comparison.BY_CARD: self.tr("Added by their card"),
        }[how]

    def document(self, kind: DocumentKind) -> str:
        """Return what the relay's operator has seen, as it stands after "has seen"."""
        return {
            DocumentKind.PROFESSIONAL_REGISTER: self.tr("their entry in the professional register"),
            DocumentKind.PROFESSIONAL_CARD: self.tr("their professional card"),
            DocumentKind.DIPLOMA: self.tr("their diploma"),
            DocumentKind.EMPLOYER_STATEMENT: self.tr("a statement of their employer"),
            DocumentKind.IDENTITY_DOCUMENT: self.tr("an identity document"),
        }[kind]

    def news(self, kind: KeyNewsKind, name: str) -> str:
        """Return what happened, as a sentence about a person."""
        return {
            KeyNewsKind.FIRST_SEEN: self.tr("You met {name} here."),
            KeyNewsKind.COMPUTER_ADDED: self.tr("{name} has added a computer."),
            KeyNewsKind.COMPUTER_REMOVED: self.tr("{name} has removed a computer."),
            KeyNewsKind.RESTORED: self.tr("{name} has started again on another computer."),
            KeyNewsKind.ALL_COMPUTERS_NEW: self.tr("{name} has only new computers now."),
            KeyNewsKind.KIT_CHANGE_ANNOUNCED: self.tr("{name} is changing their recovery kit."),
            KeyNewsKind.KIT_CHANGE_VETOED: self.tr("{name} has called a new recovery kit off."),
            KeyNewsKind.CONTRADICTED: self.tr("The relay says two different things about {name}."),
            KeyNewsKind.COMPARED: self.tr("You have compared words, or taken their card."),
            KeyNewsKind.ACKNOWLEDGED: self.tr(
                "You have looked at a change and let letters go out."
            ),
        }[kind].format(name=name)

    def contact(self, state: ContactState) -> str:
        """Return where a correspondence stands."""
        return {
            ContactState.REQUESTED: self.tr("Request sent"),
            ContactState.WAITING: self.tr("To accept or decline"),
            ContactState.ACCEPTED: self.tr("Correspondent"),
            ContactState.DECLINED: self.tr("Declined"),
            ContactState.UNKNOWN: self.tr("Address unknown"),
            ContactState.BLOCKED: self.tr("Blocked"),
        }[state]

    def documents(self, count: int) -> str:
        """Return a number of documents."""
        return self.tr("%n document(s)", "", count)

    def conversations(self, count: int) -> str:
        """Return a number of conversations."""
        return self.tr("%n conversation(s)", "", count)

    def to_do(self, count: int) -> str:
        """Return how many conversations wait for the owner."""
        return self.tr("%n to do", "", count)

    def answer_wanted(self) -> str:
        """Return the mark of a letter that asks for an answer."""
        return self.tr("Answer wanted")

    def flagged(self) -> str:
        """Return the mark of what was put aside to be done."""
        return self.tr("To do")

    def abnormal(self) -> str:
        """Return the mark of a laboratory's value out of its range."""
        return self.tr("Abnormal value")

    def leaves_at(self, when: str) -> str:
        """Return the mark of a letter that waits for its moment."""
        return self.tr("Leaves {when}").format(when=when)

    def patient(self, tag: PatientTag | PatientRow) -> str:
        """Return a patient's name as it is filed: "Duval Jeanne"."""
        return f"{tag.family_name} {tag.given_name}".strip()

    def born(self, tag: PatientTag | PatientRow, formats: Formats) -> str:
        """Return "Duval Jeanne, 12/03/1961", or the name alone."""
        name = self.patient(tag)
        return f"{name}, {formats.birth_date(tag.birth_date)}" if tag.birth_date else name

    def spoken_patient(self, row: PatientRow, formats: Formats) -> str:
        """Return a line of the list of patients as a screen reader says it."""
        return ", ".join(
            (self.born(row, formats), self.conversations(row.conversations))
            if row.conversations
            else (self.born(row, formats),)
        )

    def urgent(self) -> str:
        """Return the mark of an urgent letter."""
        return self.tr("Urgent")

    def no_subject(self) -> str:
        """Return what stands for an empty subject."""
        return self.tr("(no subject)")

    def outbox(self, count: int) -> str:
        """Return how many letters wait to be sent."""
        return self.tr("%n letter(s) to send", "", count)

    def unread(self, count: int) -> str:
        """Return how many letters are unread."""
        return self.tr("%n unread letter(s)", "", count)

    def requests(self, count: int) -> str:
        """Return how many contact requests wait for an answer."""
        return self.tr("%n request(s) to answer", "", count)

    def names(self, names: Sequence[str]) -> str:
        """Return several names as one text."""
        if not names:
            return self.tr("(no correspondent)")
        if len(names) == 1:
            return names[0]
        return self.tr("{names} and {last}").format(names=", ".join(names[:-1]), last=names[-1])

    def names_in_row(self, names: Sequence[str]) -> str:
        """Return several names as one line, each short enough that no other is pushed out of it."""
        if len(names) == 1:
            return self.names(names)
        return self.names(
            [name if len(name) <= _MOST_IN_ROW else f"{name[:_MOST_IN_ROW]}…" for name in names]
        )

    def apart(self, name: str) -> str:
        """Return a name for the beginning of a sentence: one in Arabic or Hebrew would turn all of it around."""
        is_turning = any(unicodedata.bidirectional(sign) in {"R", "AL"} for sign in name)
        return f"\u2068{name}\u2069" if is_turning else name

    def person(self, name: str, profession: str) -> str:
        """Return "Léa Fontaine, physiotherapist", or the name alone."""
        if not profession:
            return name
        return self.tr("{name}, {profession}").format(name=name, profession=profession)

    def at_place(self, profession: str, place: str) -> str:
        """Return "Physiotherapist, Valbonne", or whichever of the two is there."""
        return ", ".join(part for part in (profession, place) if part)

    def connection(self, status: Status, formats: Formats) -> str:
        """Return the connection line: what is so, and since when."""
        since = formats.since(status.since)
        if status.connection is ConnectionState.ONLINE:
            reached = status.last_synchronised_at or status.since
            return self.tr("Up to date, relay reached {when}").format(when=formats.reached(reached))
        return {
            ConnectionState.OFFLINE: self.tr("Offline since {time}"),
            ConnectionState.CONNECTING: self.tr("Connecting since {time}"),
            ConnectionState.SYNCHRONISING: self.tr("Receiving and sending since {time}"),
            ConnectionState.REFUSED: self.tr("Refused by the relay since {time}"),
            ConnectionState.UNTRUSTED: self.tr("Not your relay, since {time}"),
            ConnectionState.SIGN_IN_NEEDED: self.tr("Waiting for your code since {time}"),
            ConnectionState.PROFILE_COPIED: self.tr(
                "Copied elsewhere: readable only, since {time}"
            ),
            ConnectionState.DEVICE_REMOVED: self.tr(
                "Removed from your account: readable only, since {time}"
            ),
            ConnectionState.CLOCK_WRONG: self.tr("This computer's clock is wrong, since {time}"),
        }[status.connection].format(time=since)

    def away(self, away: AwayRow, formats: Formats) -> str:
        """Return from when until when a correspondent is away; the last day is named, not the moment after it."""
        until = formats.last_day(away.until)
        if away.is_now:
            return self.tr("Absent until {day}").format(day=until)
        return self.tr("Absent from {first} to {last}").format(
            first=formats.day(away.since), last=until
        )

    def replaced(self, away: AwayRow) -> str:
        """Return who replaces a correspondent who is away; empty for nobody."""
        if away.is_owner:
            return self.tr("You replace them")
        if away.replacement is None:
            return ""
        who = self.person(away.replacement.name, away.replacement.profession)
        if away.is_contact:
            return self.tr("{name} replaces them").format(name=self.apart(who))
        return self.tr("{name} replaces them, and is none of your correspondents").format(
            name=self.apart(who)
        )

    def reply_subject(self, subject: str) -> str:
        """Return the subject of an answer, with one mark in front."""
        return self.tr("Re: {subject}").format(subject=_REPLY_MARK.sub("", subject))

    def forward_subject(self, subject: str) -> str:
        """Return the subject of a letter that is passed on, with one mark in front."""
        return self.tr("Fwd: {subject}").format(subject=_FORWARD_MARK.sub("", subject))

    def _spoken_marks(self, row: ConversationRow, formats: Formats) -> list[str]:
        """Return the chips of a line as they are spoken."""
        return [
            text
            for is_so, text in (
                (row.patient is not None, "" if row.patient is None else self.patient(row.patient)),
                (row.has_abnormal, self.abnormal()),
                (row.is_answer_wanted, self.answer_wanted()),
                (row.is_flagged and not row.is_answer_wanted, self.flagged()),
                (row.document_count > 0, self.documents(row.document_count)),
                (
                    row.send_at is not None,
                    "" if row.send_at is None else self.leaves_at(formats.shortly(row.send_at)),
                ),
            )
            if is_so
        ]

    def spoken_draft(self, row: DraftRow, formats: Formats) -> str:
        """Return a line of the list of drafts as a screen reader says it."""
        parts = [
            self.names(row.to) if row.to else self.tr("Without recipient"),
            row.subject or self.no_subject(),
            formats.in_list(row.changed_at),
        ]
        if row.patient is not None:
            parts.append(self.patient(row.patient))
        if row.documents:
            parts.append(self.documents(row.documents))
        return ", ".join(parts)

    def drafts(self, count: int) -> str:
        """Return a number of drafts."""
        return self.tr("%n draft(s)", "", count)

    def spoken_hit(self, hit: Hit, formats: Formats) -> str:
        """Return a letter that was found as a screen reader says it."""
        names = self.names(hit.people)
        if hit.direction is Direction.SENT:
            names = self.tr("To: {names}").format(names=names)
        parts = (
            names,
            hit.subject or self.no_subject(),
            formats.in_sentence(hit.at),
            "" if hit.patient is None else self.patient(hit.patient),
            " ".join(hit.snippet.split()),
        )
        return ", ".join(part for part in parts if part)

    def spoken_row(self, row: ConversationRow, formats: Formats) -> str:
        """Return a line of the mail list as a screen reader says it."""
        parts = [self.names(row.correspondents)]
        if row.unread_count:
            parts.append(self.unread(row.unread_count))
        parts += [row.subject or self.no_subject(), formats.in_list(row.latest_at)]
        if row.urgency is Urgency.URGENT:
            parts.append(self.urgent())
        parts += self._spoken_marks(row, formats)
        if row.problem is not Problem.NONE:
            parts.append(self.problem(row.problem))
        elif row.delivery is not None and row.latest_direction is Direction.SENT:
            parts.append(self.delivery(row.delivery))
        if row.trust is not None:
            is_compared = row.compared is not Comparison.NEVER
            parts.append(self.compared(row.compared) if is_compared else self.trust(row.trust))
        return ", ".join(parts)
