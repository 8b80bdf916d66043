# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who somebody is: what counts, what no longer counts, and what never did."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from crypto_core.errors import CryptoCoreError, ProofError, SignatureError, WireError
from crypto_core.keys.prekeys import DeviceKeys
from crypto_core.keys.signing import SigningPair
from crypto_core.trust.assurance import (
    AssuranceReport,
    ProvenLeaf,
    Refusal,
    assess,
    heads_of,
    read_vouch,
    verify_assurance_page,
    vouchers_of,
)
from crypto_core.trust.key_history import KeyHistory, RecordedEvent
from crypto_core.wire.assurance import (
    AssuranceGiven,
    AssuranceLevel,
    AssuranceRevoked,
    DocumentKind,
    RevocationReason,
    Vouched,
    VouchWithdrawn,
)
from crypto_core.wire.audit import AuditLeaf, AuditStatement, SessionsEnded, Verb
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.devices import KeyEvent, KeyEventKind
from crypto_core.wire.ids import RELAY_PSEUDONYM, DeviceId, Hash, UnixMillis, UtcOffsetMinutes
from crypto_core.wire.relay_api import Assurances, LeafProof
from crypto_core.wire.signed import HybridSignature
from tests.fakes.people import DAY, NOW, Person
from tests.fakes.relay_leaves import device_leaf, relay_leaf
from tests.fakes.sample_log import SampleLog, sample_signers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from crypto_core.trust.devices import ListedDevices
    from crypto_core.wire.ids import AccountId

CLAIRE, KARIM, LEA, THIEF = (Person.invent(name) for name in ("Claire", "Karim", "Léa", "voleur"))
SIGNERS = sample_signers()
HEADS = (Hash(b"1" * 32), Hash(b"2" * 32))
HISTORIES: dict[AccountId, ListedDevices] = {
    person.account: person.history_ for person in (CLAIRE, KARIM, LEA)
}


OTHER_ACT = SessionsEnded(account=CLAIRE.account, device=RELAY_PSEUDONYM, count=1)


def given(**changes: Any) -> bytes:  # noqa: ANN401 - the fields of AssuranceGiven
    content = AssuranceGiven(
        account=CLAIRE.account,
        level=AssuranceLevel.VERIFIED,
        document=DocumentKind.DIPLOMA,
        checked_at=UnixMillis(NOW - DAY),
        expires_at=None,
    )
    return relay_leaf(SIGNERS, Verb.ASSURANCE_GIVEN, replace(content, **changes))


def revoked(leaf_index: int, **changes: Any) -> bytes:  # noqa: ANN401 - the fields of AssuranceRevoked
    content = AssuranceRevoked(
        account=CLAIRE.account, leaf_index=leaf_index, reason=RevocationReason.GIVEN_IN_ERROR
    )
    return relay_leaf(SIGNERS, Verb.ASSURANCE_REVOKED, replace(content, **changes))


def vouch(by: Person, *, keys: DeviceKeys | None = None, **changes: Any) -> bytes:  # noqa: ANN401 - the fields of Vouched
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


def withdrawal(by: Person, *, keys: DeviceKeys | None = None, **changes: Any) -> bytes:  # noqa: ANN401 - the fields of VouchWithdrawn
    content = VouchWithdrawn(
        voucher=by.account,
        voucher_device=by.device,
        account=CLAIRE.account,
        at=NOW,
        utc_offset=UtcOffsetMinutes(60),
    )
    return device_leaf(keys or by.keys, Verb.VOUCH_WITHDRAWN, replace(content, **changes))


def report(
    *leaves: bytes,
    now: int = NOW,
    histories: Mapping[AccountId, ListedDevices] = HISTORIES,
    first: int = 5,
) -> AssuranceReport:
    """Assess the leaves as they would stand from index `first` on."""
    return assess(
        [ProvenLeaf(index, leaf) for index, leaf in enumerate(leaves, first)],
        account=CLAIRE.account,
        heads=HEADS,
        histories=histories,
        log=SIGNERS.identity,
        now=UnixMillis(now),
    )


def test_whom_nobody_stands_up_for_is_self_declared() -> None:
    assert report().level is AssuranceLevel.SELF_DECLARED
    assert report().standing == ()


