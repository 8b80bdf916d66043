# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writes the vectors of assurances, `assurance/*.json`: one case a file, at most one failure a case.

`python tests/vectors/generate_assurance.py` writes what is missing; `--check` only compares. Leaves that devices
signed, once written, are kept for ever.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

# The script also runs by its path, from anywhere.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from crypto_core.keys.prekeys import DeviceKeys
from crypto_core.keys.signing import SigningPair
from crypto_core.wire.assurance import (
    AssuranceGiven,
    AssuranceLevel,
    AssuranceRevoked,
    DocumentKind,
    RevocationReason,
    Vouched,
    VouchWithdrawn,
)
from crypto_core.wire.audit import AuditLeaf, SessionsEnded, Verb
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.ids import RELAY_PSEUDONYM, DeviceId, Hash, UnixMillis, UtcOffsetMinutes
from crypto_core.wire.relay_api import Assurances, LeafProof
from crypto_core.wire.signed import HybridSignature
from tests.fakes.people import DAY, NOW, Person
from tests.fakes.relay_leaves import device_leaf, relay_leaf
from tests.fakes.sample_log import SampleLog, sample_signers
from tests.vectors.cases import Case, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from relay_server.audit.signing import LogSigners

FOLDER: Final = Path(__file__).with_name("assurance")
SOURCE: Final = "tests/vectors/generate_assurance.py"

CLAIRE, KARIM, LEA, THIEF = (Person.invent(name) for name in ("Claire", "Karim", "Léa", "voleur"))
VOUCHERS: Final = (KARIM, LEA, CLAIRE)
VOUCHER_FILE: Final = "vouchers"
HEADS: Final = (Hash(b"1" * 32), Hash(b"2" * 32))
FIRST_INDEX: Final = 5
SIGNERS: Final = sample_signers()
OTHER_ACT: Final = SessionsEnded(account=CLAIRE.account, device=RELAY_PSEUDONYM, count=1)
STRANGERS_KEYS: Final = DeviceKeys(
    account=KARIM.account, device=KARIM.device, signing=SigningPair.from_seed(b"s" * 64)
)


def given(*, signers: LogSigners = SIGNERS, **changes: Any) -> bytes:  # noqa: ANN401 - the fields of AssuranceGiven
    """Return the leaf of an operator's check of Claire."""
    content = AssuranceGiven(
        account=CLAIRE.account,
        level=AssuranceLevel.VERIFIED,
        document=DocumentKind.DIPLOMA,
        checked_at=UnixMillis(NOW - DAY),
        expires_at=UnixMillis(NOW + DAY),
    )
    return relay_leaf(signers, Verb.ASSURANCE_GIVEN, replace(content, **changes))


def revoked(leaf_index: int, **changes: Any) -> bytes:  # noqa: ANN401 - the fields of AssuranceRevoked
    """Return the leaf that takes a check back."""
    content = AssuranceRevoked(
        account=CLAIRE.account,
        leaf_index=leaf_index,
        reason=RevocationReason.NO_LONGER_PRACTISES,
    )
    return relay_leaf(SIGNERS, Verb.ASSURANCE_REVOKED, replace(content, **changes))


def vouch(by: Person, *, keys: DeviceKeys | None = None, **changes: Any) -> bytes:  # noqa: ANN401 - the fields of Vouched
    """Return the leaf of a colleague's vouch for Claire."""
    content = Vouched(
        voucher=by.account,
        voucher_device=by.device,
        account=CLAIRE.account,
        number=2,
        head=HEADS[1],
        at=NOW,
        utc_offset=UtcOffsetMinutes(60),
    )
    return device_leaf(keys or by.keys, Verb.VOUCHED, replace(content, **changes))


def withdrawal(by: Person, **changes: Any) -> bytes:  # noqa: ANN401 - the fields of VouchWithdrawn
    """Return the leaf by which a colleague takes it back."""
    content = VouchWithdrawn(
        voucher=by.account,
        voucher_device=by.device,
        account=CLAIRE.account,
        at=NOW,
        utc_offset=UtcOffsetMinutes(60),
    )
    return device_leaf(by.keys, Verb.VOUCH_WITHDRAWN, replace(content, **changes))


def with_half_of(leaf: bytes, other: bytes, name: str) -> bytes:
    """Replace one half of a device's signature by that of another leaf."""
    wrapped = decode(AuditLeaf, leaf)
    signature = decode(HybridSignature, wrapped.signature)
    stolen = decode(HybridSignature, decode(AuditLeaf, other).signature)
    changed = replace(signature, **{name: getattr(stolen, name)})
    return encode(replace(wrapped, signature=encode(changed)))


def operators(index: int) -> dict[str, Any]:
    """Return the operator's check as it stands."""
    return {
        "level": "VERIFIED",
        "log_index": index,
        "voucher": None,
        "document": "DIPLOMA",
        "since": NOW - DAY,
        "expires_at": NOW + DAY,
    }


