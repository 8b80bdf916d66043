# SPDX-License-Identifier: AGPL-3.0-or-later
"""Linking a second computer, and everybody who would like to be that computer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from crypto_core.errors import (
    CryptoCoreError,
    DecryptionError,
    KeyStateError,
    SignatureError,
    StretchError,
    WireError,
)
from crypto_core.keys.comparison import link_words
from crypto_core.keys.linking import (
    OwnOffer,
    draw_link_secret,
    link_id_of,
    make_offer,
    open_offer,
    seal_grant,
)
from crypto_core.keys.prekeys import KemPair, seal_to
from crypto_core.keys.signing import SigningPair
from crypto_core.trust.signatures import sha256
from crypto_core.wire.codec import encode
from crypto_core.wire.devices import DeviceEntry
from crypto_core.wire.ids import AccountId, DeviceId
from crypto_core.wire.kit import KitKeys
from crypto_core.wire.labels import LINK_GRANT
from crypto_core.wire.limits import MAX_REQUEST_BYTES
from crypto_core.wire.linking import (
    MAX_SEALED_GRANT_BYTES,
    MAX_SEALED_OFFER_BYTES,
    LinkGrant,
    LinkId,
)
from crypto_core.wire.padding import padded_length
from crypto_core.wire.recovery import RecoveryPackage
from crypto_core.wire.words import WordLanguage
from tests.fakes.people import NOW, Person, SeededBytes

if TYPE_CHECKING:
    from collections.abc import Callable

QUICK = 8 * 1024
"""Memory of Argon2id in tests that are not about its cost."""
CLAIRE, KARIM = Person.invent("Claire"), Person.invent("Karim")
SECRET = draw_link_secret(SeededBytes("secret"))
LINK = link_id_of(SECRET)


def computer(name: str) -> DeviceEntry:
    random_bytes = SeededBytes(name)
    return DeviceEntry(
        device=DeviceId(random_bytes(16)),
        signing=SigningPair.from_seed(random_bytes(64)).public,
        request_key=random_bytes(32),
        added_at=NOW,
    )


def grant_of(person: Person) -> LinkGrant:
    return LinkGrant(
        version=1,
        kit=KitKeys(
            version=1,
            root=sha256(encode(person.recovery.root.public)),
            account_secret=person.recovery.account_secret,
            public_key=KemPair.from_seed(b"k" * 96).public_key,
        ),
        next_kit=None,
        package=RecoveryPackage(
            version=1,
            account=person.account,
            number=3,
            created_at=NOW,
            name="Claire Dupuis",
            profession="Médecin",
            place="Lyon",
            identity_seed=person.identity.seed,
            certificate=person.certificate,
            contacts=(),
            checkpoint="",
            enrolment="uhs:relay/x",
            archive_keys=(),
            journal_keys=(),
            erased=(),
        ),
    )


GRANT = grant_of(CLAIRE)
NEW = make_offer(SECRET, computer("new"), random_bytes=SeededBytes("new computer"))
SEALED_GRANT = seal_grant(LINK, NEW.offer, GRANT)


def words(offer: OwnOffer) -> tuple[str, ...]:
    return link_words(offer.link, offer.offer, WordLanguage.FRENCH, memory_bytes=QUICK)


def test_a_second_computer_is_linked() -> None:
    received = open_offer(SECRET, NEW.sealed)
    assert received == NEW.offer
    assert words(NEW) == link_words(LINK, received, WordLanguage.FRENCH, memory_bytes=QUICK)
    sealed = seal_grant(LINK, received, GRANT)
    assert NEW.open_grant(sealed, account=CLAIRE.account) == GRANT
    assert NEW.open_grant(sealed, account=None) == GRANT


def test_link_qr_photographed_by_a_third_person_gives_other_words() -> None:
    """Whoever has the secret may offer first; what then stands on the two screens differs."""
    thief = make_offer(SECRET, computer("thief"), random_bytes=SeededBytes("thief"))
    assert open_offer(SECRET, thief.sealed) == thief.offer
    assert words(thief) != words(NEW)


def test_link_qr_photographed_by_a_third_person_opens_no_grant() -> None:
    """The answer to the owner's computer, read from the relay with the secret known, stays closed."""
    thief = make_offer(SECRET, computer("thief"), random_bytes=SeededBytes("thief"))
    with pytest.raises(DecryptionError):
        thief.open_grant(SEALED_GRANT, account=CLAIRE.account)


def test_a_third_person_cannot_answer_with_another_account() -> None:
    """His own account, well formed and sealed to the right offer, is not the one in the picture."""
    with pytest.raises(SignatureError):
        NEW.open_grant(seal_grant(LINK, NEW.offer, grant_of(KARIM)), account=CLAIRE.account)


def test_a_third_person_cannot_answer_for_the_account_without_its_identity_key() -> None:
    package = replace(GRANT.package, identity_seed=KARIM.identity.seed)
    with pytest.raises(SignatureError):
        seal_grant(LINK, NEW.offer, replace(GRANT, package=package))
    with pytest.raises(SignatureError):
        NEW.open_grant(sealed_as_it_is(replace(GRANT, package=package)), account=CLAIRE.account)


