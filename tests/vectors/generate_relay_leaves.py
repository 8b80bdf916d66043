# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writes the vectors of what the relay states about itself and its operator, `relay_leaves/*.json`.

`python tests/vectors/generate_relay_leaves.py` writes what is missing; `--check` only compares.
"""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import cbor2

# The script also runs by its path, from anywhere.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from crypto_core.trust.audit import CHAIN_START
from crypto_core.wire.audit import (
    Administered,
    AdministratorAct,
    AuditLeaf,
    AuditStatement,
    EntriesErased,
    SignatureInvalid,
    Verb,
)
from crypto_core.wire.codec import encode
from crypto_core.wire.ids import RELAY_PSEUDONYM, UnixMillis
from crypto_core.wire.labels import RELAY_STATEMENT, STATEMENT
from tests.fakes.people import DAY, NOW, Person
from tests.fakes.sample_log import sample_signers
from tests.vectors.cases import Case, run

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER: Final = Path(__file__).with_name("relay_leaves")
SOURCE: Final = "tests/vectors/generate_relay_leaves.py"
SIGNERS: Final = sample_signers()
CLAIRE: Final = Person.invent("Claire")
ERASED: Final = EntriesErased(
    before=UnixMillis(NOW - 366 * DAY), below=1000, entries=900, life_months=12
)
TYPES: Final = {
    Verb.ENTRIES_ERASED: EntriesErased,
    Verb.SIGNATURE_INVALID: SignatureInvalid,
    Verb.ADMINISTERED: Administered,
}


def shown(content: object) -> dict[str, Any]:
    """Return the fields of a content as JSON has them."""
    said = asdict(content)  # type: ignore[call-overload]  # a dataclass, which object does not say
    return {
        name: value.hex() if isinstance(value, bytes) else value for name, value in said.items()
    }


def leaf_of(verb: Verb, content: object, *, label: bytes = RELAY_STATEMENT) -> bytes:
    """Return a signed leaf, its content an object of the wire or plain CBOR that is none."""
    encoded = cbor2.dumps(content) if isinstance(content, list) else encode(content)
    statement = encode(
        AuditStatement(
            version=1,
            actor=RELAY_PSEUDONYM,
            sequence=0,
            previous=CHAIN_START,
            verb=verb,
            content=encoded,
        )
    )
    return encode(
        AuditLeaf(
            version=1,
            statement=statement,
            signature=SIGNERS.ed25519.private_key.sign(label + statement),
            relay_time=NOW,
            nonce=bytes(16),
        )
    )


def case(
    name: str,
    comment: str,
    verb: Verb,
    content: object,
    *,
    expect: str = "ok",
    said: Verb | None = None,
    label: bytes = RELAY_STATEMENT,
) -> Case:
    """Return a leaf that is read as one with `verb`; `said` is the verb it has, if another."""
    return Case(
        name=name,
        comment=comment,
        operation="read_relay_leaf",
        input={
            "log_key": SIGNERS.identity.ed25519.public_key.hex(),
            "verb": verb.name,
            "leaf": leaf_of(said or verb, content, label=label).hex(),
        },
        expect=expect,
        output=shown(content) if expect == "ok" else None,
    )


def cases() -> tuple[Case, ...]:
    """Return all vectors."""
    return (*_sound(), *_false())


def _sound() -> Iterator[Case]:
    yield case("ok_entries_erased", "After a year.", Verb.ENTRIES_ERASED, ERASED)
    for name, account in (("device", CLAIRE.account), ("relay", None)):
        content = SignatureInvalid(leaf_index=17, account=account)
        yield case(f"ok_signature_invalid_{name}", "Whose it is.", Verb.SIGNATURE_INVALID, content)
    for act in AdministratorAct:
        said = Administered(
            act=act,
            account=CLAIRE.account if act is AdministratorAct.FORGIVEN else None,
            months=24 if act is AdministratorAct.LIFE_CHANGED else None,
        )
        yield case(
            f"ok_administered_{act.name.lower()}", "By the operator.", Verb.ADMINISTERED, said
        )


def _false() -> Iterator[Case]:
    erased, administered = Verb.ENTRIES_ERASED, Verb.ADMINISTERED
    for months in (5, 37):
        content = [ERASED.before, ERASED.below, ERASED.entries, months]
        yield case(f"life_of_{months}_months", "Outside the law.", erased, content, expect="wire")
        yield case(
            f"life_set_to_{months}_months",
            "Outside the law.",
            administered,
            [int(AdministratorAct.LIFE_CHANGED), None, months],
            expect="wire",
        )
    yield case("act_unknown", "Of a later version.", administered, [6, None, None], expect="wire")
    yield case("fields_surplus", "One more.", Verb.SIGNATURE_INVALID, [17, None, 0], expect="wire")
    yield case("verb_other", "An erasure.", administered, ERASED, said=erased, expect="signature")
    yield case(
        "signed_as_device",
        "Under devices' label.",
        erased,
        ERASED,
        label=STATEMENT,
        expect="signature",
    )


if __name__ == "__main__":
    sys.exit(run(FOLDER, SOURCE, cases(), sys.argv[1:]))