def colleagues(index: int, by: Person) -> dict[str, Any]:
    """Return a vouch as it stands."""
    return {
        "level": "VOUCHED",
        "log_index": index,
        "voucher": by.account.hex(),
        "document": None,
        "since": NOW,
        "expires_at": None,
    }


def case(
    name: str,
    comment: str,
    *leaves: Callable[[], bytes],
    standing: tuple[dict[str, Any], ...] = (),
    refused: dict[str, str] | None = None,
    expect: str = "ok",
    now: int = NOW,
) -> Case:
    """Return a case of `assess`; the leaves stand in the log from index 5 on."""
    return Case(
        name=name,
        comment=comment,
        operation="assess",
        expect=expect,
        input={
            "account": CLAIRE.account.hex(),
            "heads": [head.hex() for head in HEADS],
            "first_index": FIRST_INDEX,
            "log_keys": list(SampleLog().log_keys),
            "now": now,
        },
        output={"standing": list(standing), "refused": refused or {}} if expect == "ok" else None,
        keep=lambda: {"leaves": [leaf().hex() for leaf in leaves]},
    )


def voucher_case() -> Case:
    """Return the file with the keys of those who vouch in all the others."""

    def keep() -> dict[str, Any]:
        return {
            "vouchers": [
                {
                    "certificate": encode(person.certificate).hex(),
                    "device_list": encode(person.device_list).hex(),
                    "log_index": 0,
                }
                for person in VOUCHERS
            ]
        }

    return Case(
        name=VOUCHER_FILE,
        comment="Certificates and first device lists; all other cases use them.",
        operation="vouchers",
        input={},
        output={"accounts": [person.account.hex() for person in VOUCHERS]},
        keep=keep,
    )


def standing_cases() -> Iterator[Case]:
    """What counts, and what no longer does."""
    yield case("none", "Nobody says anything.")
    yield case("verified", "The operator.", given, standing=(operators(5),))
    yield case("vouched", "A colleague.", lambda: vouch(KARIM), standing=(colleagues(5, KARIM),))
    yield case(
        "vouched_for_older_keys",
        "Event 1 of two.",
        lambda: vouch(KARIM, number=1, head=HEADS[0]),
        standing=(colleagues(5, KARIM),),
    )
    yield case(
        "all",
        "The highest first.",
        lambda: vouch(KARIM),
        given,
        lambda: vouch(LEA),
        standing=(operators(6), colleagues(7, LEA), colleagues(5, KARIM)),
    )
    yield case("revoked", "Taken back.", given, lambda: revoked(5))
    yield case(
        "revoked_other",
        "Another leaf was meant.",
        given,
        lambda: revoked(4),
        standing=(operators(5),),
    )
    yield case("expired", "To the millisecond.", given, now=NOW + DAY)
    yield case("not_expired", "One before.", given, now=NOW + DAY - 1, standing=(operators(5),))
    yield case("withdrawn", "Taken back.", lambda: vouch(KARIM), lambda: withdrawal(KARIM))
    yield case(
        "withdrawn_by_other",
        "By somebody who never vouched.",
        lambda: vouch(KARIM),
        lambda: withdrawal(LEA),
        standing=(colleagues(5, KARIM),),
    )
    yield case(
        "vouched_again",
        "Taken back, then not.",
        lambda: vouch(KARIM),
        lambda: withdrawal(KARIM),
        lambda: vouch(KARIM),
        standing=(colleagues(7, KARIM),),
    )


def refused_cases() -> Iterator[Case]:
    """What others did wrong: it does not count, and what is right beside it does."""

    def one(name: str, comment: str, leaf: Callable[[], bytes], refusal: str) -> Case:
        return case(
            f"refused_{name}",
            comment,
            leaf,
            lambda: vouch(LEA),
            standing=(colleagues(6, LEA),),
            refused={"5": refusal},
        )

    yield one("oneself", "Claire vouches for Claire.", lambda: vouch(CLAIRE), "oneself")
    yield one("unknown", "Whose keys nobody has.", lambda: vouch(THIEF), "unknown-voucher")
    yield one(
        "in_anothers_name",
        "From a device of the thief's own.",
        lambda: vouch(THIEF, voucher=KARIM.account),
        "device-not-listed",
    )
    yield one(
        "anothers_device",
        "The statement's actor is not the device named.",
        lambda: vouch(THIEF, voucher=KARIM.account, voucher_device=KARIM.device),
        "device-not-listed",
    )
    yield one(
        "device_unknown",
        "Never listed.",
        lambda: vouch(KARIM, voucher_device=DeviceId(bytes(16))),
        "device-not-listed",
    )
    yield one(
        "signature", "By another key.", lambda: vouch(KARIM, keys=STRANGERS_KEYS), "signature"
    )
    for half, other in (("ed25519", "ML-DSA-65"), ("ml_dsa_65", "Ed25519")):
        yield one(
            f"signature_without_{half}",
            f"Only the {other} half verifies.",
            lambda half=half: with_half_of(vouch(KARIM), vouch(LEA), half),  # type: ignore[misc]  # mypy cannot infer a lambda with a default
            "signature",
        )
    yield one(
        "head_other", "Keys it never had.", lambda: vouch(KARIM, head=Hash(bytes(32))), "other-keys"
    )
    yield one(
        "head_of_other_number", "Mixed up.", lambda: vouch(KARIM, head=HEADS[0]), "other-keys"
    )
    yield one("number_beyond", "Not yet.", lambda: vouch(KARIM, number=3), "other-keys")
    yield one(
        "malformed",
        "Another content.",
        lambda: device_leaf(KARIM.keys, Verb.VOUCHED, OTHER_ACT),
        "malformed",
    )
    for level in (
        AssuranceLevel.SELF_DECLARED,
        AssuranceLevel.VOUCHED,
        AssuranceLevel.PROFESSIONAL_CARD,
        AssuranceLevel.PRO_SANTE_CONNECT,
    ):
        yield one(
            f"level_{level.name.lower()}",
            "Not an operator's to give.",
            lambda level=level: given(level=level),  # type: ignore[misc]  # mypy cannot infer a lambda with a default
            "level-not-earned",
        )