def sealed_as_it_is(
    grant: LinkGrant | bytes, *, link: LinkId = LINK, length: int | None = None, fill: bytes = b"\0"
) -> bytes:
    """Seal without the checks that an honest computer does."""
    encoded = grant if isinstance(grant, bytes) else encode(grant)
    stated = len(encoded) if length is None else length
    padded = (stated.to_bytes(8, "big") + encoded).ljust(padded_length(8 + len(encoded)), fill)
    info = LINK_GRANT + link + sha256(encode(NEW.offer))
    return seal_to(NEW.offer.public_key, padded, info=info)


@pytest.mark.parametrize(
    ("make", "error"),
    [
        pytest.param(
            lambda: seal_grant(LinkId(bytes(16)), NEW.offer, GRANT),
            DecryptionError,
            id="other link",
        ),
        pytest.param(
            lambda: seal_grant(LINK, replace(NEW.offer, entry=computer("other")), GRANT),
            DecryptionError,
            id="an offer that was changed",
        ),
        pytest.param(
            lambda: SEALED_GRANT[:-1] + bytes([SEALED_GRANT[-1] ^ 1]), DecryptionError, id="a bit"
        ),
        pytest.param(lambda: SEALED_GRANT[:-1], DecryptionError, id="cut"),
        pytest.param(lambda: b"", DecryptionError, id="empty"),
        pytest.param(lambda: sealed_as_it_is(b"no grant"), WireError, id="not a grant"),
        pytest.param(
            lambda: sealed_as_it_is(GRANT, length=2**60), WireError, id="longer than it is"
        ),
        pytest.param(lambda: sealed_as_it_is(GRANT, fill=b"x"), WireError, id="filled with data"),
    ],
)
def test_a_grant_that_is_not_right_is_refused(
    make: Callable[[], bytes], error: type[CryptoCoreError]
) -> None:
    with pytest.raises(error):
        NEW.open_grant(make(), account=CLAIRE.account)


@pytest.mark.parametrize(
    ("secret", "sealed", "error"),
    [
        pytest.param(bytes(16), NEW.sealed, DecryptionError, id="another secret"),
        pytest.param(SECRET, NEW.sealed[:-1], DecryptionError, id="cut"),
        pytest.param(SECRET, b"", DecryptionError, id="empty"),
        pytest.param(
            SECRET, bytes(MAX_SEALED_OFFER_BYTES + 1), WireError, id="longer than allowed"
        ),
        pytest.param(SECRET[:-1], NEW.sealed, KeyStateError, id="a secret that is too short"),
    ],
)
def test_an_offer_that_is_not_right_is_refused(
    secret: bytes, sealed: bytes, error: type[CryptoCoreError]
) -> None:
    with pytest.raises(error):
        open_offer(secret, sealed)


def test_an_offer_to_a_key_of_no_curve_is_not_answered() -> None:
    with pytest.raises(KeyStateError):
        seal_grant(LINK, replace(NEW.offer, public_key=b"\xff" * 1216), GRANT)


def test_the_three_words_cost_what_a_passphrase_costs() -> None:
    """The default is the full price: Argon2id with 128 MiB and three passes."""
    full = link_words(LINK, NEW.offer, WordLanguage.FRENCH)
    assert full == link_words(LINK, NEW.offer, WordLanguage.FRENCH, memory_bytes=128 * 1024 * 1024)
    assert full != words(NEW)
    with pytest.raises(StretchError):
        link_words(LINK, NEW.offer, WordLanguage.FRENCH, memory_bytes=0)


def test_the_words_of_a_link_depend_on_link_and_offer() -> None:
    other_link = replace(NEW, link=LinkId(bytes(16)))
    other_key = replace(NEW, offer=replace(NEW.offer, public_key=KARIM.signed_pair.public_key))
    assert len({words(NEW), words(other_link), words(other_key)}) == 3
    assert len(words(NEW)) == 3


def test_nothing_secret_is_shown() -> None:
    assert SECRET.hex() not in repr(NEW)
    secret = replace(GRANT.kit, account_secret=b"canary" + bytes(26))
    assert "canary" not in repr((secret, replace(GRANT, kit=secret, next_kit=secret)))
    assert CLAIRE.identity.seed.hex() not in repr(GRANT)
    assert "Dupuis" not in repr(GRANT)


def test_what_the_relay_stores_has_one_size_for_similar_grants_and_fits_a_request() -> None:
    longer = replace(GRANT, package=replace(GRANT.package, place="Lyon 7e"))
    assert len(seal_grant(LINK, NEW.offer, longer)) == len(SEALED_GRANT)
    assert len(NEW.sealed) <= MAX_SEALED_OFFER_BYTES
    assert MAX_SEALED_GRANT_BYTES + 16 < MAX_REQUEST_BYTES


def test_an_account_of_the_wrong_kind_is_refused() -> None:
    package = replace(GRANT.package, account=AccountId(bytes(20)))
    with pytest.raises(SignatureError):
        NEW.open_grant(sealed_as_it_is(replace(GRANT, package=package)), account=None)
