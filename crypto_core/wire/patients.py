# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is known of a patient beyond names and date of birth, and whether a national health identity can be one.

A card stays in the vaults of the owner's computers: no letter and no relay ever has it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum
from typing import Annotated, Final

from crypto_core.wire.codec import Size
from crypto_core.wire.devices import Version1
from crypto_core.wire.limits import MAX_NAME_BYTES, MAX_SUBJECT_BYTES

MAX_CARE_NOTE_BYTES: Final = 2_000
_NAME = Annotated[str, Size.up_to(MAX_NAME_BYTES)]
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DAY = Annotated[str, Size.up_to(10)]
_NUMBER: Final = re.compile(r"[1-478][0-9]{4}(?:[0-9]{2}|2[AB])[0-9]{6}[0-9]{2}")
_CORSICA: Final = (("2A", "19"), ("2B", "18"))
_MODULUS: Final = 97
_NATIONAL: Final = "1.2.250.1.213.1.4."
NIR_OID: Final = _NATIONAL + "8"
INS_OIDS: Final = frozenset(_NATIONAL + last for last in ("8", "9", "10", "11"))
"""Who gave an INS its number: NIR, NIA, and those of tests and demonstrations (R-28)."""


class Sex(IntEnum):
    """As ISO/IEC 5218 numbers it."""

    UNKNOWN = 0
    MALE = 1
    FEMALE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class NationalIdentity:
    """A patient's national health identity (INS): its 15 characters with the key, and who gave the number.

    Qualified: the national service has confirmed it together with birth name, given name, date of birth and sex.
    What is not qualified must not leave the owner's computers (R-28).
    """

    matricule: Annotated[str, Size.exactly(15)] = field(repr=False)
    oid: Annotated[str, Size(1, 64)]
    is_qualified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Representative:
    """Who decides for a patient who is a minor or protected, and in what capacity: a mother, a guardian."""

    name: Annotated[str, Size(1, MAX_NAME_BYTES)] = field(repr=False)
    capacity: _NAME = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientCard:
    """What is known of a patient beyond names and date of birth; days are YYYY-MM-DD, and what is unknown is empty."""

    version: Version1 = 1
    birth_name: _NAME = field(default="", repr=False)
    sex: Sex = field(default=Sex.UNKNOWN, repr=False)
    ins: NationalIdentity | None = field(default=None, repr=False)
    telephone: Annotated[str, Size.up_to(64)] = field(default="", repr=False)
    email: Annotated[str, Size.up_to(320)] = field(default="", repr=False)
    address: Annotated[str, Size.up_to(MAX_SUBJECT_BYTES)] = field(default="", repr=False)
    representative: Representative | None = field(default=None, repr=False)
    is_protected: bool = field(default=False, repr=False)
    """An adult under a measure of protection. Whether somebody is a minor follows from the date of birth."""
    notes: Annotated[str, Size.up_to(MAX_CARE_NOTE_BYTES)] = field(default="", repr=False)
    died_on: _DAY = field(default="", repr=False)
    seen_on: _DAY = field(default="", repr=False)
    """The last contact, as the owner wrote it: somebody may come without a letter being written."""


NO_CARD: Final = PatientCard()


def read_matricule(text: str) -> str | None:
    """Read an INS number as people write it, with blanks or without; None if its key is wrong or it is none.

    The key is 97 - (number mod 97); the departments of Corsica, 2A and 2B, count as 19 and 18.
    """
    number = "".join(text.split()).upper()
    if not _NUMBER.fullmatch(number):
        return None
    counted = number[:13]
    for letters, digits in _CORSICA:
        if counted[5:7] == letters:
            counted = counted[:5] + digits + counted[7:]
    return number if int(number[13:]) == _MODULUS - int(counted) % _MODULUS else None


def is_birth_date(text: str) -> bool:
    """Whether a text is a day of the calendar as YYYY-MM-DD, or empty."""
    if not text:
        return True
    try:
        return _DATE.fullmatch(text) is not None and date.fromisoformat(text).year > 0
    except ValueError:
        return False


def is_sound_card(card: PatientCard) -> bool:
    """Whether a card's days are days of the calendar, and its INS one that can be."""
    ins = card.ins
    is_ins = ins is None or (read_matricule(ins.matricule) == ins.matricule and ins.oid in INS_OIDS)
    return is_ins and is_birth_date(card.died_on) and is_birth_date(card.seen_on)
