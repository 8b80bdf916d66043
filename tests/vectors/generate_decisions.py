# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writes the vectors of what patients decide and of how the journal commits to it, `decisions/*.json`: one case a file.

`python tests/vectors/generate_decisions.py` writes what is missing; `--check` only compares.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import cbor2

# The script also runs by its path, from anywhere.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from crypto_core.trust.audit import record_salt
from crypto_core.wire.codec import encode
from crypto_core.wire.decisions import (
    Basis,
    Capacity,
    CareTie,
    Channel,
    ConsentTerms,
    DataKind,
    DecisionId,
    DecisionKind,
    NoticeRef,
    Party,
    PatientDecision,
)
from crypto_core.wire.ids import (
    AccountId,
    DeviceId,
    Hash,
    MessageId,
    PatientId,
    UnixMillis,
    UtcOffsetMinutes,
)
from crypto_core.wire.words import WordLanguage
from tests.vectors.cases import Case, run

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER: Final = Path(__file__).with_name("decisions")
SOURCE: Final = "tests/vectors/generate_decisions.py"

NOW: Final = 1_790_000_000_000
NONCE: Final = bytes(range(32))
PARTY: Final = Party(account=AccountId(b"b" * 20), name="Sophie Lambert", profession="Naturopathe")
CONSENT: Final = PatientDecision(
    version=1,
    decision=DecisionId(b"c" * 16),
    account=AccountId(b"a" * 20),
    device=DeviceId(b"d" * 16),
    patient=PatientId(b"p" * 16),
    kind=DecisionKind.CONSENT,
    at=UnixMillis(NOW),
    utc_offset=UtcOffsetMinutes(60),
    seen=(DecisionId(b"w" * 16),),
    parties=(PARTY,),
    channel=Channel.PAPER,
    capacity=Capacity.PARENT,
    by="Anne Duval",
    terms=ConsentTerms(
        purpose="Suivi de la lombalgie",
        data=(DataKind.LETTERS, DataKind.RESULTS),
        basis=Basis.EXPLICIT,
        notice=NoticeRef(
            name="partage", version=1, language=WordLanguage.FRENCH, sha256=Hash(b"n" * 32)
        ),
        until=UnixMillis(NOW + 15_552_000_000),
    ),
    evidence=Hash(b"e" * 32),
    number=None,
    letter=None,
    text="",
)
OPPOSITION: Final = replace(
    CONSENT,
    kind=DecisionKind.OPPOSITION,
    seen=(),
    parties=(),
    channel=Channel.ORAL,
    capacity=Capacity.PATIENT,
    by="",
    terms=None,
    evidence=None,
)
TIE: Final = replace(OPPOSITION, kind=DecisionKind.TIE, parties=(PARTY,), number=int(CareTie.TEAM))
EMERGENCY: Final = replace(
    OPPOSITION,
    kind=DecisionKind.EMERGENCY,
    parties=(PARTY,),
    letter=MessageId(b"m" * 16),
    text="Inconscient, hémorragie",
)


def salted(name: str, comment: str, decision: PatientDecision) -> Case:
    """Make a case of a record and of the salt that commits to it; the bytes stand for the encoded Signed."""
    encoded = encode(decision)
    return Case(
        name=name,
        comment=comment,
        operation="salt_of_decision",
        input={"decision": encoded.hex(), "nonce": NONCE.hex()},
        output=record_salt(NONCE, encoded).hex(),
    )


def refused(name: str, comment: str, encoded: bytes) -> Case:
    """Make a case of bytes that are no record."""
    return Case(
        name=name,
        comment=comment,
        operation="salt_of_decision",
        input={"decision": encoded.hex(), "nonce": NONCE.hex()},
        expect="wire",
    )


def _all() -> Iterator[Case]:
    yield salted("ok_consent", "A consent with all that it may have.", CONSENT)
    yield salted("ok_opposition", "An opposition to everybody.", OPPOSITION)
    yield salted("ok_tie", "Somebody is of the care team.", TIE)
    yield salted("ok_emergency", "A letter that went all the same, with its reason.", EMERGENCY)
    for name, comment, decision in (
        ("fields_consent_terms", "A consent without terms.", replace(CONSENT, terms=None)),
        ("fields_consent_nobody", "A consent for nobody.", replace(CONSENT, parties=())),
        ("fields_terms", "An opposition with terms.", replace(OPPOSITION, terms=CONSENT.terms)),
        ("fields_tie", "A statement that does not exist.", replace(TIE, number=9)),
        ("fields_lifting", "A lifting of nothing.", replace(OPPOSITION, kind=DecisionKind.LIFTING)),
        ("fields_reason", "An emergency without a reason.", replace(EMERGENCY, text=" ")),
        ("fields_itself", "A record that overrides itself.", replace(TIE, seen=(TIE.decision,))),
        ("fields_twice", "The same party twice.", replace(TIE, parties=(PARTY, PARTY))),
    ):
        yield refused(name, comment, encode(decision))
    items = cbor2.loads(encode(OPPOSITION))
    yield refused(
        "structure_version", "Another version.", cbor2.dumps([2, *items[1:]], canonical=True)
    )


def cases() -> tuple[Case, ...]:
    """Return every case."""
    return tuple(_all())


if __name__ == "__main__":
    sys.exit(run(FOLDER, SOURCE, cases(), sys.argv[1:]))
