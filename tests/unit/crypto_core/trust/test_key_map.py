# SPDX-License-Identifier: AGPL-3.0-or-later
"""The map of keys: against the naive one, its proofs and their forgeries, and what a client makes of an answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto_core.errors import (
    CryptoCoreError,
    KeyMapMismatchError,
    ProofError,
    SignatureError,
    StaleKeyMapError,
    WireError,
)
from crypto_core.trust.key_map import KeyMap, KeyMapView, check_key_answer, verify_map_proof
from crypto_core.wire.audit import KeyMapPublished, Verb
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.ids import AccountId, DevicePseudonym, Hash, UnixMillis
from crypto_core.wire.key_map import KeyMapAnswer, MapEntry, MapProof
from crypto_core.wire.labels import STATEMENT
from tests.fakes.people import DAY, NOW
from tests.fakes.relay_leaves import relay_leaf
from tests.fakes.sample_log import SampleLog, sample_signers
from tests.unit.crypto_core.trust import naive_map

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SMALL = 10
heads = st.integers(0, 255).map(lambda value: Hash(bytes([value]) * 32))
entries_of = st.builds(MapEntry, number=st.integers(1, 2**31 - 1), head=heads)
neighbours = st.integers(0, 2**SMALL - 1).map(lambda value: AccountId(value.to_bytes(20, "big")))
# Ids that part early, late and not before the last bit.
strangers = st.binary(min_size=20, max_size=20).map(AccountId)
accounts = strangers | neighbours


def plain(entries: Mapping[AccountId, MapEntry]) -> naive_map.Entries:
    return {account: (entry.number, entry.head) for account, entry in entries.items()}


@given(st.dictionaries(neighbours, entries_of, max_size=12))
def test_a_small_map_has_the_root_of_the_full_tree(entries: dict[AccountId, MapEntry]) -> None:
    assert KeyMap().with_entries(entries).root == naive_map.full_root(SMALL, plain(entries))


@settings(max_examples=50)
@given(st.dictionaries(accounts, entries_of, max_size=6), accounts)
def test_root_and_proofs_are_those_of_the_naive_map(
    entries: dict[AccountId, MapEntry], other: AccountId
) -> None:
    built = KeyMap().with_entries(entries)
    assert built.root == naive_map.root(plain(entries))
    assert built.accounts == len(entries)
    for account in (*entries, other):
        proof = built.prove(account)
        assert proof.entry == built.entry(account) == entries.get(account)
        expected = naive_map.siblings(plain(entries), account)
        spelled = f"{int.from_bytes(proof.bitmap, 'big'):0160b}"
        assert [bit == "1" for bit in spelled] == [each is not None for each in expected]
        assert list(proof.siblings) == [each for each in expected if each is not None]
        assert decode(MapProof, encode(proof)) == proof
        verify_map_proof(built.root, account, proof)


@settings(max_examples=50)
@given(st.lists(st.tuples(accounts, entries_of), max_size=10), st.data())
def test_the_order_and_the_grouping_of_changes_make_no_difference(
    changes: list[tuple[AccountId, MapEntry]], data: st.DataObject
) -> None:
    at_once = KeyMap().with_entries(dict(changes))
    one_by_one = KeyMap()
    for account, entry in changes:
        before, root_before = one_by_one, one_by_one.root
        one_by_one = one_by_one.with_entries({account: entry})
        assert before.root == root_before
    shuffled = KeyMap()
    for account, entry in data.draw(st.permutations(list(dict(changes).items()))):
        shuffled = shuffled.with_entries({account: entry})
    assert at_once == one_by_one == shuffled


CLAIRE, KARIM, NOBODY = AccountId(b"C" * 20), AccountId(b"K" * 20), AccountId(b"C" * 19 + b"D")
OWN = MapEntry(number=3, head=Hash(b"3" * 32))
MAP = KeyMap().with_entries(
    {CLAIRE: OWN, KARIM: MapEntry(number=1, head=Hash(b"1" * 32))}
    | {AccountId(bytes([value]) * 20): OWN for value in range(8)}
)
PROOF, ABSENCE = MAP.prove(CLAIRE), MAP.prove(NOBODY)
EMPTY_SIBLING = Hash(bytes(32))


def with_last_sibling(proof: MapProof, sibling: Hash) -> MapProof:
    """Spell out the sibling of the leaf itself, which the map has not."""
    bitmap = bytearray(proof.bitmap)
    bitmap[-1] |= 1
    return replace(proof, bitmap=bytes(bitmap), siblings=(*proof.siblings, sibling))


@pytest.mark.parametrize(
    ("account", "proof"),
    [
        pytest.param(CLAIRE, replace(PROOF, entry=replace(OWN, number=2)), id="another number"),
        pytest.param(
            CLAIRE, replace(PROOF, entry=replace(OWN, head=Hash(b"x" * 32))), id="another head"
        ),
        pytest.param(CLAIRE, replace(PROOF, entry=None), id="present claimed absent"),
        pytest.param(NOBODY, replace(ABSENCE, entry=OWN), id="absent claimed present"),
        pytest.param(NOBODY, PROOF, id="the proof of another account"),
        pytest.param(NOBODY, replace(PROOF, entry=None), id="absence by another account's path"),
        pytest.param(
            CLAIRE, replace(PROOF, siblings=PROOF.siblings[:-1]), id="a sibling fewer than it says"
        ),
        pytest.param(
            CLAIRE,
            replace(PROOF, siblings=(*PROOF.siblings, EMPTY_SIBLING)),
            id="a sibling more than it says",
        ),
        pytest.param(
            CLAIRE, replace(PROOF, siblings=PROOF.siblings[::-1]), id="siblings in another order"
        ),
        pytest.param(
            CLAIRE, replace(PROOF, siblings=(Hash(b"x" * 32), *PROOF.siblings[1:])), id="forged"
        ),
        pytest.param(
            CLAIRE, replace(PROOF, bitmap=bytes(20), siblings=()), id="without any sibling"
        ),
        pytest.param(CLAIRE, with_last_sibling(PROOF, Hash(b"x" * 32)), id="a sibling invented"),
    ],
)
def test_a_forged_proof_proves_nothing(account: AccountId, proof: MapProof) -> None:
    with pytest.raises(ProofError):
        verify_map_proof(MAP.root, account, proof)


def test_a_proof_has_one_spelling() -> None:
    # The root is right, but what is empty is not spelled out.
    with pytest.raises(ProofError, match="spells out"):
        verify_map_proof(MAP.root, CLAIRE, with_last_sibling(PROOF, EMPTY_SIBLING))


def test_a_proof_holds_for_its_own_root_only() -> None:
    later = MAP.with_entries({KARIM: MapEntry(number=2, head=Hash(b"2" * 32))})
    with pytest.raises(ProofError):
        verify_map_proof(later.root, CLAIRE, PROOF)
    verify_map_proof(later.root, CLAIRE, later.prove(CLAIRE))


@given(st.binary(min_size=20, max_size=20), st.lists(heads, max_size=160))
def test_any_proof_ends_in_the_declared_error(bitmap: bytes, siblings: list[Hash]) -> None:
    with pytest.raises(ProofError):
        verify_map_proof(
            MAP.root, CLAIRE, MapProof(entry=OWN, bitmap=bitmap, siblings=tuple(siblings))
        )


SIGNERS = sample_signers()
HOUR = 3_600_000


def answer(
    *,
    keys: KeyMap = MAP,
    account: AccountId = CLAIRE,
    proof: MapProof | None = None,
    signers: Any = SIGNERS,  # noqa: ANN401 - LogSigners
    verb: Verb = Verb.KEY_MAP,
    log: SampleLog | None = None,
    **leaf: Any,  # noqa: ANN401 - what relay_leaf takes
) -> KeyMapAnswer:
    content = KeyMapPublished(root=keys.root, accounts=keys.accounts)
    log = log or SampleLog((b"before", relay_leaf(signers, verb, content, **leaf), b"after"))
    return KeyMapAnswer(proof=proof or keys.prove(account), receipt=log.receipt(1))


def check(given_: KeyMapAnswer, *, shown: MapEntry = OWN, now: int = NOW) -> KeyMapView:
    return check_key_answer(
        given_, account=CLAIRE, shown=shown, log=SIGNERS.identity, now=UnixMillis(now)
    )


def test_a_genuine_answer_of_today() -> None:
    view = check(answer(), now=NOW + 24 * HOUR)
    assert (view.root, view.accounts, view.leaf_index) == (MAP.root, 10, 1)
    assert view.relay_time == NOW
    assert view.checkpoint.checkpoint.size == 3


@pytest.mark.parametrize(
    ("shown", "committed"),
    [
        pytest.param(replace(OWN, number=2), 3, id="the relay serves an older history"),
        pytest.param(replace(OWN, number=4), 3, id="the relay serves a history of its own"),
        pytest.param(replace(OWN, head=Hash(b"x" * 32)), 3, id="two histories of one length"),
    ],
)
def test_keys_that_the_log_does_not_commit_to_are_refused(shown: MapEntry, committed: int) -> None:
    with pytest.raises(KeyMapMismatchError) as caught:
        check(answer(), shown=shown)
    assert (caught.value.committed, caught.value.shown) == (committed, shown.number)


def test_an_account_that_the_log_knows_nothing_of_is_refused() -> None:
    with pytest.raises(KeyMapMismatchError) as caught:
        check(answer(keys=KeyMap().with_entries({KARIM: OWN})))
    assert caught.value.committed is None


def test_a_contradiction_is_told_even_if_the_map_is_old() -> None:
    with pytest.raises(KeyMapMismatchError):
        check(answer(), shown=replace(OWN, number=2), now=NOW + 30 * DAY)


@pytest.mark.parametrize(
    "now",
    [
        pytest.param(NOW + 24 * HOUR + 1, id="older than a day"),
        pytest.param(NOW - 5 * 60_000 - 1, id="from the future"),
    ],
)
def test_a_map_that_is_not_of_today_is_told_apart(now: int) -> None:
    with pytest.raises(StaleKeyMapError) as caught:
        check(answer(), now=now)
    assert caught.value.relay_time == NOW


@pytest.mark.parametrize(
    ("forged", "error"),
    [
        pytest.param(lambda: answer(proof=MAP.prove(KARIM)), ProofError, id="of another account"),
        pytest.param(
            lambda: answer(proof=replace(PROOF, entry=replace(OWN, number=9))),
            ProofError,
            id="a forged entry",
        ),
        pytest.param(
            lambda: answer(proof=MAP.with_entries({KARIM: replace(OWN, number=2)}).prove(CLAIRE)),
            ProofError,
            id="a proof from another map",
        ),
        pytest.param(
            lambda: answer(signers=sample_signers(seed=2)),
            SignatureError,
            id="a root that the log's key has not signed",
        ),
        pytest.param(
            lambda: answer(label=STATEMENT), SignatureError, id="signed for another purpose"
        ),
        pytest.param(
            lambda: answer(actor=DevicePseudonym(b"d" * 16)), SignatureError, id="by a device"
        ),
        pytest.param(
            lambda: answer(verb=Verb.SIGN_IN), SignatureError, id="a leaf about something else"
        ),
        pytest.param(
            lambda: replace(answer(), receipt=answer().receipt.replace("index 1", "index 0")),
            ProofError,
            id="a leaf that is not there",
        ),
        pytest.param(
            lambda: answer(
                log=SampleLog(
                    (
                        b"before",
                        relay_leaf(
                            SIGNERS, Verb.KEY_MAP, KeyMapPublished(root=MAP.root, accounts=10)
                        ),
                    ),
                    signers=sample_signers(seed=2),
                )
            ),
            SignatureError,
            id="a checkpoint of another log",
        ),
        pytest.param(lambda: replace(answer(), receipt="no receipt"), WireError, id="no receipt"),
    ],
)
def test_a_forged_answer_is_refused(
    forged: Callable[[], KeyMapAnswer], error: type[CryptoCoreError]
) -> None:
    with pytest.raises(error) as caught:
        check(forged())
    assert not isinstance(caught.value, KeyMapMismatchError)
