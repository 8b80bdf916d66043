# SPDX-License-Identifier: AGPL-3.0-or-later
"""Evidence records (RFC 4998): twenty years of renewals verify, and nothing in between can be left out or put in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import pytest
from cryptography.hazmat import asn1
from hypothesis import given
from hypothesis import strategies as st

from crypto_core.errors import TimestampError, TimestampFault, WireError
from crypto_core.trust.evidence_records import (
    ArchivedToken,
    hash_tree,
    make_record,
    rehash,
    renewal_hash,
    verify_record,
)
from crypto_core.trust.timestamp_syntax import EvidenceRecord
from crypto_core.trust.timestamps import ImprintHash
from tests.fakes.timestamp_authority import LyingAuthority

if TYPE_CHECKING:
    from collections.abc import Sequence

NOTE: Final = b"log.example\n12\nRk9P\n\n\xe2\x80\x94 log.example QUJD\n"
SHA: Final = ImprintHash.SHA_512
SHA3: Final = ImprintHash.SHA3_512
SHA3_NAME: Final = "2.16.840.1.101.3.4.2.10"


def year(number: int) -> datetime:
    return datetime(number, 6, 1, tzinfo=UTC)


def authority(since: int, until: int) -> LyingAuthority:
    """An authority whose certificate is good for some years, and which is gone afterwards."""
    return LyingAuthority(
        since=datetime(since, 1, 1, tzinfo=UTC),
        until=datetime(until, 1, 1, tzinfo=UTC),
        issuer_until=datetime(2070, 1, 1, tzinfo=UTC),
    )


def fault_of(record: bytes, authorities: Sequence[bytes], content: bytes = NOTE) -> TimestampFault:
    with pytest.raises(TimestampError) as caught:
        verify_record(record, content, authorities=authorities)
    return caught.value.fault


def renewed(
    authorities: Sequence[LyingAuthority], years: Sequence[int], *, beside: int = 3
) -> list[ArchivedToken]:
    """Timestamp a note in the first year and renew that in the others, each time with other tokens beside it."""
    first = authorities[0].token(SHA.of(NOTE), at=year(years[0]))
    tokens = [ArchivedToken(token=first)]
    for each, number in zip(authorities[1:], years[1:], strict=True):
        leaves = [SHA.of(bytes([other])) for other in range(beside)]
        leaves.append(renewal_hash(tokens[-1].token, SHA))
        root, reduced = hash_tree(leaves, SHA)
        tokens.append(ArchivedToken(token=each.token(root, at=year(number)), reduced=reduced[-1]))
    return tokens


def trusted(*authorities: LyingAuthority) -> tuple[bytes, ...]:
    return tuple(each for one in authorities for each in one.authorities)


def test_twenty_years_of_renewals_verify() -> None:
    """Each authority is long gone when the record is looked at; only the last one has to be alive."""
    years = list(range(2026, 2047))
    three = [authority(2025, 2034), authority(2032, 2041), authority(2039, 2050)]
    signing = [three[min(2, (number - 2026) // 7)] for number in years]
    record = make_record([(SHA, renewed(signing, years))])
    found = verify_record(record, NOTE, authorities=trusted(*three))
    assert found.timestamps == 21
    assert datetime.fromtimestamp(found.first.at / 1000, UTC) == year(2026)
    assert datetime.fromtimestamp(found.valid_until / 1000, UTC).year == 2050


def test_a_record_outlives_its_hash() -> None:
    """Hash-tree renewal: what SHA-512 said is said again with SHA-3, while SHA-512 is still believed."""
    one = authority(2025, 2050)
    old = make_record([(SHA, renewed([one, one], [2026, 2027]))])
    chain = [(SHA, renewed([one, one], [2026, 2027]))]
    record = make_record(chain)
    root, reduced = hash_tree([rehash(NOTE, record, SHA3), SHA3.of(b"another note")], SHA3)
    again = ArchivedToken(
        token=one.token(root, at=year(2028), algorithm=SHA3_NAME), reduced=reduced[0]
    )
    whole = make_record([*chain, (SHA3, [again])])
    assert verify_record(whole, NOTE, authorities=one.authorities).timestamps == 3
    # Another chain before it, or another note: the new timestamp is over both.
    other = asn1.decode_der(EvidenceRecord, old)
    spliced = asn1.decode_der(EvidenceRecord, whole)
    spliced.chains[0] = other.chains[0]
    assert fault_of(asn1.encode_der(spliced), one.authorities) is TimestampFault.IMPRINT
    assert fault_of(whole, one.authorities, NOTE + b"\n") is TimestampFault.IMPRINT


def test_a_record_says_nothing_of_other_content() -> None:
    one = authority(2025, 2050)
    record = make_record([(SHA, renewed([one], [2026]))])
    assert fault_of(record, one.authorities, b"another note") is TimestampFault.IMPRINT


def test_a_renewal_that_comes_too_late_is_refused() -> None:
    """When a certificate has run out, whoever finds its key later could have made the timestamp."""
    short, long = authority(2025, 2028), authority(2025, 2050)
    record = make_record([(SHA, renewed([short, long], [2026, 2030]))])
    assert fault_of(record, trusted(short, long)) is TimestampFault.ORDER


def test_a_renewal_cannot_be_older_than_what_it_renews() -> None:
    one = authority(2025, 2050)
    record = make_record([(SHA, renewed([one, one], [2027, 2026]))])
    assert fault_of(record, one.authorities) is TimestampFault.ORDER


def test_a_renewal_cannot_be_left_out_or_exchanged() -> None:
    one = authority(2025, 2050)
    first, second, third = renewed([one] * 3, [2026, 2027, 2028])
    missing = make_record([(SHA, [first, third])])
    assert fault_of(missing, one.authorities) is TimestampFault.IMPRINT
    exchanged = make_record([(SHA, [first, third, second])])
    assert fault_of(exchanged, one.authorities) is TimestampFault.IMPRINT


def test_each_authority_of_the_past_must_be_known() -> None:
    known, unknown = authority(2025, 2050), authority(2025, 2050)
    record = make_record([(SHA, renewed([unknown, known], [2026, 2027]))])
    assert fault_of(record, known.authorities) is TimestampFault.AUTHORITY


def test_a_hash_that_is_not_in_the_tree_is_refused() -> None:
    one = authority(2025, 2050)
    first, second = renewed([one, one], [2026, 2027])
    _, reduced = hash_tree([bytes(64), bytes(63) + b"\x01"], SHA)
    for wrong in (reduced[0], second.reduced[1:], ()):
        record = make_record([(SHA, [first, ArchivedToken(token=second.token, reduced=wrong)])])
        assert fault_of(record, one.authorities) is TimestampFault.IMPRINT


def test_a_node_of_the_tree_is_no_leaf() -> None:
    """The tree has no mark for what is a leaf: only a longer list could pass a node off as one."""
    one = authority(2025, 2050)
    first, second = renewed([one, one], [2026, 2027])
    wide = (tuple(each for level in second.reduced for each in level),)
    record = make_record([(SHA, [first, ArchivedToken(token=second.token, reduced=wide)])])
    assert fault_of(record, one.authorities) is TimestampFault.SYNTAX


@given(st.lists(st.binary(min_size=64, max_size=64), min_size=1, max_size=40, unique=True))
def test_each_leaf_leads_to_the_root(leaves: list[bytes]) -> None:
    root, reduced = hash_tree(leaves, SHA)
    for leaf, lists in zip(leaves, reduced, strict=True):
        climbed = leaf
        for number, each in enumerate(lists):
            assert number or leaf in each
            climbed = SHA.of(b"".join(sorted(each if not number else (climbed, *each))))
        assert climbed == root


def test_a_tree_has_leaves() -> None:
    with pytest.raises(WireError):
        hash_tree([], SHA)


@pytest.mark.parametrize("record", [b"", b"\x30\x00", bytes(10**6)])
def test_what_is_no_record_is_refused(record: bytes) -> None:
    assert fault_of(record, authority(2025, 2050).authorities) is TimestampFault.SYNTAX


def test_an_empty_record_is_refused() -> None:
    authorities = authority(2025, 2050).authorities
    assert fault_of(make_record([]), authorities) is TimestampFault.SYNTAX
    assert fault_of(make_record([(SHA, [])]), authorities) is TimestampFault.SYNTAX


_ONE: Final = authority(2025, 2050)
_RECORD: Final = make_record([(SHA, renewed([_ONE, _ONE], [2026, 2027], beside=2))])


@pytest.mark.filterwarnings("ignore:Parsed a serial number")
@given(place=st.integers(0, len(_RECORD) - 1), bit=st.integers(0, 7))
def test_a_changed_record_is_refused_or_says_the_same(place: int, bit: int) -> None:
    changed = bytearray(_RECORD)
    changed[place] ^= 1 << bit
    try:
        found = verify_record(bytes(changed), NOTE, authorities=_ONE.authorities)
    except TimestampError:
        return
    assert found.first.at == year(2026).timestamp() * 1000
