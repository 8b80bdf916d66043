# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writes the vectors of linking, words and contact cards, `linking/*.json`: one case a file, at most one failure a case.

`python tests/vectors/generate_linking.py` writes what is missing; `--check` only compares. A sealed grant, once
written, is kept for ever.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

# The script also runs by its path, from anywhere.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from crypto_core.keys.comparison import link_words, person_words
from crypto_core.keys.linking import link_id_of, make_offer, seal_grant
from crypto_core.keys.prekeys import KemPair, seal_to
from crypto_core.keys.signing import SigningPair
from crypto_core.trust.signatures import sha256
from crypto_core.wire.checked_text import format_checked
from crypto_core.wire.codec import encode
from crypto_core.wire.contact_card import CONTACT_PREFIX, PersonalCard, format_contact_card
from crypto_core.wire.devices import DeviceEntry
from crypto_core.wire.enrolment import Enrolment, format_enrolment
from crypto_core.wire.ids import AccountId, DeviceId, Hash
from crypto_core.wire.kit import KitKeys
from crypto_core.wire.labels import LINK_GRANT
from crypto_core.wire.limits import STRETCH_LEAST_MEMORY_BYTES
from crypto_core.wire.linking import (
    LINK_PREFIX,
    MAX_SEALED_OFFER_BYTES,
    LinkGrant,
    LinkId,
    LinkInvitation,
    LinkOffer,
    format_link,
)
from crypto_core.wire.padding import padded_length
from crypto_core.wire.recovery import RecoveryPackage
from crypto_core.wire.words import WordLanguage, format_secret_words
from tests.fakes.people import NOW, Person, SeededBytes
from tests.fakes.scripted_bytes import ScriptedBytes
from tests.vectors.cases import Case, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FOLDER: Final = Path(__file__).with_name("linking")
SOURCE: Final = "tests/vectors/generate_linking.py"

CLAIRE, KARIM = Person.invent("Claire"), Person.invent("Karim")
SECRET: Final = SeededBytes("link secret")(16)
LINK: Final = link_id_of(SECRET)
KEM_SEED, NONCE = SeededBytes("offer key")(96), SeededBytes("offer nonce")(12)
ENTRY: Final = DeviceEntry(
    device=DeviceId(b"n" * 16),
    signing=SigningPair.from_seed(b"n" * 64).public,
    request_key=b"n" * 32,
    added_at=NOW,
)
OWN: Final = make_offer(SECRET, ENTRY, random_bytes=ScriptedBytes(KEM_SEED, NONCE))
THIEF: Final = make_offer(
    SECRET, replace(ENTRY, device=DeviceId(b"t" * 16)), random_bytes=SeededBytes("thief")
)
FRENCH, ENGLISH = (format_secret_words(SECRET, language) for language in WordLanguage)
ENROLMENT: Final = Enrolment(
    version=1,
    url="https://relay.example",
    spki_sha256=Hash(bytes(32)),
    log_keys=("relay.example/log+1", "relay.example/log+6"),
)
INVITATION: Final = LinkInvitation(
    version=1, enrolment=ENROLMENT, account=CLAIRE.account, secret=SECRET
)
CARD: Final = PersonalCard(
    version=1, account=CLAIRE.account, name="Dr Claire Dupuis", profession="Médecin"
)


def grant_of(person: Person, **package: Any) -> LinkGrant:  # noqa: ANN401 - the fields of RecoveryPackage
    """Return what the old computer of this person would grant."""
    whole = RecoveryPackage(
        version=1,
        account=person.account,
        number=1,
        created_at=NOW,
        name="Dr Claire Dupuis",
        profession="Médecin",
        place="Lyon",
        identity_seed=person.identity.seed,
        certificate=person.certificate,
        contacts=(),
        checkpoint="",
        enrolment=format_enrolment(ENROLMENT),
        archive_keys=(),
        journal_keys=(),
        erased=(),
    )
    return LinkGrant(
        version=1,
        kit=KitKeys(
            version=1,
            root=sha256(encode(person.recovery.root.public)),
            account_secret=person.recovery.account_secret,
            public_key=KemPair.from_seed(b"k" * 96).public_key,
        ),
        next_kit=None,
        package=replace(whole, **package),
    )


