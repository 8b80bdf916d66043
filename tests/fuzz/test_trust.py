# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a relay or a stranger can hand to linking, to the map of keys and to assurances, byte by byte."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from crypto_core.errors import CryptoCoreError, ProofError
from crypto_core.keys.linking import make_offer, open_offer
from crypto_core.trust.assurance import ProvenLeaf, assess, verify_assurance_page, vouchers_of
from crypto_core.trust.key_map import KeyMap, check_key_answer, verify_map_proof
from crypto_core.wire.codec import encode
from crypto_core.wire.ids import AccountId, Hash
from crypto_core.wire.key_map import KeyMapAnswer, MapEntry, MapProof
from crypto_core.wire.relay_api import Assurances
from tests.fakes.people import NOW, Person, SeededBytes
from tests.fakes.sample_log import SampleLog
from tests.fuzz.wire_values import objects

if TYPE_CHECKING:
    from crypto_core.keys.linking import OwnOffer

CLAIRE = Person.invent("Claire")
SECRET = bytes(16)
LOG = SampleLog((b"a leaf", b"another"))
ENTRY = MapEntry(number=1, head=Hash(bytes(32)))
MAP = KeyMap().with_entries(
    {AccountId(bytes([value]) * 20): ENTRY for value in range(5)} | {CLAIRE.account: ENTRY}
)


def offer() -> OwnOffer:
    return make_offer(SECRET, CLAIRE.entry, random_bytes=SeededBytes("offer"))


OFFER = offer()


@given(st.binary(max_size=200))
def test_an_offer_that_nobody_made(sealed: bytes) -> None:
    try:
        open_offer(SECRET, sealed)
    except CryptoCoreError:
        return
    raise AssertionError("nobody made this offer")


@given(st.data())
def test_an_offer_and_a_grant_with_any_byte_changed(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(OFFER.sealed) - 1))
    changed = bytearray(OFFER.sealed)
    changed[place] ^= data.draw(st.integers(1, 255))
    for attempt in (
        lambda: open_offer(SECRET, bytes(changed)),
        lambda: OFFER.open_grant(bytes(changed), account=CLAIRE.account),
    ):
        try:
            attempt()
        except CryptoCoreError:
            continue
        raise AssertionError("it was changed")


@settings(max_examples=200)
@given(objects(MapProof), st.sampled_from([CLAIRE.account, AccountId(bytes(20))]))
def test_a_proof_that_the_map_did_not_make(proof: MapProof, account: AccountId) -> None:
    try:
        verify_map_proof(MAP.root, account, proof)
    except ProofError:
        return
    assert proof == MAP.prove(account)


@given(objects(MapProof), st.text(max_size=200))
def test_an_answer_about_keys(proof: MapProof, text: str) -> None:
    for receipt in (text, LOG.receipt(0), LOG.receipt(0) + text):
        try:
            check_key_answer(
                KeyMapAnswer(proof=proof, receipt=receipt),
                account=CLAIRE.account,
                shown=ENTRY,
                log=LOG.signers.identity,
                now=NOW,
            )
        except CryptoCoreError:
            continue
        raise AssertionError("no leaf of this log has a map's root")


@given(objects(Assurances), st.lists(st.binary(max_size=100), max_size=3))
def test_a_page_of_assurances(page: Assurances, leaves: list[bytes]) -> None:
    try:
        proven = verify_assurance_page(page, log=LOG.signers.identity)
    except CryptoCoreError:
        proven = ()
    assert proven == ()
    for leaf in (*leaves, encode(page)):
        try:
            vouchers_of([ProvenLeaf(0, leaf)])
            assess(
                [ProvenLeaf(0, leaf)],
                account=CLAIRE.account,
                heads=(),
                histories={},
                log=LOG.signers.identity,
                now=NOW,
            )
        except CryptoCoreError:
            continue
        raise AssertionError("the relay signed none of these")
