# SPDX-License-Identifier: AGPL-3.0-or-later
"""Patients as documents name them: as one line, and compared with each other."""

from __future__ import annotations

import unicodedata

from app.engine.documents.formats.dates import birth_date
from app.engine.documents.formats.texts import one_line
from app.interface.documents import DocumentPatient


def patient_of(*, family: str, given: str, born: str) -> DocumentPatient | None:
    """Return a patient, or None without a name."""
    family, given = one_line(family, 400), one_line(given, 400)
    if not family:
        return None
    return DocumentPatient(family_name=family, given_name=given, birth_date=birth_date(born))


def is_same_patient(one: DocumentPatient, other: DocumentPatient) -> bool:
    """Tell whether two namings can mean the same person; what one of them leaves out does not part them."""
    if _bare(one.family_name) != _bare(other.family_name):
        return False
    if one.birth_date and other.birth_date and one.birth_date != other.birth_date:
        return False
    given, other_given = _bare(one.given_name), _bare(other.given_name)
    # The one document has all given names, the other the first.
    return given.startswith(other_given) or other_given.startswith(given)


def _bare(name: str) -> str:
    decomposed = unicodedata.normalize("NFD", name.casefold())
    return "".join(letter for letter in decomposed if letter.isalnum())