def text_cases() -> Iterator[Case]:
    """Texts of links and cards, and secrets as words."""

    def case(name: str, comment: str, operation: str, text: str, expect: str = "wire") -> Case:
        values = {"parse_link": INVITATION, "parse_contact_card": CARD}
        output = encode(values[operation]).hex() if expect == "ok" else None
        return Case(
            name=name,
            comment=comment,
            operation=operation,
            expect=expect,
            input={"text": text},
            output=output,
        )

    texts = {
        "link": ("parse_link", LINK_PREFIX, format_link(INVITATION), INVITATION),
        "card": ("parse_contact_card", CONTACT_PREFIX, format_contact_card(CARD), CARD),
    }
    for name, (operation, prefix, text, value) in texts.items():
        middle = len(text) // 2
        other = "A" if text[middle] != "A" else "B"
        second = bytearray(encode(value))
        second[1] = 2
        yield case(f"{name}_valid", "As it is shown.", operation, text, "ok")
        yield case(
            f"{name}_broken_lines",
            "Copied from a letter.",
            operation,
            f" {text[:middle]}\r\n {text[middle:]}\n",
            "ok",
        )
        yield case(
            f"{name}_character",
            "One character.",
            operation,
            text[:middle] + other + text[middle + 1 :],
        )
        yield case(f"{name}_cut", "The last character.", operation, text[:-1])
        yield case(f"{name}_padded", "Base64 has one spelling.", operation, text + "=")
        yield case(f"{name}_upper_case", "The prefix has one spelling.", operation, text.upper())
        yield case(
            f"{name}_version", "Version 2.", operation, format_checked(prefix, bytes(second))
        )
    elsewhere = replace(INVITATION, enrolment=replace(ENROLMENT, url="https://relay.example@other"))
    yield case("link_other_host", "The host is another.", "parse_link", format_link(elsewhere))


def word_cases() -> Iterator[Case]:
    """Twelve words, written and read."""

    def case(name: str, comment: str, text: str, expect: str = "ok") -> Case:
        return Case(
            name=f"words_{name}",
            comment=comment,
            operation="parse_secret_words",
            expect=expect,
            input={"text": text},
            output={"secret": SECRET.hex(), "fr": " ".join(FRENCH), "en": " ".join(ENGLISH)}
            if expect == "ok"
            else None,
        )

    yield case("french", "As shown.", " ".join(FRENCH))
    yield case("english", "As shown.", " ".join(ENGLISH))
    yield case("capitals", "Upper case, dashes.", "-".join(FRENCH).upper())
    yield case(
        "numbered",
        "With their places.",
        "\n".join(f"{at}. {word}" for at, word in enumerate(FRENCH, 1)),
    )
    yield case("four_letters", "Four are enough.", " ".join(word[:4] for word in ENGLISH))
    yield case("three_letters", "Three are not.", " ".join(word[:3] for word in ENGLISH), "word 1")
    yield case(
        "unknown", "In no list.", " ".join((*FRENCH[:6], "xylophage", *FRENCH[7:])), "word 7"
    )
    yield case("eleven", "One too few.", " ".join(FRENCH[:-1]), "wire")
    yield case("thirteen", "One too many.", " ".join((*FRENCH, FRENCH[0])), "wire")
    yield case(
        "exchanged", "The check bits see it.", " ".join((FRENCH[1], FRENCH[0], *FRENCH[2:])), "wire"
    )


def offer_cases() -> Iterator[Case]:
    """Offers as the old computer opens them, and the words of both sides."""

    def case(name: str, comment: str, sealed: bytes, expect: str, secret: bytes = SECRET) -> Case:
        return Case(
            name=f"offer_{name}",
            comment=comment,
            operation="open_offer",
            expect=expect,
            input={"secret": secret.hex(), "sealed": sealed.hex()},
            output={"link": LINK.hex(), "offer": encode(OWN.offer).hex()}
            if expect == "ok"
            else None,
        )

    yield case("valid", "The new computer's.", OWN.sealed, "ok")
    yield case("other_secret", "Of another link.", OWN.sealed, "decryption", bytes(16))
    yield case("bit", "One bit.", OWN.sealed[:-1] + bytes([OWN.sealed[-1] ^ 1]), "decryption")
    yield case("cut", "One byte.", OWN.sealed[:-1], "decryption")
    yield case("too_long", "Longer than an offer.", bytes(MAX_SEALED_OFFER_BYTES + 1), "wire")
    yield case("secret_short", "15 bytes.", OWN.sealed, "key state", SECRET[:-1])
    for name, comment, made in (
        ("own", "What both screens show.", OWN),
        ("thief", "A third person's offer, under the same link.", THIEF),
    ):
        yield Case(
            name=f"comparison_{name}",
            comment=comment,
            operation="link_words",
            input={"link": LINK.hex(), "offer": encode(made.offer).hex()},
            output={
                "memory_bytes": STRETCH_LEAST_MEMORY_BYTES,
                "words": {
                    language: " ".join(link_words(LINK, made.offer, language))
                    for language in WordLanguage
                },
            },
        )
    yield Case(
        name="person_words",
        comment="The same whoever asks.",
        operation="person_words",
        input={"one": CLAIRE.account.hex(), "other": KARIM.account.hex()},
        output={
            language: " ".join(person_words(CLAIRE.account, KARIM.account, language))
            for language in WordLanguage
        },
    )


