# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writes the vectors of suite 1, `envelope/*.json`: one case a file, at most one failure a case.

`python tests/vectors/generate_envelope.py` writes what is missing; `--check` only compares. HPKE and ML-DSA
are never the same twice, so a sealed envelope, once written, is kept for ever: later versions must still
open it. What is compared is everything around it that is determined: readers, keys, expectations, headers.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import cbor2

# The script also runs by its path, from anywhere.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from collections.abc import Callable

from crypto_core.errors import OpenCheck
from crypto_core.keys.derivation import expand
from crypto_core.keys.streams import seal_bytes
from crypto_core.keys.vault import create_vault
from crypto_core.trust.signatures import sha256
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.content import Letter
from crypto_core.wire.envelope import Envelope, Recipient
from crypto_core.wire.ids import AccountId, BlobId, Hash
from crypto_core.wire.labels import BODY, COMMIT
from crypto_core.wire.limits import CHUNK_BYTES, MAX_ENVELOPE_BYTES
from crypto_core.wire.padding import padded_length
from crypto_core.wire.signed import HybridSignature
from tests.fakes.forged_envelopes import (
    CONTENT_KEY,
    LETTER,
    MESSAGE_ID,
    Forgery,
    forge,
    section,
    signed_message,
)
from tests.fakes.people import Person, SeededBytes

FOLDER: Final = Path(__file__).with_name("envelope")
SOURCE: Final = "tests/vectors/generate_envelope.py"