def test_the_operators_check_stands_with_document_and_day() -> None:
    (assurance,) = report(given()).standing
    assert assurance.level is AssuranceLevel.VERIFIED
    assert (assurance.voucher, assurance.document) == (None, DocumentKind.DIPLOMA)
    assert (assurance.since, assurance.log_index) == (NOW - DAY, 5)


def test_a_colleagues_vouch_stands_with_the_colleagues_name() -> None:
    (assurance,) = report(vouch(KARIM)).standing
    assert assurance.level is AssuranceLevel.VOUCHED
    assert (assurance.voucher, assurance.document, assurance.since) == (KARIM.account, None, NOW)


def test_the_highest_comes_first_and_all_are_there() -> None:
    found = report(vouch(KARIM), given(), vouch(LEA))
    assert [each.voucher for each in found.standing] == [None, LEA.account, KARIM.account]
    assert found.level is AssuranceLevel.VERIFIED


def test_a_vouch_for_older_keys_of_the_account_stands() -> None:
    assert report(vouch(KARIM, number=1, head=HEADS[0])).level is AssuranceLevel.VOUCHED


def test_what_was_revoked_no_longer_stands() -> None:
    assert report(given(), revoked(5)).level is AssuranceLevel.SELF_DECLARED
    assert report(given(), revoked(4)).level is AssuranceLevel.VERIFIED
    again = report(given(), revoked(5), given())
    assert [each.log_index for each in again.standing] == [7]


def test_nothing_is_revoked_in_advance() -> None:
    assert report(revoked(6), given()).level is AssuranceLevel.VERIFIED


def test_what_has_expired_no_longer_stands() -> None:
    leaves = (vouch(KARIM), given(expires_at=UnixMillis(NOW + DAY)))
    assert report(*leaves, now=NOW + DAY - 1).level is AssuranceLevel.VERIFIED
    assert report(*leaves, now=NOW + DAY).level is AssuranceLevel.VOUCHED


def test_a_withdrawn_vouch_no_longer_stands() -> None:
    assert report(vouch(KARIM), withdrawal(KARIM)).standing == ()
    other = report(vouch(KARIM), vouch(LEA), withdrawal(LEA))
    assert [each.voucher for each in other.standing] == [KARIM.account]
    assert report(withdrawal(KARIM), vouch(KARIM)).level is AssuranceLevel.VOUCHED


def other_half(leaf: bytes, name: str) -> bytes:
    """Replace one half of a device's signature by that of another device."""
    wrapped, other = decode(AuditLeaf, leaf), decode(AuditLeaf, vouch(THIEF))
    signature = decode(HybridSignature, wrapped.signature)
    stolen = decode(HybridSignature, other.signature)
    changed = replace(signature, **{name: getattr(stolen, name)})
    return encode(replace(wrapped, signature=encode(changed)))


STRANGERS_KEYS = DeviceKeys(
    account=KARIM.account, device=KARIM.device, signing=SigningPair.from_seed(b"s" * 64)
)