def false_cases() -> Iterator[Case]:
    """What only the relay can have done wrong: nothing of its answer counts."""
    yield case(
        "false_check_of_other", "Karim's.", lambda: given(account=KARIM.account), expect="signature"
    )
    yield case(
        "false_revocation_of_other",
        "Karim's.",
        given,
        lambda: revoked(5, account=KARIM.account),
        expect="signature",
    )
    yield case(
        "false_vouch_for_other",
        "For Léa.",
        lambda: vouch(KARIM, account=LEA.account),
        expect="signature",
    )
    yield case(
        "false_check_forged",
        "By another key.",
        lambda: given(signers=sample_signers(seed=2)),
        expect="signature",
    )
    yield case(
        "false_other_act",
        "Not about this.",
        lambda: relay_leaf(SIGNERS, Verb.SESSIONS_ENDED, OTHER_ACT),
        expect="signature",
    )
    yield case("false_no_leaf", "Bytes.", lambda: b"no leaf", expect="wire")


def page_cases() -> Iterator[Case]:
    """Pages as the relay answers them."""

    def page(
        name: str,
        comment: str,
        expect: str,
        *indices: int,
        after: int = -1,
        change: Callable[[Assurances], Assurances] = lambda made: made,
        signers: LogSigners = SIGNERS,
    ) -> Case:
        def keep() -> dict[str, Any]:
            log = SampleLog((b"before", given(), b"between", given(), b"after"), signers=signers)
            proofs = tuple(
                LeafProof(leaf=log.leaves[index], index=index, path=log.inclusion(index))
                for index in indices
            )
            made = Assurances(checkpoint=log.note(), leaves=proofs, more=False)
            return {"page": encode(change(made)).hex()}

        return Case(
            name=f"page_{name}",
            comment=comment,
            operation="verify_assurance_page",
            expect=expect,
            input={"log_keys": list(SampleLog().log_keys), "after": after},
            output={"indices": list(indices)} if expect == "ok" else None,
            keep=keep,
        )

    def first(made: Assurances, **changes: Any) -> Assurances:  # noqa: ANN401 - the fields of LeafProof
        return replace(made, leaves=(replace(made.leaves[0], **changes), *made.leaves[1:]))

    yield page("valid", "Two leaves.", "ok", 1, 3)
    yield page("valid_second", "Above the first.", "ok", 3, after=1)
    yield page(
        "valid_empty",
        "None, and no checkpoint.",
        "ok",
        change=lambda made: replace(made, checkpoint=""),
    )
    yield page("order", "Falling.", "proof", 3, 1)
    yield page("twice", "One leaf twice.", "proof", 1, 1)
    yield page("again", "A leaf that was there before.", "proof", 1, after=1)
    yield page("elsewhere", "Another index.", "proof", 1, change=lambda made: first(made, index=2))
    yield page(
        "other_leaf",
        "Not this leaf.",
        "proof",
        1,
        change=lambda made: first(made, leaf=given(document=DocumentKind.IDENTITY_DOCUMENT)),
    )
    yield page(
        "path_cut",
        "A hash fewer.",
        "proof",
        1,
        change=lambda made: first(made, path=made.leaves[0].path[1:]),
    )
    yield page(
        "other_log", "Another log's checkpoint.", "signature", 1, signers=sample_signers(seed=2)
    )
    yield page(
        "no_checkpoint", "None.", "wire", 1, change=lambda made: replace(made, checkpoint="")
    )


def cases() -> tuple[Case, ...]:
    """Return all cases."""
    return (voucher_case(), *standing_cases(), *refused_cases(), *false_cases(), *page_cases())


if __name__ == "__main__":
    sys.exit(run(FOLDER, SOURCE, cases(), sys.argv[1:]))