CLAIRE, KARIM, LEA = (Person.invent(name) for name in ("Claire", "Karim", "Léa"))
TO_BOTH = (KARIM.target(), LEA.target(one_time=1))
BLOB = BlobId(b"b" * 16)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case: how the envelope is made, who opens it, and how that must end."""

    name: str
    comment: str
    expect: str
    make: Callable[[], bytes]
    by_lea: bool = False
    accepted_at: int = 5
    opened_before: Hash | None = None
    erased: bool = False
    body_blob: Callable[[], bytes] | None = None
    zeros_after: int = 0
    """How many zero bytes follow the envelope, to keep a large vector small."""

    @property
    def reader(self) -> Person:
        """Who opens it."""
        return LEA if self.by_lea else KARIM


def forged(**changes: Any) -> Callable[[], bytes]:  # noqa: ANN401 - the fields of Forgery
    """Make an envelope with one thing done dishonestly."""
    return lambda: forge(CLAIRE, TO_BOTH, Forgery(**changes))


def altered(change: Callable[[Envelope], Envelope]) -> Callable[[], bytes]:
    """Make an honest envelope, then change it."""
    return lambda: encode(change(decode(Envelope, forge(CLAIRE, TO_BOTH))))


def with_header(position: int, value: object) -> Callable[[], bytes]:
    """Make an honest envelope, then change one field of its header."""

    def change(envelope: Envelope) -> Envelope:
        fields = list(cbor2.loads(envelope.header))
        fields[position] = value
        return dataclasses.replace(envelope, header=cbor2.dumps(fields, canonical=True))

    return altered(change)


def flipped(data: bytes, position: int) -> bytes:
    """Change one bit."""
    changed = bytearray(data)
    changed[position] ^= 1
    return bytes(changed)


def honest_header_hash() -> Hash:
    """Hash of the header that every honest envelope of these vectors has."""
    return sha256(decode(Envelope, forge(CLAIRE, TO_BOTH)).header)


@cache
def blob_message() -> bytes:
    """Message of the cases that carry their body outside the envelope."""
    header = decode(Envelope, forge(CLAIRE, TO_BOTH, Forgery(body_blob=BLOB))).header
    return signed_message(CLAIRE, sha256(header))


def blob_body() -> bytes:
    """Sealed body of these cases."""
    signed = blob_message()
    plaintext = len(signed).to_bytes(8, "big") + signed
    return seal_bytes(expand(CONTENT_KEY, BODY, MESSAGE_ID), b"prefix7", plaintext)


def with_blob() -> bytes:
    """Make an envelope whose body is `blob_body`."""
    return forge(CLAIRE, TO_BOTH, Forgery(body_blob=BLOB, signed_message=blob_message()))


def framed(length_more: int, padding: bytes) -> Callable[[], bytes]:
    """Make an honest envelope but for the length in front of its message and the padding behind it."""

    def make() -> bytes:
        signed = signed_message(CLAIRE, honest_header_hash())
        plaintext = (len(signed) + length_more).to_bytes(8, "big") + signed
        plaintext += padding * (padded_length(len(plaintext)) - len(plaintext))
        body = seal_bytes(expand(CONTENT_KEY, BODY, MESSAGE_ID), b"prefix7", plaintext)
        return forge(CLAIRE, TO_BOTH, Forgery(body=body))

    return make


def failing(check: OpenCheck) -> str:
    """Say which check stops the case."""
    return f"open {int(check)} {check.name}"


CASES: Final = (
    Case(name="ok_signed_prekey", comment="sealed to the rotating key", expect="ok", make=forged()),
    Case(
        name="ok_one_time_prekey",
        comment="sealed to a one-time key",
        expect="ok",
        make=forged(),
        by_lea=True,
    ),
    Case(
        name="ok_body_blob",
        comment="the body travels as a blob",
        expect="ok",
        make=with_blob,
        body_blob=blob_body,
    ),
    Case(
        name="limits_too_large",
        comment="one byte more than the largest envelope",
        expect=failing(OpenCheck.LIMITS),
        make=lambda: b"",
        zeros_after=MAX_ENVELOPE_BYTES + 1,
    ),
    Case(
        name="codec_body_twice",
        comment="the header names a body blob, and there is a body",
        expect=failing(OpenCheck.CODEC),
        make=lambda: encode(
            dataclasses.replace(
                decode(Envelope, forge(CLAIRE, TO_BOTH, Forgery(body_blob=BLOB))), body=b"body"
            )
        ),
        body_blob=blob_body,
    ),
    Case(
        name="codec_slot_short",
        comment="a slot of another size",
        expect=failing(OpenCheck.CODEC),
        make=altered(
            lambda whole: dataclasses.replace(whole, slots=(whole.slots[0], whole.slots[1][:-1]))
        ),
    ),
    Case(
        name="codec_trailing_byte",
        comment="one byte more",
        expect=failing(OpenCheck.CODEC),
        make=lambda: forge(CLAIRE, TO_BOTH) + b"\x00",
    ),
    Case(
        name="codec_slot_missing",
        comment="two recipients, one slot",
        expect=failing(OpenCheck.CODEC),
        make=altered(lambda whole: dataclasses.replace(whole, slots=whole.slots[:1])),
    ),
    Case(
        name="suite_unknown",
        comment="suite 2 in the header",
        expect=failing(OpenCheck.SUITE),
        make=with_header(1, 2),
    ),
    Case(
        name="slot_not_mine",
        comment="the reader's device is not among the recipients",
        expect=failing(OpenCheck.SLOT),
        make=lambda: forge(CLAIRE, TO_BOTH[1:]),
    ),
    Case(
        name="slot_twice",
        comment="the reader's device is named twice",
        expect=failing(OpenCheck.SLOT),
        make=lambda: forge(CLAIRE, (TO_BOTH[0], TO_BOTH[0])),
    ),
    Case(
        name="replay_same_header",
        comment="opened before: acknowledged again, not shown again",
        expect="already opened",
        make=forged(),
        opened_before=honest_header_hash(),
    ),
    Case(
        name="replay_other_header",
        comment="the message number was opened before under another header",
        expect=failing(OpenCheck.REPLAY),
        make=forged(),
        opened_before=Hash(bytes(32)),
    ),
    Case(
        name="prekey_erased",
        comment="the one-time key was used and erased",
        expect=failing(OpenCheck.PREKEY),
        make=forged(),
        by_lea=True,
        erased=True,
    ),
    Case(
        name="hpke_slot_flipped",
        comment="one bit of the slot changed",
        expect=failing(OpenCheck.HPKE),
        make=altered(
            lambda whole: dataclasses.replace(
                whole, slots=(flipped(whole.slots[0], 700), whole.slots[1])
            )
        ),
    ),
    Case(
        name="hpke_header_changed",
        comment="the end of life in the header changed: no slot opens any more",
        expect=failing(OpenCheck.HPKE),
        make=with_header(6, 1),
    ),
    Case(
        name="commitment_other_key",
        comment="the reader's slot holds another content key than the commitment",
        expect=failing(OpenCheck.COMMITMENT),
        make=forged(
            slot_keys=(bytes(32), CONTENT_KEY), commitment=Hash(expand(CONTENT_KEY, COMMIT))
        ),
    ),
    Case(
        name="body_flipped",
        comment="one bit of the sealed body changed",
        expect=failing(OpenCheck.BODY),
        make=altered(lambda whole: dataclasses.replace(whole, body=flipped(whole.body, 100))),
    ),
    Case(
        name="body_blob_missing",
        comment="the blob with the body was not fetched",
        expect=failing(OpenCheck.BODY),
        make=with_blob,
    ),
    Case(
        name="body_blob_other",
        comment="the relay hands out another blob than the one the envelope was sealed with",
        expect=failing(OpenCheck.BODY),
        make=with_blob,
        body_blob=lambda: flipped(blob_body(), 100),
    ),
    Case(
        name="body_length_other",
        comment="the length in front of the message counts one byte of the padding",
        expect=failing(OpenCheck.BODY),
        make=framed(1, b"\x00"),
    ),
    Case(
        name="body_padding_not_empty",
        comment="the padding behind the message is not zero",
        expect=failing(OpenCheck.BODY),
        make=framed(0, b"\x01"),
    ),
    Case(
        name="body_section_replaced",
        comment="a section that the signed header does not name",
        expect=failing(OpenCheck.BODY),
        make=forged(sections=(section(Letter(version=1, subject="autre", text="texte")),)),
    ),
    Case(
        name="header_hash_other",
        comment="a signed message written for another header",
        expect=failing(OpenCheck.HEADER_HASH),
        make=forged(outer_header_hash=Hash(bytes(32))),
    ),
    Case(
        name="signature_ed25519",
        comment="only the ML-DSA-65 half verifies",
        expect=failing(OpenCheck.SIGNATURES),
        make=forged(signature=HybridSignature(ed25519=b"\x01" * 64, ml_dsa_65=bytes(3309))),
    ),
    Case(
        name="signature_ml_dsa_65",
        comment="only the Ed25519 half verifies",
        expect=failing(OpenCheck.SIGNATURES),
        make=forged(signature=HybridSignature(ed25519=bytes(64), ml_dsa_65=b"\x01" * 3309)),
    ),
    Case(
        name="sender_not_listed_yet",
        comment="accepted before the list with the sender's device took effect",
        expect=failing(OpenCheck.SENDER_LISTED),
        make=forged(),
        accepted_at=0,
    ),
    Case(
        name="sender_never_listed",
        comment="an account of which the reader knows no list",
        expect=failing(OpenCheck.SENDER_LISTED),
        make=lambda: forge(LEA, TO_BOTH),
    ),
    Case(
        name="recipient_other_account",
        comment="the reader's device under somebody else's account",
        expect=failing(OpenCheck.RECIPIENT),
        make=lambda: forge(
            CLAIRE,
            TO_BOTH[:1],
            Forgery(
                recipients=(
                    Recipient(
                        account=AccountId(bytes(20)), device=KARIM.device, prekey=TO_BOTH[0].prekey
                    ),
                )
            ),
        ),
    ),
)


def determined(case: Case) -> dict[str, Any]:
    """Everything of a case that is the same at each generation."""
    pair = case.reader.one_time[1] if case.by_lea else case.reader.signed_pair
    return {
        "comment": case.comment,
        "source": SOURCE,
        "expect": case.expect,
        "input": {
            "reader_account": case.reader.account.hex(),
            "reader_device": case.reader.device.hex(),
            "prekey_seed": None if case.erased else pair.seed.hex(),
            "opened_before": None if case.opened_before is None else case.opened_before.hex(),
            "sender_account": CLAIRE.account.hex(),
            "accepted_at": case.accepted_at,
        }
        | ({"zeros_after": case.zeros_after} if case.zeros_after else {}),
        "output": {"subject": LETTER.subject, "text": LETTER.text} if case.expect == "ok" else None,
    }


def sealed(case: Case) -> dict[str, Any]:
    """Make what differs at each generation: the envelope, and the sender's signed certificate and list."""
    return {
        "envelope": case.make().hex(),
        "body_blob": None if case.body_blob is None else case.body_blob().hex(),
        "sender_certificate": encode(CLAIRE.certificate).hex(),
        "sender_device_list": encode(CLAIRE.device_list).hex(),
    }


