# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from crypto_core.errors import CryptoCoreError, KeyStateError, SignatureError
from crypto_core.keys.signing import SigningPair
from crypto_core.trust.devices import find_device, require_current
from crypto_core.trust.key_history import KeyHistory
from crypto_core.trust.signatures import account_of, sha256
from crypto_core.wire.codec import decode
from crypto_core.wire.devices import AccountCertificate, DeviceEntry, DeviceList
from crypto_core.wire.ids import AccountId, DeviceId, Hash, UnixMillis
from crypto_core.wire.labels import CERTIFICATE, DEVICE_LIST
from crypto_core.wire.signed import Signed
from tests.fakes.people import DAY, NOW, Person, listing

if TYPE_CHECKING:
    from collections.abc import Callable

CLAIRE, THIEF = Person.invent("Claire"), Person.invent("voleur")
SECOND = DeviceEntry(
    device=DeviceId(b"2" * 16),
    signing=SigningPair.from_seed(b"2" * 64).public,
    request_key=b"2" * 32,
    added_at=NOW,
)
FIRST_LIST = decode(DeviceList, CLAIRE.device_list.body)
FIRST_CERTIFICATE = decode(AccountCertificate, CLAIRE.certificate.body)


def second_list(**changes: object) -> DeviceList:
    fields: dict[str, object] = {
        "version": 1,
        "account": CLAIRE.account,
        "sequence": 2,
        "previous": sha256(CLAIRE.device_list.body),
        "issued_at": UnixMillis(NOW + DAY),
        "expires_at": UnixMillis(NOW + 31 * DAY),
        "devices": (CLAIRE.entry, SECOND),
    }
    return DeviceList(**(fields | changes))  # type: ignore[arg-type]  # the fields are those of the class


def extended(listed: DeviceList, *, signer: Person = CLAIRE, log_index: int = 9) -> KeyHistory:
    signed = signer.identity.sign_object(DEVICE_LIST, listed)
    return CLAIRE.history_.extended(listing(signed), log_index=log_index, relay_time=NOW)


def begin(account: AccountId, certificate: Signed) -> KeyHistory:
    return KeyHistory(account=account).extended(
        listing(CLAIRE.device_list, certificate), log_index=0, relay_time=NOW
    )


def test_the_log_decides_who_was_listed_when() -> None:
    history = extended(second_list(devices=(SECOND,)), log_index=9)
    assert history.newest is not None
    assert find_device(history.newest, CLAIRE.device) is None
    assert history.entry_at(CLAIRE.device, log_index=9) == CLAIRE.entry
    assert history.entry_at(CLAIRE.device, log_index=10) is None
    assert history.entry_at(SECOND.device, log_index=9) is None
    assert history.entry_at(SECOND.device, log_index=10) == SECOND
    assert history.entry_at(CLAIRE.device, log_index=0) is None
    assert history.signing_key(CLAIRE.device) == CLAIRE.entry.signing
    assert history.signing_key(DeviceId(bytes(16))) is None


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: second_list(sequence=3), id="a number is skipped"),
        pytest.param(lambda: second_list(sequence=1), id="an older number"),
        pytest.param(
            lambda: second_list(previous=Hash(bytes(32))), id="no link to the list before"
        ),
        pytest.param(lambda: second_list(account=THIEF.account), id="another account"),
        pytest.param(
            lambda: second_list(
                issued_at=UnixMillis(NOW - DAY), expires_at=UnixMillis(NOW + 10 * DAY)
            ),
            id="issued before the list before",
        ),
        pytest.param(
            lambda: second_list(expires_at=UnixMillis(NOW + 90 * DAY)), id="valid for too long"
        ),
        pytest.param(lambda: second_list(expires_at=UnixMillis(NOW + DAY)), id="never valid"),
        pytest.param(
            lambda: second_list(devices=(CLAIRE.entry, CLAIRE.entry)), id="a device twice"
        ),
        pytest.param(
            lambda: second_list(
                devices=(CLAIRE.entry, replace(SECOND, signing=CLAIRE.entry.signing))
            ),
            id="two devices with one signing key",
        ),
        pytest.param(
            lambda: second_list(
                devices=(CLAIRE.entry, replace(SECOND, request_key=CLAIRE.entry.request_key))
            ),
            id="two devices with one request key",
        ),
        pytest.param(
            lambda: second_list(devices=(replace(CLAIRE.entry, signing=SECOND.signing),)),
            id="a known device with another signing key",
        ),
        pytest.param(
            lambda: second_list(devices=(replace(CLAIRE.entry, request_key=b"r" * 32),)),
            id="a known device with another request key",
        ),
    ],
)
def test_a_list_that_does_not_follow_is_refused(make: Callable[[], DeviceList]) -> None:
    with pytest.raises((KeyStateError, SignatureError)):
        extended(make())