@pytest.mark.parametrize(
    ("leaf", "refusal"),
    [
        pytest.param(lambda: vouch(CLAIRE), Refusal.ONESELF, id="by oneself"),
        pytest.param(lambda: vouch(THIEF), Refusal.UNKNOWN_VOUCHER, id="by whom nobody knows"),
        pytest.param(
            lambda: vouch(THIEF, voucher=KARIM.account),
            Refusal.DEVICE_NOT_LISTED,
            id="in another's name, from an own device",
        ),
        pytest.param(
            lambda: vouch(THIEF, voucher=KARIM.account, voucher_device=KARIM.device),
            Refusal.DEVICE_NOT_LISTED,
            id="in the name of another's device",
        ),
        pytest.param(
            lambda: vouch(KARIM, keys=STRANGERS_KEYS), Refusal.SIGNATURE, id="signed by another key"
        ),
        pytest.param(
            lambda: other_half(vouch(KARIM), "ed25519"), Refusal.SIGNATURE, id="only ML-DSA-65"
        ),
        pytest.param(
            lambda: other_half(vouch(KARIM), "ml_dsa_65"), Refusal.SIGNATURE, id="only Ed25519"
        ),
        pytest.param(
            lambda: vouch(KARIM, voucher_device=DeviceId(bytes(16))),
            Refusal.DEVICE_NOT_LISTED,
            id="from a device never listed",
        ),
        pytest.param(
            lambda: vouch(KARIM, head=HEADS[0]), Refusal.OTHER_KEYS, id="keys under another number"
        ),
        pytest.param(
            lambda: vouch(KARIM, head=Hash(b"x" * 32)), Refusal.OTHER_KEYS, id="keys it never had"
        ),
        pytest.param(
            lambda: vouch(KARIM, number=3, head=HEADS[1]),
            Refusal.OTHER_KEYS,
            id="keys it does not have yet",
        ),
        pytest.param(
            lambda: device_leaf(KARIM.keys, Verb.VOUCHED, OTHER_ACT),
            Refusal.MALFORMED,
            id="something else",
        ),
        pytest.param(
            lambda: given(level=AssuranceLevel.PROFESSIONAL_CARD),
            Refusal.LEVEL_NOT_EARNED,
            id="a professional card that nothing reads yet",
        ),
        pytest.param(
            lambda: given(level=AssuranceLevel.PRO_SANTE_CONNECT),
            Refusal.LEVEL_NOT_EARNED,
            id="Pro Santé Connect, which nothing asks yet",
        ),
        pytest.param(
            lambda: given(level=AssuranceLevel.VOUCHED),
            Refusal.LEVEL_NOT_EARNED,
            id="the operator as a colleague",
        ),
    ],
)
def test_what_nobody_had_a_right_to_say_does_not_count(
    leaf: Callable[[], bytes], refusal: Refusal
) -> None:
    found = report(leaf())
    assert found.level is AssuranceLevel.SELF_DECLARED
    assert found.refused == {5: refusal}


def test_a_bad_vouch_does_not_spoil_the_good_ones() -> None:
    found = report(vouch(KARIM, keys=STRANGERS_KEYS), vouch(LEA))
    assert [each.voucher for each in found.standing] == [LEA.account]


def test_nobody_else_withdraws_a_vouch() -> None:
    for forged in (
        withdrawal(THIEF, voucher=KARIM.account),
        withdrawal(THIEF, voucher=KARIM.account, voucher_device=KARIM.device),
        withdrawal(KARIM, keys=STRANGERS_KEYS),
        withdrawal(LEA),
    ):
        assert report(vouch(KARIM), forged).level is AssuranceLevel.VOUCHED


def test_a_device_vouches_only_while_it_is_listed() -> None:
    # Karim's list took effect with leaf 0, so nothing before it was his.
    assert report(vouch(KARIM), first=0).refused == {0: Refusal.DEVICE_NOT_LISTED}
    assert report(vouch(KARIM), first=1).level is AssuranceLevel.VOUCHED


@pytest.mark.parametrize(
    "leaf",
    [
        pytest.param(lambda: given(account=KARIM.account), id="a check of somebody else"),
        pytest.param(lambda: revoked(5, account=KARIM.account), id="a revocation of another's"),
        pytest.param(lambda: vouch(KARIM, account=LEA.account), id="a vouch for somebody else"),
        pytest.param(
            lambda: relay_leaf(
                sample_signers(seed=2),
                Verb.ASSURANCE_GIVEN,
                decode(
                    AssuranceGiven,
                    decode(AuditStatement, decode(AuditLeaf, given()).statement).content,
                ),
            ),
            id="a check that the relay has not signed",
        ),
        pytest.param(
            lambda: device_leaf(
                KARIM.keys,
                Verb.ASSURANCE_GIVEN,
                decode(
                    AssuranceGiven,
                    decode(AuditStatement, decode(AuditLeaf, given()).statement).content,
                ),
            ),
            id="a check by a colleague's device",
        ),
        pytest.param(lambda: relay_leaf(SIGNERS, Verb.SESSIONS_ENDED, OTHER_ACT), id="another act"),
    ],
)
def test_a_relay_that_answers_falsely_is_found_out(leaf: Callable[[], bytes]) -> None:
    with pytest.raises(SignatureError):
        report(given(), leaf())