def honest(grant: LinkGrant, offer: LinkOffer = OWN.offer, link: LinkId = LINK) -> bytes:
    """Seal as an old computer does."""
    return seal_grant(link, offer, grant)


def dishonest(grant: LinkGrant, *, fill: bytes = b"\x00", length: int | None = None) -> bytes:
    """Seal without the checks that an honest computer does."""
    encoded = encode(grant)
    stated = len(encoded) if length is None else length
    padded = (stated.to_bytes(8, "big") + encoded).ljust(padded_length(8 + len(encoded)), fill)
    return seal_to(OWN.offer.public_key, padded, info=LINK_GRANT + LINK + sha256(encode(OWN.offer)))


def grant_cases() -> Iterator[Case]:
    """Answers as the new computer opens them."""

    def case(
        name: str,
        comment: str,
        expect: str,
        seal: Callable[[], bytes],
        *,
        account: AccountId | None = CLAIRE.account,
        by: str = "own",
    ) -> Case:
        return Case(
            name=f"grant_{name}",
            comment=comment,
            operation="open_grant",
            expect=expect,
            input={
                "secret": SECRET.hex(),
                "entry": encode(ENTRY).hex(),
                "kem_seed": (KEM_SEED if by == "own" else SeededBytes("thief")(96)).hex(),
                "account": None if account is None else account.hex(),
            },
            output={
                "account": CLAIRE.account.hex(),
                "account_secret": CLAIRE.recovery.account_secret.hex(),
                "identity_seed": CLAIRE.identity.seed.hex(),
            }
            if expect == "ok"
            else None,
            keep=lambda: {"sealed": seal().hex()},
        )

    own = grant_of(CLAIRE)
    yield case("valid", "The QR picture was read.", "ok", lambda: honest(own))
    yield case("valid_words", "Words were typed.", "ok", lambda: honest(own), account=None)
    yield case(
        "read_by_thief",
        "Sealed for the owner's computer.",
        "decryption",
        lambda: honest(own),
        by="thief",
    )
    yield case(
        "for_other_offer",
        "Sealed for a third person.",
        "decryption",
        lambda: honest(own, THIEF.offer),
    )
    yield case(
        "for_changed_offer",
        "Same key, another device.",
        "decryption",
        lambda: honest(own, replace(OWN.offer, entry=THIEF.offer.entry)),
    )
    yield case(
        "for_other_link", "Another link.", "decryption", lambda: honest(own, link=LinkId(bytes(16)))
    )
    yield case("cut", "One byte.", "decryption", lambda: honest(own)[:-1])
    yield case(
        "other_account", "A third person's account.", "signature", lambda: honest(grant_of(KARIM))
    )
    yield case(
        "other_identity",
        "Without the account's key.",
        "signature",
        lambda: dishonest(grant_of(CLAIRE, identity_seed=KARIM.identity.seed)),
    )
    yield case(
        "other_certificate",
        "Package and certificate differ.",
        "signature",
        lambda: dishonest(
            grant_of(CLAIRE, certificate=KARIM.certificate, identity_seed=KARIM.identity.seed)
        ),
    )
    yield case("padding_filled", "Not zeros.", "wire", lambda: dishonest(own, fill=b"x"))
    yield case("length_beyond", "Longer than it is.", "wire", lambda: dishonest(own, length=2**40))
    yield case("length_short", "The object is cut.", "wire", lambda: dishonest(own, length=9_000))


def cases() -> tuple[Case, ...]:
    """Return all cases."""
    return (*text_cases(), *word_cases(), *offer_cases(), *grant_cases())


if __name__ == "__main__":
    sys.exit(run(FOLDER, SOURCE, cases(), sys.argv[1:]))