def stream_vectors() -> dict[str, Any]:
    """Sealed streams are determined by key, prefix and plaintext: they are compared to the last byte."""
    key, prefix = bytes(range(32)), b"prefix7"
    plaintexts = (b"", b"a", b"Bonjour", bytes(CHUNK_BYTES), bytes(CHUNK_BYTES + 1))
    return {
        "comment": "length is before padding; the plaintext is text, or that many zero bytes",
        "source": SOURCE,
        "key": key.hex(),
        "prefix": prefix.hex(),
        "cases": [
            {
                "text": None if any_zero else plaintext.decode(),
                "length": len(plaintext),
                "sealed_sha256": sha256(sealed_stream).hex(),
                "sealed_start": sealed_stream[:64].hex(),
            }
            for plaintext in plaintexts
            for any_zero in [len(plaintext) > 100]
            for sealed_stream in [seal_bytes(key, prefix, plaintext)]
        ],
    }


def vault_vector() -> dict[str, Any]:
    """A vault header is determined by passphrase, OS secret and randomness."""
    header, keys = create_vault(
        "cheval agrafe batterie juste é",
        os_secret=bytes(range(32)),
        random_bytes=SeededBytes("vault vector"),
    )
    return {
        "comment": "Argon2id 128 MiB, 3 passes; the DEK is a test key",
        "source": SOURCE,
        "passphrase": "cheval agrafe batterie juste é",
        "os_secret": bytes(range(32)).hex(),
        "header": encode(header).hex(),
        "dek": keys.dek.hex(),
        "store_key": keys.store_key.hex(),
    }


