# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an account's computers record of what was done on them: a closed list of actions and their fields.

An entry names letters, people and patients by their numbers, which mean nothing outside the account; it has no
word of a letter, no name and nothing that was searched for (CNIL 2021-122; requirements R-15 and R-16). The log
gets an entry's commitment only, the relay besides that the entry sealed under the account's journal key.
Which act is recorded by a leaf that the relay can read (a letter accepted, a sign-in, a change of keys or of
factors) is not recorded a second time here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Annotated, Final

from crypto_core.wire.codec import Range, Size
from crypto_core.wire.devices import Version1
from crypto_core.wire.ids import (
    AccountId,
    MessageId,
    PatientId,
    UnixMillis,
    UtcOffsetMinutes,
)
from crypto_core.wire.limits import JOURNAL_SALT_BYTES, MAX_ATTACHMENTS, MAX_SLOTS


class Action(IntEnum):
    """What somebody did, or what came to them. The numbers are for ever; an unknown one is refused."""

    UNLOCK_REFUSED = 10
    """The passphrase was wrong, `number` times since the entry before; recorded once the vault opens again."""
    UNLOCKED = 11
    """`number`: 0 with the passphrase, 1 with the recovery kit."""
    LOCKED = 12
    """`number`: a LockCause."""
    KIT_SHOWN = 13
    """The code of a recovery kit was on the screen or on paper."""
    KIT_REHEARSED = 14
    BACKED_UP = 15
    BROUGHT_BACK = 16
    """This computer began with what a recovery package or a backup held."""
    SETTING_CHANGED = 17
    """`number`: a JournalledSetting."""

    COMPOSED = 20
    """A letter was finished and put on its way; `number` of its documents."""
    CALLED_BACK = 21
    """A letter that had not left became a draft again."""
    RECEIVED = 22
    READ = 23
    REFUSED = 24
    """`number`: a RefusalReason (wire/content.py)."""
    REMOVED = 25
    TAKEN_BACK = 26
    """What was removed is there again."""
    ERASED = 27
    """The letter, its words and its documents are gone from this computer for ever."""
    FILED = 28
    """Filed under a patient; without one, under none any more."""
    DOCUMENT_SHOWN = 30
    DOCUMENT_SAVED = 31
    """A readable copy was written where the person chose."""
    DOCUMENT_HANDED_ON = 32
    """A readable copy was opened in another program."""
    PRINTED = 33
    """A letter, or one of its documents."""
    PUT_IN_FOLDER = 34
    """A letter, or one of its documents, written for the practice's software."""
    IMPORTED = 35
    """`number` letters of another mail program were taken over."""

    SEARCHED = 40
    """In what is on this computer; `number` of what was found."""
    DIRECTORY_SEARCHED = 41

    CONTACT_ASKED = 50
    CONTACT_ACCEPTED = 51
    CONTACT_DECLINED = 52
    CONTACT_BLOCKED = 53
    CONTACT_UNBLOCKED = 54
    CONTACT_COMPARED = 55
    """Words were compared and found the same, or a card was read from the person themselves."""
    KEY_CHANGE_SEEN = 56
    """Somebody looked at an unexpected change of this person's keys and lets letters go again."""

    PATIENT_ADDED = 60
    PATIENT_CHANGED = 61
    PATIENT_REMOVED = 62
    PATIENT_MERGED = 63
    """Another one was found to be the same person, and is removed."""
    PATIENT_MERGE_UNDONE = 64
    PATIENTS_IMPORTED = 65
    """`number` of patients were taken over from a table."""

    ABSENCE_SAID = 70
    """`person`: who stands in, if somebody does."""
    ABSENCE_ENDED = 71

    JOURNAL_EXPORTED = 80
    """`number` of entries that were written out, as a report or with their proofs."""
    ENTRIES_ERASED = 81
    """`number` of entries whose time was over were erased; their hashes stay in the log."""

    ERASURE_CERTIFIED = 90
    """`number` of letters were erased for good, and nothing is left that opens them; `letter` is the number of the
    certificate (wire/erasure.py), `patient` that of the patient, if it was one."""
    CONSENT_GIVEN = 100
    CONSENT_WITHDRAWN = 101
    OPPOSITION_STATED = 102
    OPPOSITION_LIFTED = 103
    PATIENT_INFORMED = 104
    """That such things go to these people."""
    CARE_STATED = 105
    """`number`: a CareTie (wire/decisions.py)."""
    SENT_IN_EMERGENCY = 106
    """Against what the rules say, for a reason that stands in the record."""


class LockCause(IntEnum):
    """Why a computer locked."""

    PERSON = 0
    IDLE = 1
    SLEEP = 2
    DESKTOP = 3
    """The desktop was locked, or another person's session came to the front."""
    CLOSED = 4
    """The program was closed."""


class JournalledSetting(IntEnum):
    """Which setting was changed. What to is not said: nobody asks a journal for it."""

    AUTOMATIC_LOCK = 0
    BACKUP_FOLDER = 1
    WATCHED_FOLDERS = 2
    JOURNAL_LIFE = 3
    NOTICES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """One act, at the computer's own time. `FIELDS` says which of the fields below its action has."""

    version: Version1
    action: Action
    at: UnixMillis
    utc_offset: UtcOffsetMinutes
    letter: MessageId | None = None
    people: Annotated[tuple[AccountId, ...], Size.up_to(MAX_SLOTS)] = ()
    """To whom a letter goes or from whom it is; whom the act is about."""
    patient: PatientId | None = None
    document: Annotated[int, Range(0, MAX_ATTACHMENTS - 1)] | None = None
    """Which of the letter's documents, counted from 0."""
    number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedEntry:
    """What a sealed entry holds: the commitment in the log is SHA-256(SEALED_LEAF ‖ salt ‖ entry)."""

    salt: Annotated[bytes, Size.exactly(JOURNAL_SALT_BYTES)]
    entry: JournalEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """Which fields of an entry an action has: `needs` always, `may` sometimes, all others never."""

    needs: frozenset[str] = frozenset()
    may: frozenset[str] = frozenset()


