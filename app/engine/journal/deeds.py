# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the actions of the wire are called in the journal, and under which heading they stand there."""

from __future__ import annotations

from typing import Final

from app.interface.journal import Deed, DeedKind
from crypto_core.wire.journal import Action

_OF_KINDS: Final = {
    DeedKind.LETTERS: (
        Deed.COMPOSED,
        Deed.CALLED_BACK,
        Deed.RECEIVED,
        Deed.READ,
        Deed.REFUSED,
        Deed.REMOVED,
        Deed.TAKEN_BACK,
        Deed.ERASED,
        Deed.FILED,
        Deed.IMPORTED,
        Deed.ACCEPTED_BY_RELAY,
        Deed.NOT_DELIVERED,
        Deed.DELIVERED_TO,
        Deed.READ_BY,
        Deed.REFUSED_BY,
    ),
    DeedKind.DOCUMENTS: (
        Deed.DOCUMENT_SHOWN,
        Deed.DOCUMENT_SAVED,
        Deed.DOCUMENT_HANDED_ON,
        Deed.PRINTED,
        Deed.PUT_IN_FOLDER,
    ),
    DeedKind.PEOPLE: (
        Deed.CONTACT_ASKED,
        Deed.CONTACT_ACCEPTED,
        Deed.CONTACT_DECLINED,
        Deed.CONTACT_BLOCKED,
        Deed.CONTACT_UNBLOCKED,
        Deed.CONTACT_COMPARED,
        Deed.KEY_CHANGE_SEEN,
        Deed.VOUCHED,
        Deed.VOUCH_WITHDRAWN,
        Deed.ASSURANCE_GIVEN,
        Deed.ASSURANCE_REVOKED,
    ),
    DeedKind.PATIENTS: (
        Deed.PATIENT_ADDED,
        Deed.PATIENT_CHANGED,
        Deed.PATIENT_REMOVED,
        Deed.ERASURE_CERTIFIED,
        Deed.CONSENT_GIVEN,
        Deed.CONSENT_WITHDRAWN,
        Deed.OPPOSITION_STATED,
        Deed.OPPOSITION_LIFTED,
        Deed.PATIENT_INFORMED,
        Deed.CARE_STATED,
        Deed.SENT_IN_EMERGENCY,
        Deed.PATIENT_MERGED,
        Deed.PATIENT_MERGE_UNDONE,
        Deed.PATIENTS_IMPORTED,
    ),
    DeedKind.ACCESS: (
        Deed.UNLOCK_REFUSED,
        Deed.UNLOCKED,
        Deed.LOCKED,
        Deed.KIT_SHOWN,
        Deed.KIT_REHEARSED,
        Deed.BROUGHT_BACK,
        Deed.SIGNED_IN,
        Deed.SIGN_IN_REFUSED,
        Deed.SESSIONS_ENDED,
        Deed.FACTOR_CHANGED,
        Deed.COMPUTERS_CHANGED,
        Deed.KIT_ANNOUNCED,
        Deed.KIT_CALLED_OFF,
        Deed.ADMINISTERED,
        Deed.SIGNATURE_INVALID,
    ),
}

KIND_OF: Final = {deed: kind for kind, deeds in _OF_KINDS.items() for deed in deeds} | {
    deed: DeedKind.OTHER for deed in Deed if not any(deed in deeds for deeds in _OF_KINDS.values())
}
"""Under which heading a deed stands."""

DEED_OF: Final = {action: Deed[action.name] for action in Action}
"""What an action is called."""