def test_a_root_speaks_for_its_own_account_only() -> None:
    claimed = replace(FIRST_CERTIFICATE, account=THIEF.account)
    signed = CLAIRE.recovery.root.sign_object(CERTIFICATE, claimed)
    for account in (CLAIRE.account, THIEF.account):
        with pytest.raises(SignatureError):
            begin(account, signed)


def test_a_list_signed_by_someone_else_is_refused() -> None:
    with pytest.raises(SignatureError):
        extended(second_list(), signer=THIEF)


def test_a_later_list_cannot_stand_earlier_in_the_log() -> None:
    with pytest.raises(SignatureError):
        extended(second_list(), log_index=0)


def test_a_key_counts_while_the_list_that_names_it_is_in_force() -> None:
    again = replace(CLAIRE.entry, signing=SigningPair.from_seed(b"3" * 64).public)
    removed = CLAIRE.identity.sign_object(DEVICE_LIST, second_list(devices=(SECOND,)))
    returned = second_list(sequence=3, previous=sha256(removed.body), devices=(SECOND, again))
    listed_again = CLAIRE.identity.sign_object(DEVICE_LIST, returned)
    history = CLAIRE.history_.extended(listing(removed), log_index=9, relay_time=NOW).extended(
        listing(listed_again), log_index=19, relay_time=NOW
    )
    assert history.entry_at(CLAIRE.device, log_index=0) is None
    assert history.entry_at(CLAIRE.device, log_index=9) == CLAIRE.entry
    assert history.entry_at(CLAIRE.device, log_index=10) is None
    assert history.entry_at(CLAIRE.device, log_index=19) is None
    assert history.entry_at(CLAIRE.device, log_index=20) == again
    assert history.signing_key(CLAIRE.device) == again.signing


def test_the_first_list_is_number_one() -> None:
    second = CLAIRE.identity.sign_object(DEVICE_LIST, second_list())
    with pytest.raises(KeyStateError):
        KeyHistory(account=CLAIRE.account).extended(
            listing(second, CLAIRE.certificate), log_index=0, relay_time=NOW
        )


def test_an_account_is_the_hash_of_its_root_key() -> None:
    assert account_of(CLAIRE.recovery.root.public) == CLAIRE.account
    certificate = begin(CLAIRE.account, CLAIRE.certificate).certificate
    assert certificate is not None
    assert certificate.identity == CLAIRE.identity.public


@pytest.mark.parametrize("part", ["account", "ed25519", "ml_dsa_65", "body", "label"])
def test_a_certificate_proves_only_its_own_account(part: str) -> None:
    account, signed = CLAIRE.account, CLAIRE.certificate
    if part == "account":
        account = THIEF.account
    elif part == "body":
        signed = Signed(body=THIEF.certificate.body, signature=signed.signature)
        account = THIEF.account
    elif part == "label":
        signed = Signed(
            body=signed.body, signature=CLAIRE.recovery.root.sign(DEVICE_LIST, signed.body)
        )
    else:
        broken = getattr(signed.signature, part)
        flipped = bytes([broken[0] ^ 1]) + broken[1:]
        signed = replace(signed, signature=replace(signed.signature, **{part: flipped}))
    with pytest.raises(SignatureError):
        begin(account, signed)


def test_a_thief_cannot_certify_his_own_identity_key_under_my_address() -> None:
    claimed = replace(FIRST_CERTIFICATE, identity=THIEF.identity.public)
    forged = THIEF.recovery.root.sign_object(CERTIFICATE, claimed)
    with pytest.raises(SignatureError):
        begin(CLAIRE.account, forged)
    other_root = replace(claimed, root=THIEF.recovery.root.public)
    with pytest.raises(SignatureError):
        begin(CLAIRE.account, THIEF.recovery.root.sign_object(CERTIFICATE, other_root))


@pytest.mark.parametrize(
    ("now", "fine"),
    [(NOW, True), (NOW + 29 * DAY, True), (NOW + 31 * DAY, False), (NOW - DAY, False)],
)
def test_a_list_has_its_time(now: int, fine: bool) -> None:
    if fine:
        require_current(FIRST_LIST, now=UnixMillis(now))
    else:
        with pytest.raises(KeyStateError):
            require_current(FIRST_LIST, now=UnixMillis(now))


def test_an_unknown_account_number_is_never_accepted() -> None:
    with pytest.raises(CryptoCoreError):
        begin(AccountId(bytes(20)), CLAIRE.certificate)