def _fields(*needs: str, may: tuple[str, ...] = ()) -> Fields:
    return Fields(needs=frozenset(needs), may=frozenset(may))


_NONE: Final = _fields()
_NUMBER: Final = _fields("number")
_PERSON: Final = _fields("people")
_PATIENT: Final = _fields("patient")
# People outside the system have no number: a decision about them alone names nobody.
_DECISION: Final = _fields("patient", may=("people",))
_LETTER: Final = _fields("letter", "people", may=("patient",))
_LETTER_AND_NUMBER: Final = _fields("letter", "people", "number", may=("patient",))
# Of imported mail nobody knows whose account wrote it.
_ANY_LETTER: Final = _fields("letter", may=("people", "patient"))
_DOCUMENT: Final = _fields("letter", "document", may=("people", "patient"))

FIELDS: Final = {
    Action.UNLOCK_REFUSED: _NUMBER,
    Action.UNLOCKED: _NUMBER,
    Action.LOCKED: _NUMBER,
    Action.KIT_SHOWN: _NONE,
    Action.KIT_REHEARSED: _NONE,
    Action.BACKED_UP: _NONE,
    Action.BROUGHT_BACK: _NONE,
    Action.SETTING_CHANGED: _NUMBER,
    Action.COMPOSED: _LETTER_AND_NUMBER,
    Action.CALLED_BACK: _LETTER,
    Action.RECEIVED: _LETTER_AND_NUMBER,
    Action.READ: _ANY_LETTER,
    Action.REFUSED: _LETTER_AND_NUMBER,
    Action.REMOVED: _ANY_LETTER,
    Action.TAKEN_BACK: _ANY_LETTER,
    Action.ERASED: _ANY_LETTER,
    Action.FILED: _ANY_LETTER,
    Action.DOCUMENT_SHOWN: _DOCUMENT,
    Action.DOCUMENT_SAVED: _DOCUMENT,
    Action.DOCUMENT_HANDED_ON: _DOCUMENT,
    Action.PRINTED: _fields("letter", may=("people", "patient", "document")),
    Action.PUT_IN_FOLDER: _fields("letter", "people", may=("patient", "document")),
    Action.IMPORTED: _NUMBER,
    Action.SEARCHED: _NUMBER,
    Action.DIRECTORY_SEARCHED: _NUMBER,
    Action.CONTACT_ASKED: _PERSON,
    Action.CONTACT_ACCEPTED: _PERSON,
    Action.CONTACT_DECLINED: _PERSON,
    Action.CONTACT_BLOCKED: _PERSON,
    Action.CONTACT_UNBLOCKED: _PERSON,
    Action.CONTACT_COMPARED: _PERSON,
    Action.KEY_CHANGE_SEEN: _PERSON,
    Action.PATIENT_ADDED: _PATIENT,
    Action.PATIENT_CHANGED: _PATIENT,
    Action.PATIENT_REMOVED: _PATIENT,
    Action.PATIENT_MERGED: _PATIENT,
    Action.PATIENT_MERGE_UNDONE: _PATIENT,
    Action.PATIENTS_IMPORTED: _NUMBER,
    Action.ABSENCE_SAID: _fields(may=("people",)),
    Action.ABSENCE_ENDED: _NONE,
    Action.JOURNAL_EXPORTED: _NUMBER,
    Action.ENTRIES_ERASED: _NUMBER,
    Action.ERASURE_CERTIFIED: _fields("letter", "number", may=("patient",)),
    Action.CONSENT_GIVEN: _DECISION,
    Action.CONSENT_WITHDRAWN: _DECISION,
    Action.OPPOSITION_STATED: _DECISION,
    Action.OPPOSITION_LIFTED: _DECISION,
    Action.PATIENT_INFORMED: _DECISION,
    Action.CARE_STATED: _fields("patient", "number", may=("people",)),
    Action.SENT_IN_EMERGENCY: _fields("patient", "letter", may=("people",)),
}
"""Every action, with the fields that it has."""

_OF_MANY: Final = frozenset(
    {
        Action.CONSENT_GIVEN,
        Action.CONSENT_WITHDRAWN,
        Action.OPPOSITION_STATED,
        Action.OPPOSITION_LIFTED,
        Action.PATIENT_INFORMED,
        Action.CARE_STATED,
    }
)
_OPTIONAL: Final = ("letter", "people", "patient", "document", "number")


def is_sound(entry: JournalEntry) -> bool:
    """Whether an entry has the fields of its action, and no others."""
    has = {name for name in _OPTIONAL if getattr(entry, name) not in (None, ())}
    needed, allowed = FIELDS[entry.action].needs, FIELDS[entry.action].may
    is_of_many = "letter" in has or entry.action in _OF_MANY
    return needed <= has <= needed | allowed and (is_of_many or len(entry.people) <= 1)
