# SPDX-License-Identifier: AGPL-3.0-or-later
"""Timestamps of an outside authority: OpenSSL's verify, and every lie is refused at the check that is there for it."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st

from crypto_core.errors import TimestampError, TimestampFault, WireError
from crypto_core.trust.timestamps import (
    ImprintHash,
    TimestampRequest,
    certificate_fingerprint,
    make_request,
    read_authorities,
    verify_answer,
    verify_timestamp,
    verify_token,
)
from tests.fakes.timestamp_authority import (
    POLICY,
    LyingAuthority,
    OpensslAuthority,
    certificate,
    new_key,
    token_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

NOTE: Final = b"log.example\n12\nRk9P\n\n\xe2\x80\x94 log.example QUJD\n"
SHORT_KEY: Final = rsa.generate_private_key(65537, 1024)  # noqa: S505 - is to be refused
AT: Final = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)


def request(
    content: bytes = NOTE, *, policy: str | None = None, nonce: int = 77
) -> TimestampRequest:
    return make_request(hashlib.sha512(content).digest(), nonce=nonce, policy=policy)


@pytest.fixture(scope="module")
def authority() -> LyingAuthority:
    return LyingAuthority()


def fault_of(
    answer: bytes, authorities: Sequence[bytes], asked: TimestampRequest | None = None
) -> TimestampFault:
    with pytest.raises(TimestampError) as caught:
        verify_answer(answer, asked or request(), authorities=authorities)
    return caught.value.fault


@pytest.mark.parametrize("algorithm", ImprintHash)
def test_an_answer_of_openssl_verifies(tmp_path: Path, algorithm: ImprintHash) -> None:
    authority = OpensslAuthority.make(tmp_path)
    asked = make_request(algorithm.of(NOTE), nonce=2**64 - 1, algorithm=algorithm, policy=POLICY)
    authorities = read_authorities(authority.file)
    found = verify_answer(authority.answer(asked.encoded), asked, authorities=authorities)
    assert (found.policy, found.accuracy, found.authority) == (
        POLICY,
        1000,
        "Authority 1, Horodatage",
    )
    assert found.pinned == certificate_fingerprint(authorities[0])
    assert found.at < found.at_the_latest < found.valid_until
    assert verify_timestamp(found.token, NOTE, authorities=authorities) == found


def test_openssl_finds_the_same_of_our_own_authority(
    tmp_path: Path, authority: LyingAuthority
) -> None:
    """Otherwise the lies below would be told by somebody whom nobody believes anyway."""
    openssl = OpensslAuthority.make(tmp_path)
    asked = request()
    token = token_of(authority.answer(asked.encoded))
    verify_token(token, authorities=authority.authorities)
    assert openssl.verifies(token, asked.hashed, authority.file)
    assert not openssl.verifies(token, asked.hashed[::-1], authority.file)


def test_what_an_answer_says(authority: LyingAuthority) -> None:
    asked = request()
    found = verify_answer(
        authority.answer(asked.encoded, at=AT), asked, authorities=authority.authorities
    )
    assert datetime.fromtimestamp(found.at / 1000, UTC) == AT
    assert found.valid_until == authority.until.timestamp() * 1000


@pytest.mark.parametrize(
    ("lie", "fault"),
    [
        ({"critical_extension": True}, TimestampFault.SYNTAX),
        ({"status": 2}, TimestampFault.REFUSED),
        ({"nonce": 78}, TimestampFault.NONCE),
        ({"policy": "1.2.3.4.2"}, TimestampFault.POLICY),
        ({"algorithm": "1.3.14.3.2.26", "hashed": bytes(20)}, TimestampFault.ALGORITHM),
        ({"algorithm": "2.16.840.1.101.3.4.2.1"}, TimestampFault.ALGORITHM),
        ({"hashed": bytes(64)}, TimestampFault.IMPRINT),
        ({"algorithm": "2.16.840.1.101.3.4.2.10"}, TimestampFault.IMPRINT),
        ({"has_certificate": False}, TimestampFault.CERTIFICATE),
        ({"ess": False}, TimestampFault.CERTIFICATE),
        ({"serial": 5}, TimestampFault.CERTIFICATE),
        ({"signs": lambda signed: signed + b"\x00"}, TimestampFault.SIGNATURE),
        ({"at": datetime(2041, 1, 1, tzinfo=UTC)}, TimestampFault.AUTHORITY),
        ({"at": datetime(2019, 1, 1, tzinfo=UTC)}, TimestampFault.AUTHORITY),
    ],
)
def test_a_lie_is_refused(
    authority: LyingAuthority, lie: dict[str, Any], fault: TimestampFault
) -> None:
    asked = request(policy=POLICY)
    answer = authority.answer(asked.encoded, **{"at": AT} | lie)
    assert fault_of(answer, authority.authorities, asked) is fault


def test_a_timestamp_of_another_checkpoint_is_refused(authority: LyingAuthority) -> None:
    token = token_of(authority.answer(request().encoded, at=AT))
    with pytest.raises(TimestampError) as caught:
        verify_timestamp(token, NOTE.replace(b"12", b"13"), authorities=authority.authorities)
    assert caught.value.fault is TimestampFault.IMPRINT


def test_an_earlier_answer_is_refused(authority: LyingAuthority) -> None:
    """The same hash is asked for again, and somebody in between gives back what was answered before."""
    earlier = authority.answer(request(nonce=1).encoded, at=AT)
    assert fault_of(earlier, authority.authorities, request(nonce=2)) is TimestampFault.NONCE


def test_an_unknown_authority_is_refused(authority: LyingAuthority) -> None:
    answer = authority.answer(request().encoded, at=AT)
    assert fault_of(answer, LyingAuthority().authorities) is TimestampFault.AUTHORITY


def test_a_named_certificate_is_the_one_that_signed(authority: LyingAuthority) -> None:
    """RFC 5816: the signature says by which certificate, so that nobody puts another one beside it."""
    answer = authority.answer(request().encoded, at=AT, named=LyingAuthority().certificate)
    assert fault_of(answer, authority.authorities) is TimestampFault.CERTIFICATE


@pytest.mark.parametrize(
    "authority",
    [
        LyingAuthority(purposes=[ExtendedKeyUsageOID.CODE_SIGNING]),
        LyingAuthority(
            purposes=[ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.CODE_SIGNING]
        ),
        LyingAuthority(is_critical=False),
        LyingAuthority(purposes=()),
    ],
    ids=["other", "more", "not critical", "issuer"],
)
def test_a_certificate_that_is_not_for_timestamps_is_refused(authority: LyingAuthority) -> None:
    answer = authority.answer(request().encoded, at=AT)
    assert fault_of(answer, authority.authorities) is TimestampFault.CERTIFICATE


@pytest.mark.parametrize(
    ("authority", "fault"),
    [
        (LyingAuthority(key=SHORT_KEY), TimestampFault.ALGORITHM),
        (LyingAuthority(key=ec.generate_private_key(ec.SECP256K1())), TimestampFault.ALGORITHM),
        (LyingAuthority(digest=hashes.SHA224()), TimestampFault.AUTHORITY),
        (
            LyingAuthority(issuer_until=datetime(2025, 1, 1, tzinfo=UTC)),
            TimestampFault.AUTHORITY,
        ),
    ],
    ids=["short key", "other curve", "weak hash", "issuer expired"],
)
def test_a_weak_or_expired_chain_is_refused(
    authority: LyingAuthority, fault: TimestampFault
) -> None:
    answer = authority.answer(request().encoded, at=AT)
    assert fault_of(answer, authority.authorities) is fault


def test_a_time_that_no_counter_of_ours_has_is_refused() -> None:
    old = LyingAuthority(since=datetime(1960, 1, 1, tzinfo=UTC))
    answer = old.answer(request().encoded, at=datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC))
    assert fault_of(answer, old.authorities) is TimestampFault.SYNTAX


def test_a_certificate_without_an_end_is_valid_until_the_last_of_years() -> None:
    """RFC 5280 §4.1.2.5: what has no well-defined end says 99991231235959Z."""
    endless = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    authority = LyingAuthority(until=endless, issuer_until=endless)
    found = verify_answer(
        authority.answer(request().encoded, at=AT), request(), authorities=authority.authorities
    )
    assert found.valid_until == endless.timestamp() * 1000


def test_many_certificates_that_vouch_for_each_other_take_no_time(
    authority: LyingAuthority,
) -> None:
    """Ways through them are as many as there are orders; it is given up after a few."""
    key = new_key()
    since, until = datetime(2020, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC)
    first = certificate("Ring", key, None, since=since, until=until)
    ring = [certificate("Ring", key, (first, key), since=since, until=until) for _ in range(40)]
    signer = LyingAuthority(issuer=(first, key))
    answer = signer.answer(request().encoded, at=AT, besides=ring)
    assert fault_of(answer, authority.authorities) is TimestampFault.AUTHORITY


def test_an_authority_cannot_make_another_one(authority: LyingAuthority) -> None:
    below = LyingAuthority(issuer=(authority.certificate, authority.key))
    answer = below.answer(request().encoded, at=AT)
    assert fault_of(answer, authority.authorities) is TimestampFault.AUTHORITY


def test_the_certificate_itself_can_be_pinned(authority: LyingAuthority) -> None:
    pinned = (authority.certificate.public_bytes(Encoding.DER),)
    asked = request()
    verify_answer(authority.answer(asked.encoded, at=AT), asked, authorities=pinned)


def test_a_file_of_authorities_is_read(authority: LyingAuthority) -> None:
    other = LyingAuthority()
    both = read_authorities(authority.file + b"\n" + other.file)
    assert both == authority.authorities + other.authorities
    assert read_authorities(other.authorities[0]) == other.authorities


@pytest.mark.parametrize(
    "file", [b"", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", bytes(10**6)]
)
def test_a_file_without_authorities_is_refused(file: bytes) -> None:
    with pytest.raises(WireError):
        read_authorities(file)


def test_too_many_authorities_are_refused() -> None:
    now = datetime.now(UTC)
    key = new_key()
    root = certificate("Root", key, None, since=now, until=now + timedelta(days=1))
    with pytest.raises(WireError):
        read_authorities(root.public_bytes(Encoding.PEM) * 17)


@pytest.mark.parametrize("policy", ["", "tsa", "1", "1..2", "3.1", "1.2\n"])
def test_a_policy_is_an_object_identifier(policy: str) -> None:
    with pytest.raises(WireError):
        request(policy=policy)


_WHOLE: Final = LyingAuthority()
_ANSWER: Final = _WHOLE.answer(request().encoded, at=AT)


@pytest.mark.filterwarnings("ignore:Parsed a serial number")
@given(place=st.integers(0, len(_ANSWER) - 1), bit=st.integers(0, 7))
def test_a_changed_answer_is_refused_or_says_the_same(place: int, bit: int) -> None:
    """What no signature covers may change, such as the text of the status; what is said of the time may not."""
    changed = bytearray(_ANSWER)
    changed[place] ^= 1 << bit
    untouched = verify_answer(_ANSWER, request(), authorities=_WHOLE.authorities)
    try:
        found = verify_answer(bytes(changed), request(), authorities=_WHOLE.authorities)
    except TimestampError:
        return
    assert (found.at, found.hashed, found.authority) == (
        untouched.at,
        untouched.hashed,
        untouched.authority,
    )


@given(st.binary(max_size=300))
def test_anything_else_is_refused(answer: bytes) -> None:
    with pytest.raises(TimestampError):
        verify_answer(answer, request(), authorities=_WHOLE.authorities)


def test_a_huge_answer_is_refused(authority: LyingAuthority) -> None:
    assert fault_of(bytes(10**6), authority.authorities) is TimestampFault.SYNTAX