def files() -> dict[Path, dict[str, Any]]:
    """The determined part of every file."""
    cases = {FOLDER / f"{case.name}.json": determined(case) for case in CASES}
    fixed = {
        FOLDER.parent / "streams.json": stream_vectors(),
        FOLDER.parent / "vault.json": vault_vector(),
    }
    return cases | fixed


def differences() -> list[str]:
    """Names of files that are missing, surplus, or say something else than this script."""
    expected = files()
    surplus = [path.name for path in FOLDER.glob("*.json") if path not in expected]
    changed = []
    for path, content in expected.items():
        stored = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        stored.pop("sealed", None)
        if stored != content:
            changed.append(path.name)
    return sorted(surplus + changed)


def main(arguments: list[str]) -> int:
    """Write what is missing or differs, or with `--check` only compare; 1 if something differs."""
    changed = differences()
    if arguments == ["--check"]:
        sys.stderr.writelines(f"differs: {name}\n" for name in changed)
        return 1 if changed else 0
    FOLDER.mkdir(exist_ok=True)
    by_name = {f"{case.name}.json": case for case in CASES}
    for path, content in files().items():
        if path.name in changed:
            case = by_name.get(path.name)
            whole = content if case is None else content | {"sealed": sealed(case)}
            path.write_text(
                json.dumps(whole, indent=1, ensure_ascii=False) + "\n",
                encoding="utf-8",
                newline="\n",
            )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
