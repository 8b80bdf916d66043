# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writes the vectors of the journal, `journal/*.json`: one case a file, at most one failure a case.

`python tests/vectors/generate_journal.py` writes what is missing; `--check` only compares.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import cbor2
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

# The script also runs by its path, from anywhere.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from crypto_core.keys.derivation import expand
from crypto_core.keys.journal import first_journal_key, seal_entry
from crypto_core.trust.audit import commitment
from crypto_core.trust.signatures import sha256
from crypto_core.wire.codec import encode
from crypto_core.wire.ids import AccountId, Hash, MessageId, PatientId, UnixMillis, UtcOffsetMinutes
from crypto_core.wire.journal import FIELDS, Action, JournalEntry, OpenedEntry
from crypto_core.wire.labels import JOURNAL_ENTRY, SEALED_LEAF
from crypto_core.wire.limits import MAX_SLOTS
from tests.vectors.cases import Case, run

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER: Final = Path(__file__).with_name("journal")
SOURCE: Final = "tests/vectors/generate_journal.py"

KEY: Final = bytes(range(32))
ACCOUNT: Final = AccountId(b"a" * 20)
OTHER_ACCOUNT: Final = AccountId(b"b" * 20)
NONCE: Final = b"n" * 12
SALT: Final = b"s" * 32
VALUES: Final[dict[str, Any]] = {
    "letter": MessageId(b"m" * 16),
    "people": (AccountId(b"p" * 20),),
    "patient": PatientId(b"q" * 16),
    "document": 1,
    "number": 3,
}
READ: Final = JournalEntry(
    version=1,
    action=Action.READ,
    at=UnixMillis(1_790_000_000_000),
    utc_offset=UtcOffsetMinutes(120),
    letter=VALUES["letter"],
    people=VALUES["people"],
)


def filled(action: Action) -> JournalEntry:
    """Return an entry with all fields that an action has."""
    fields = FIELDS[action].needs | FIELDS[action].may
    return JournalEntry(
        version=1,
        action=action,
        at=READ.at,
        utc_offset=READ.utc_offset,
        **{name: VALUES[name] for name in fields},
    )


def opened(entry: JournalEntry) -> OpenedEntry:
    """Return an entry with the salt of all vectors."""
    return OpenedEntry(salt=SALT, entry=entry)


def sealed(entry: JournalEntry) -> bytes:
    """Seal as the program does."""
    return seal_entry(
        opened(entry), account=ACCOUNT, journal_key=KEY, random_bytes=lambda count: NONCE[:count]
    )


def sealed_by_hand(plaintext: bytes, committed: Hash) -> bytes:
    """Seal what the program never would."""
    cipher = AESGCM(expand(KEY, JOURNAL_ENTRY))
    return NONCE + cipher.encrypt(NONCE, plaintext, JOURNAL_ENTRY + ACCOUNT + committed)


def framed(raw: bytes) -> bytes:
    """Put the length before an encoded entry, and zeros behind."""
    return (len(raw).to_bytes(2, "big") + raw).ljust(228, b"\0")


def case(
    name: str,
    comment: str,
    sealed_entry: bytes,
    *,
    committed: Hash | None = None,
    account: AccountId = ACCOUNT,
    expect: str = "ok",
    entry: JournalEntry | None = None,
) -> Case:
    """Make a case of opening; the commitment is that of `READ` if none is given."""
    return Case(
        name=name,
        comment=comment,
        operation="open_entry",
        input={
            "account": account.hex(),
            "journal_key": KEY.hex(),
            "commitment": (commitment(opened(READ)) if committed is None else committed).hex(),
            "sealed": sealed_entry.hex(),
        },
        expect=expect,
        output=None if entry is None else encode(opened(entry)).hex(),
    )


def cases() -> tuple[Case, ...]:
    """All cases."""
    return (_first_key(), *_sound(), *_lengths(), *_ciphertexts(), *_contents())