def test_what_is_no_leaf_is_refused() -> None:
    with pytest.raises(WireError):
        report(b"no leaf")
    with pytest.raises(WireError):
        vouchers_of([ProvenLeaf(0, b"no leaf")])


def test_whose_keys_are_needed() -> None:
    leaves = (
        given(),
        vouch(KARIM),
        withdrawal(LEA),
        device_leaf(KARIM.keys, Verb.VOUCHED, OTHER_ACT),
    )
    proven = [ProvenLeaf(index, leaf) for index, leaf in enumerate(leaves)]
    assert vouchers_of(proven) == {KARIM.account, LEA.account}
    with pytest.raises(SignatureError):
        read_vouch(decode(AuditStatement, decode(AuditLeaf, given()).statement))


def test_heads_are_those_of_the_key_history() -> None:
    event = KeyEvent(
        version=1,
        kind=KeyEventKind.DEVICE_LIST,
        signed=CLAIRE.device_list,
        certificate=CLAIRE.certificate,
    )
    history = KeyHistory.replayed(
        CLAIRE.account, [RecordedEvent(event=event, log_index=0, relay_time=NOW)]
    )
    assert heads_of([event]) == (history.head,)
    assert heads_of([]) == ()


LOG = SampleLog((b"before", given(), b"between", vouch(KARIM), b"after"))


def page(*indices: int, log: SampleLog = LOG, **changes: Any) -> Assurances:  # noqa: ANN401 - the fields of Assurances
    leaves = tuple(
        LeafProof(leaf=log.leaves[index], index=index, path=log.inclusion(index))
        for index in indices
    )
    return replace(Assurances(checkpoint=log.note(), leaves=leaves, more=False), **changes)


def test_a_page_whose_leaves_are_in_the_log() -> None:
    proven = verify_assurance_page(page(1, 3), log=SIGNERS.identity)
    assert [each.index for each in proven] == [1, 3]
    found = assess(
        proven,
        account=CLAIRE.account,
        heads=HEADS,
        histories=HISTORIES,
        log=SIGNERS.identity,
        now=NOW,
    )
    assert [each.level for each in found.standing] == [
        AssuranceLevel.VERIFIED,
        AssuranceLevel.VOUCHED,
    ]
    assert verify_assurance_page(page(3), log=SIGNERS.identity, after=1) == proven[1:]


def test_a_page_without_leaves_needs_no_checkpoint() -> None:
    empty = Assurances(checkpoint="", leaves=(), more=False)
    assert verify_assurance_page(empty, log=SIGNERS.identity) == ()


def moved(page_: Assurances) -> Assurances:
    return replace(page_, leaves=(replace(page_.leaves[0], index=2),))


def with_leaf(page_: Assurances, leaf: bytes) -> Assurances:
    return replace(page_, leaves=(replace(page_.leaves[0], leaf=leaf),))


@pytest.mark.parametrize(
    ("make", "error"),
    [
        pytest.param(lambda: page(3, 1), ProofError, id="out of order"),
        pytest.param(lambda: page(1, 1), ProofError, id="a leaf twice"),
        pytest.param(lambda: moved(page(1)), ProofError, id="at another place"),
        pytest.param(
            lambda: with_leaf(page(1), given(document=DocumentKind.IDENTITY_DOCUMENT)),
            ProofError,
            id="another leaf",
        ),
        pytest.param(
            lambda: page(1, log=SampleLog(LOG.leaves, signers=sample_signers(seed=2))),
            SignatureError,
            id="another log",
        ),
        pytest.param(lambda: page(1, checkpoint=""), WireError, id="no checkpoint"),
    ],
)
def test_a_page_that_the_log_does_not_bear_out_is_refused(
    make: Callable[[], Assurances], error: type[CryptoCoreError]
) -> None:
    with pytest.raises(error):
        verify_assurance_page(make(), log=SIGNERS.identity)


def test_a_page_does_not_begin_again() -> None:
    with pytest.raises(ProofError):
        verify_assurance_page(page(1, 3), log=SIGNERS.identity, after=1)
