# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

from dataclasses import replace

import pytest

from crypto_core.errors import KeyStateError, SignatureError, WireError
from crypto_core.keys.derivation import derive
from crypto_core.keys.signing import SigningPair, recovery_secrets
from crypto_core.trust.signatures import open_signed, verify, verify_ed25519
from crypto_core.wire import labels
from crypto_core.wire.content import Letter
from crypto_core.wire.signed import Signed

PAIR = SigningPair.from_seed(bytes(range(64)))
ALL_LABELS = [value for name, value in vars(labels).items() if name.isupper()]


def test_a_pair_is_its_seed() -> None:
    assert SigningPair.from_seed(PAIR.seed).public == PAIR.public
    with pytest.raises(KeyStateError):
        SigningPair.from_seed(bytes(63))


def test_a_signature_is_good_for_one_use_only() -> None:
    signature = PAIR.sign(labels.MESSAGE, b"body")
    verify(PAIR.public, labels.MESSAGE, b"body", signature)
    for label in set(ALL_LABELS) - {labels.MESSAGE}:
        with pytest.raises(SignatureError):
            verify(PAIR.public, label, b"body", signature)
    with pytest.raises(SignatureError):
        verify(PAIR.public, labels.MESSAGE, b"Body", signature)


def test_an_ed25519_key_that_fits_everything_signs_nothing() -> None:
    """The neutral point as key and as R, with S = 0, satisfies RFC 8032 §5.1.7 for any message."""
    neutral = b"\x01" + bytes(31)
    weak = replace(PAIR.public, ed25519=neutral)
    genuine = PAIR.sign(labels.MESSAGE, b"one text")
    signature = replace(genuine, ed25519=neutral + bytes(32))
    for body in (b"one text", b"another text"):
        verify_ed25519(weak, labels.MESSAGE, body, signature)
    with pytest.raises(SignatureError):
        verify(weak, labels.MESSAGE, b"another text", signature)


def test_neither_half_stands_for_the_other() -> None:
    signature = PAIR.sign(labels.MESSAGE, b"body")
    other = SigningPair.from_seed(bytes(64)).sign(labels.MESSAGE, b"body")
    for mixed in (
        replace(signature, ed25519=other.ed25519),
        replace(signature, ml_dsa_65=other.ml_dsa_65),
    ):
        with pytest.raises(SignatureError):
            verify(PAIR.public, labels.MESSAGE, b"body", mixed)


def test_no_label_is_the_beginning_of_another() -> None:
    assert len(set(ALL_LABELS)) == len(ALL_LABELS)
    for label in ALL_LABELS:
        assert label.endswith(b"\x00")
        assert not any(other != label and other.startswith(label) for other in ALL_LABELS)


def test_a_signed_object_is_verified_before_it_is_read() -> None:
    letter = Letter(version=1, subject="Objet", text="Texte")
    signed = PAIR.sign_object(labels.MESSAGE, letter)
    assert open_signed(Letter, PAIR.public, labels.MESSAGE, signed) == letter
    malformed = Signed(body=b"\xff", signature=signed.signature)
    with pytest.raises(SignatureError):
        open_signed(Letter, PAIR.public, labels.MESSAGE, malformed)
    garbage = Signed(body=b"\xff", signature=PAIR.sign(labels.MESSAGE, b"\xff"))
    with pytest.raises(WireError):
        open_signed(Letter, PAIR.public, labels.MESSAGE, garbage)


def test_the_recovery_code_derives_independent_secrets() -> None:
    secrets = recovery_secrets(bytes(32))
    assert secrets.account == recovery_secrets(bytes(32)).account
    assert secrets.account != recovery_secrets(b"\x01" * 32).account
    assert secrets.account_secret not in secrets.root.seed
    assert secrets.account_secret == derive(bytes(32), labels.KIT_ACCOUNT_SECRET)
    assert repr(secrets.account_secret) not in repr(secrets)
    with pytest.raises(KeyStateError):
        recovery_secrets(bytes(31))