def _first_key() -> Case:
    seed = bytes(range(64))
    key = first_journal_key(seed)
    return Case(
        name="first_key",
        comment="the journal key of an account that has none yet: its name, then the key",
        operation="first_journal_key",
        input={"identity_seed": seed.hex()},
        expect="ok",
        output=(key.name + key.key).hex(),
    )


def _sound() -> Iterator[Case]:
    for action in Action:
        entry = filled(action)
        yield case(
            f"ok_{action.name.lower()}",
            "an action with all fields it can have",
            sealed(entry),
            committed=commitment(opened(entry)),
            entry=entry,
        )
    many = replace(
        filled(Action.COMPOSED),
        people=tuple(AccountId(bytes([each]) * 20) for each in range(MAX_SLOTS)),
    )
    yield case(
        "ok_to_many",
        "the longest entry: a letter to as many people as an envelope has slots",
        sealed(many),
        committed=commitment(opened(many)),
        entry=many,
    )


def _lengths() -> Iterator[Case]:
    yield case("length_short", "255 bytes", sealed(READ)[:-1], expect="decryption")
    yield case("length_long", "4097 bytes", sealed(READ).ljust(4097, b"\0"), expect="decryption")


def _ciphertexts() -> Iterator[Case]:
    good = sealed(READ)
    yield case(
        "account_other", "another account's", good, account=OTHER_ACCOUNT, expect="decryption"
    )
    yield case(
        "commitment_other",
        "shown beside another leaf",
        good,
        committed=commitment(opened(filled(Action.PRINTED))),
        expect="decryption",
    )
    yield case(
        "ciphertext_changed",
        "one bit of the ciphertext is another",
        good[:40] + bytes([good[40] ^ 1]) + good[41:],
        expect="decryption",
    )


def _contents() -> Iterator[Case]:
    committed = commitment(opened(READ))
    raw = encode(opened(READ))
    yield case(
        "padding_used",
        "something stands behind the entry",
        sealed_by_hand(framed(raw)[:-1] + b"\1", committed),
        expect="decryption",
    )
    yield case(
        "padding_length",
        "the length reaches behind the end",
        sealed_by_hand((229).to_bytes(2, "big") + framed(raw)[2:], committed),
        expect="decryption",
    )
    other = encode(opened(filled(Action.PRINTED)))
    yield case(
        "commitment_not_of_entry",
        "sealed for a leaf that commits to another entry",
        sealed_by_hand(framed(other), committed),
        expect="decryption",
    )
    yield case(
        "structure_trailing_byte",
        "a byte follows the entry, inside its length",
        sealed_by_hand(framed(raw + b"\0"), committed),
        expect="decryption",
    )
    salt, fields = cbor2.loads(raw)
    fields[1] = 99
    later = cbor2.dumps([salt, fields], canonical=True)
    yield case(
        "structure_action_of_another",
        "an action that nobody knows, under the commitment to another entry",
        sealed_by_hand(framed(later), committed),
        expect="decryption",
    )
    of_later = sha256(SEALED_LEAF, salt, cbor2.dumps(fields, canonical=True))
    yield case(
        "structure_action",
        "an action that only a later program knows",
        sealed_by_hand(framed(later), of_later),
        expect="later",
        committed=of_later,
    )
    for name, comment, wrong in (
        ("fields_missing", "read, but no letter", replace(READ, letter=None)),
        ("fields_surplus", "read, with a number", replace(READ, number=1)),
        (
            "fields_two_people",
            "two people were blocked in one act",
            replace(filled(Action.CONTACT_BLOCKED), people=(ACCOUNT, OTHER_ACCOUNT)),
        ),
    ):
        yield case(
            name,
            comment,
            sealed_by_hand(framed(encode(opened(wrong))), commitment(opened(wrong))),
            committed=commitment(opened(wrong)),
            expect="wire",
        )


if __name__ == "__main__":
    sys.exit(run(FOLDER, SOURCE, cases(), sys.argv[1:]))
