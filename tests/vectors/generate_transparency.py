# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writes the vectors of the log's formats, `transparency/*.json`: one case a file, at most one failure a case.

`python tests/vectors/generate_transparency.py` writes them; `--check` only compares. ML-DSA signatures are
never the same twice, so those in use are kept in `transparency_signatures.json` and made again only when
what they sign has changed.
"""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cryptography.exceptions import InvalidSignature

# The script also runs by its path, from anywhere.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from crypto_core.trust.checkpoints import (
    Checkpoint,
    NoteSignature,
    SignedNote,
    VerifierKey,
    cosigned_message,
    format_checkpoint,
    format_note,
    parse_note,
    sign_checkpoint,
)
from crypto_core.trust.merkle import EMPTY_ROOT, leaf_hash
from crypto_core.trust.tlog_proof import TlogProof, format_proof, parse_proof
from crypto_core.wire.limits import MAX_LEAF_BYTES, MAX_NOTE_BYTES, MAX_PROOF_HASHES
from relay_server.audit.signing import MLDSA44CheckpointSigner
from tests.fakes.sample_log import ORIGIN, SIGNED_AT, SampleLog, sample_signers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from relay_server.audit.signing import LogSigners

FOLDER: Final = Path(__file__).with_name("transparency")
KEPT_SIGNATURES: Final = Path(__file__).with_name("transparency_signatures.json")
SOURCE: Final = "tests/vectors/generate_transparency.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vector:
    """One case; `expect` is ok, wire, proof or signature: how the check ends."""

    name: str
    comment: str
    expect: str
    input: dict[str, Any]
    output: dict[str, Any] | None = None

    def encode(self) -> str:
        """Return the content of the file."""
        case = {
            "comment": self.comment,
            "source": SOURCE,
            "expect": self.expect,
            "input": self.input,
            "output": self.output,
        }
        return json.dumps(case, indent=1, ensure_ascii=False) + "\n"


class KeptSignatures:
    """ML-DSA-44 signatures by what they sign: the stored one while it verifies, else a new one."""

    def __init__(self) -> None:
        stored = (
            KEPT_SIGNATURES.read_text(encoding="utf-8")
            if KEPT_SIGNATURES.exists()
            else '{"signatures": {}}'
        )
        self._stored: dict[str, str] = json.loads(stored)["signatures"]
        self._used: dict[str, str] = {}

    def sign(self, signer: MLDSA44CheckpointSigner, message: bytes) -> bytes:
        """Return a signature of `message` by the key of `signer`."""
        public_key = signer.private_key.public_key()
        name = hashlib.sha256(public_key.public_bytes_raw() + message).hexdigest()
        signature = base64.b64decode(self._stored.get(name, ""))
        try:
            public_key.verify(signature, message)
        except InvalidSignature:
            signature = signer.private_key.sign(message)
        self._stored[name] = self._used[name] = base64.b64encode(signature).decode()
        return signature

    def encode(self) -> str:
        """Return the content of the file: what was used, and nothing else."""
        kept = {
            "comment": "ML-DSA-44 signatures in use, by SHA-256(public key ‖ message).",
            "signatures": dict(sorted(self._used.items())),
        }
        return json.dumps(kept, indent=1, ensure_ascii=False) + "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSigner:
    """A checkpoint signer whose signatures are kept; `timestamp` is in seconds since 1970."""

    signer: MLDSA44CheckpointSigner
    kept: KeptSignatures
    timestamp: int = SIGNED_AT

    @property
    def verifier_key(self) -> VerifierKey:
        """The public half."""
        return self.signer.verifier_key

    def sign(self, checkpoint: Checkpoint) -> bytes:
        """Return time and signature."""
        message = cosigned_message(
            name=self.signer.name,
            timestamp=self.timestamp,
            origin=checkpoint.origin,
            end=checkpoint.size,
            root=checkpoint.root,
        )
        return self.timestamp.to_bytes(8, "big") + self.kept.sign(self.signer, message)


class VectorLog(SampleLog):
    """The sample log, with signatures that stay the same from one run to the next."""

    def __init__(self, kept: KeptSignatures, *, signers: LogSigners | None = None) -> None:
        super().__init__((b"leaf %d" % index for index in range(11)), signers=signers)
        self.kept = kept

    def note(self, size: int | None = None, *, timestamp: int = SIGNED_AT) -> str:
        """Return the signed checkpoint of the first `size` leaves."""
        ml_dsa = KeptSigner(signer=self.signers.ml_dsa_44, kept=self.kept, timestamp=timestamp)
        return sign_checkpoint(self.checkpoint(size), signers=(self.signers.ed25519, ml_dsa))

    def signed_text(self, text: str) -> str:
        """Return a note whose Ed25519 signature is over `text`, well-formed or not; ML-DSA as for the log."""
        line = NoteSignature(
            name=ORIGIN,
            key_id=self.signers.identity.ed25519.key_id,
            signature=self.signers.ed25519.private_key.sign(text.encode()),
        )
        ml_dsa = parse_note(self.note()).signatures[1]
        return format_note(SignedNote(text=text, signatures=(line, ml_dsa)))


def hexes(hashes: tuple[bytes, ...] | list[bytes]) -> list[str]:
    """Return hashes as JSON carries them."""
    return [digest.hex() for digest in hashes]


def set_trailing_bit(encoded: str) -> str:
    """Set an unused bit of padded base64: most decoders return the same bytes."""
    data = encoded.rstrip("=")
    last = chr(ord(data[-1]) + 1)
    changed = data[:-1] + last + "=" * (len(encoded) - len(data))
    if base64.b64decode(changed) != base64.b64decode(encoded):
        raise ValueError("no unused bit to set")
    return changed


class CheckpointCases:
    """Cases of `verify_checkpoint`."""

    def __init__(self, log: VectorLog) -> None:
        self.log = log
        self.note = log.note()
        self.text = format_checkpoint(log.checkpoint())
        self.root = base64.b64encode(log.checkpoint().root).decode()
        self.ed25519, self.ml_dsa = parse_note(self.note).signatures
        # 71 bytes leave unused bits in the last character of their base64.
        self.stranger = NoteSignature(
            name="witness.example/w1", key_id=b"\1\2\3\4", signature=b"\0" * 67
        )

    def signed(self, *lines: NoteSignature) -> str:
        """Return the log's text under these lines."""
        return format_note(SignedNote(text=self.text, signatures=lines))

    def case(self, name: str, comment: str, expect: str, note: str) -> Vector:
        """Return a case with a note."""
        output = {
            "origin": ORIGIN,
            "size": 11,
            "root": self.log.checkpoint().root.hex(),
            "signed_at_seconds": SIGNED_AT,
        }
        return Vector(
            name=f"checkpoint_{name}",
            comment=comment,
            expect=expect,
            input={
                "operation": "verify_checkpoint",
                "log_keys": list(self.log.log_keys),
                "note": note,
            },
            output=output if expect == "ok" else None,
        )

    def valid(self) -> Iterator[Vector]:
        """Notes to be accepted."""
        nameless = dataclasses.replace(self.ed25519, key_id=bytes(4), signature=bytes(64))
        yield self.case("valid", "Both keys of the log have signed.", "ok", self.note)
        yield self.case(
            "unknown_signature",
            "A line of a key that the verifier does not know is ignored.",
            "ok",
            self.signed(self.stranger, self.ed25519, self.ml_dsa),
        )
        yield self.case(
            "known_name_other_key_id",
            "A known name with another key id is an unknown key.",
            "ok",
            self.signed(self.ed25519, nameless, self.ml_dsa),
        )
        yield self.case(
            "other_order",
            "The order of the lines says nothing.",
            "ok",
            self.signed(self.ml_dsa, self.ed25519),
        )

    def malformed_notes(self) -> Iterator[Vector]:
        """Check 1: what is not a note."""
        for name, comment, note in (
            ("empty", "No bytes at all.", ""),
            ("without_last_line_feed", "The last line is not ended.", self.note[:-1]),
            ("trailing_line", "Something follows the signatures.", self.note + "more\n"),
            ("trailing_empty_line", "An empty line follows the signatures.", self.note + "\n"),
            ("without_signatures", "A text and an empty line.", self.text + "\n"),
            ("without_empty_line", "Text and lines touch.", self.note.replace("\n\n", "\n")),
            (
                "carriage_return",
                "Lines end with CR LF, as a careless transport makes them.",
                self.note.replace("\n", "\r\n"),
            ),
            (
                "too_long",
                "Longer than a note may be, by an ignored line.",
                f"{self.note}\N{EM DASH} a {'AAAA' * (MAX_NOTE_BYTES // 4)}\n",
            ),
        ):
            yield self.case(name, comment, "wire", note)

    def malformed_lines(self) -> Iterator[Vector]:
        """Check 1: what is not a signature line, in a line that would be ignored if it were one."""
        note = self.signed(self.stranger, self.ed25519, self.ml_dsa)
        name = self.stranger.name
        encoded = base64.b64encode(self.stranger.key_id + self.stranger.signature).decode()
        for case, comment, old, new in (
            ("hyphen_for_dash", "A line starts with U+2014.", f"\N{EM DASH} {name}", f"- {name}"),
            ("two_spaces", "One space stands between the parts.", f"{name} ", f"{name}  "),
            ("tab", "No control characters.", name, f"{name}\t"),
            ("name_with_plus", "A key name has no plus.", name, "witness+example"),
            ("name_with_space", "Nor any Unicode space.", name, "witness\N{NO-BREAK SPACE}example"),
            ("base64_url_safe", "The standard alphabet.", encoded, "_" * 92),
            ("base64_unpadded", "Base64 is padded.", encoded, encoded.rstrip("=")),
            (
                "base64_trailing_bits",
                "The unused bits of the last character are zero.",
                encoded,
                set_trailing_bit(encoded),
            ),
            (
                "only_key_id",
                "A line has more than the four bytes of the key id.",
                encoded,
                base64.b64encode(self.stranger.key_id).decode(),
            ),
        ):
            yield self.case(f"line_{case}", comment, "wire", note.replace(old, new, 1))

    def malformed_texts(self) -> Iterator[Vector]:
        """Check 2: notes whose text is signed as it is, but is not a checkpoint."""
        root = self.root
        for name, comment, text in (
            ("two_lines", "A checkpoint has three lines.", f"{ORIGIN}\n11\n"),
            ("extension_line", "ML-DSA-44 would not cover it.", self.text + "extension\n"),
            ("size_leading_zero", "Decimal.", f"{ORIGIN}\n011\n{root}\n"),
            ("size_sign", "Digits only.", f"{ORIGIN}\n+11\n{root}\n"),
            ("size_too_large", "2^63.", f"{ORIGIN}\n9223372036854775808\n{root}\n"),
            ("size_missing", "An empty size.", f"{ORIGIN}\n\n{root}\n"),
            (
                "root_short",
                "A root has 32 bytes.",
                f"{ORIGIN}\n11\n{base64.b64encode(bytes(31)).decode()}\n",
            ),
            ("root_unpadded", "Base64 is padded.", f"{ORIGIN}\n11\n{root[:-1]}\n"),
            (
                "root_trailing_bits",
                "Canonical base64.",
                f"{ORIGIN}\n11\n{set_trailing_bit(root)}\n",
            ),
        ):
            yield self.case(name, comment, "wire", self.log.signed_text(text))

    def unsigned(self) -> Iterator[Vector]:
        """Checks 3 to 5: well-formed checkpoints that this log has not signed."""
        ed25519, ml_dsa = self.ed25519, self.ml_dsa
        smaller = parse_note(self.log.note(10)).signatures
        renamed = VectorLog(self.log.kept, signers=sample_signers(origin="relay.example/log2"))
        impostor = VectorLog(self.log.kept, signers=sample_signers(seed=2))

        def by_ed25519(signature: bytes) -> str:
            return self.signed(dataclasses.replace(ed25519, signature=signature), ml_dsa)

        def by_ml_dsa(signature: bytes) -> str:
            return self.signed(ed25519, dataclasses.replace(ml_dsa, signature=signature))

        yield self.case("other_origin", "Another log of the same keys.", "proof", renamed.note())
        for name, comment, note in (
            ("without_ed25519", "Only ML-DSA-44 has signed.", self.signed(ml_dsa)),
            ("without_ml_dsa_44", "Only Ed25519 has signed.", self.signed(ed25519)),
            ("ed25519_wrong", "A signature of zeros.", by_ed25519(bytes(64))),
            ("ed25519_truncated", "63 bytes.", by_ed25519(ed25519.signature[:-1])),
            ("ed25519_twice", "A log signs once.", self.signed(ed25519, ed25519, ml_dsa)),
            ("ed25519_of_other_tree", "Of ten leaves.", by_ed25519(smaller[0].signature)),
            ("ml_dsa_44_twice", "A log signs once.", self.signed(ed25519, ml_dsa, ml_dsa)),
            (
                "ml_dsa_44_wrong",
                "One bit of the signature.",
                by_ml_dsa(ml_dsa.signature[:-1] + bytes([ml_dsa.signature[-1] ^ 1])),
            ),
            ("ml_dsa_44_only_time", "Eight bytes of time.", by_ml_dsa(ml_dsa.signature[:8])),
            (
                "ml_dsa_44_time_moved",
                "The time is signed.",
                by_ml_dsa((SIGNED_AT + 1).to_bytes(8, "big") + ml_dsa.signature[8:]),
            ),
            (
                "ml_dsa_44_without_time",
                "Properly signed, but with time zero: no statement that this is the latest tree.",
                self.log.note(timestamp=0),
            ),
            ("ml_dsa_44_of_other_tree", "Of ten leaves.", by_ml_dsa(smaller[1].signature)),
            ("impostor", "Other keys under the name of the log.", impostor.note()),
        ):
            yield self.case(name, comment, "signature", note)


def checkpoint_vectors(log: VectorLog) -> Iterator[Vector]:
    """Cases of `verify_checkpoint`."""
    cases = CheckpointCases(log)
    yield from cases.valid()
    yield from cases.malformed_notes()
    yield from cases.malformed_lines()
    yield from cases.malformed_texts()
    yield from cases.unsigned()


def receipt_vectors(log: VectorLog) -> Iterator[Vector]:
    """Cases of `verify_tlog_proof`."""
    receipt = log.receipt(4)
    bare = log.receipt(4, with_leaf=False)
    parsed = parse_proof(receipt)

    def case(
        name: str, comment: str, expect: str, changed: str, leaf: bytes | None = None
    ) -> Vector:
        return Vector(
            name=f"receipt_{name}",
            comment=comment,
            expect=expect,
            input={
                "operation": "verify_tlog_proof",
                "log_keys": list(log.log_keys),
                "proof": changed,
                "leaf": None if leaf is None else leaf.hex(),
            },
            output={"leaf": log.leaves[4].hex(), "index": 4, "size": 11}
            if expect == "ok"
            else None,
        )

    def with_path(path: tuple[bytes, ...]) -> str:
        return receipt.replace(_path_lines(parsed.path), _path_lines(path))

    yield case("valid", "The leaf travels as extra data.", "ok", receipt)
    yield case("valid_without_extra", "The verifier has the leaf.", "ok", bare, b"leaf 4")
    yield case("valid_with_both", "Extra data and the verifier agree.", "ok", receipt, b"leaf 4")

    yield case("empty", "No bytes at all.", "wire", "")
    yield case(
        "other_version", "An unknown version is refused.", "wire", receipt.replace("@v1", "@v2", 1)
    )
    yield case("carriage_return", "CR LF in the head.", "wire", receipt.replace("\n", "\r\n", 2))
    yield case("without_index", "A line is missing.", "wire", receipt.replace("index 4\n", "", 1))
    yield case("index_leading_zero", "Decimal.", "wire", receipt.replace("index 4", "index 04", 1))
    yield case(
        "index_too_large",
        "2^63.",
        "wire",
        receipt.replace("index 4", "index 9223372036854775808", 1),
    )
    yield case(
        "extra_empty",
        "An absent line, or data.",
        "wire",
        bare.replace("index", "extra \nindex", 1),
        b"leaf 4",
    )
    yield case(
        "extra_after_index",
        "The lines have one order.",
        "wire",
        receipt.replace("extra bGVhZiA0\nindex 4\n", "index 4\nextra bGVhZiA0\n", 1),
    )
    yield case(
        "extra_too_long",
        "One byte more than a leaf may have.",
        "wire",
        receipt.replace("bGVhZiA0", base64.b64encode(bytes(MAX_LEAF_BYTES + 1)).decode(), 1),
    )
    yield case("extra_two_spaces", "One space.", "wire", receipt.replace("extra ", "extra  ", 1))
    first_line = base64.b64encode(parsed.path[0]).decode()
    yield case(
        "hash_trailing_bits",
        "Canonical base64.",
        "wire",
        receipt.replace(first_line, set_trailing_bit(first_line), 1),
    )
    yield case(
        "hash_unpadded",
        "Base64 is padded.",
        "wire",
        receipt.replace(first_line, first_line.rstrip("="), 1),
    )
    yield case("hash_short", "31 bytes.", "wire", with_path((*parsed.path[:-1], bytes(31))))
    yield case(
        "path_too_long", "65 hashes.", "wire", with_path((bytes(32),) * (MAX_PROOF_HASHES + 1))
    )
    yield case(
        "without_checkpoint", "The note is missing.", "wire", receipt.split("\n\n", 1)[0] + "\n\n"
    )

    yield case("other_leaf", "Not the verifier's leaf.", "proof", bare, b"leaf 5")
    yield case(
        "other_extra",
        "Not the leaf at the index.",
        "proof",
        receipt.replace("bGVhZiA0", "bGVhZiA1", 1),
    )
    yield case(
        "extra_is_not_the_leaf",
        "The verifier's leaf is proven, but the extra data say otherwise.",
        "proof",
        receipt.replace("bGVhZiA0", "bGVhZiA1", 1),
        b"leaf 4",
    )
    yield case("without_leaf", "Neither extra data nor a leaf.", "proof", bare)
    yield case(
        "other_index", "The neighbour's place.", "proof", receipt.replace("index 4", "index 5", 1)
    )
    yield case(
        "index_outside",
        "The tree has 11 leaves.",
        "proof",
        receipt.replace("index 4", "index 11", 1),
    )
    yield case("path_cut", "One hash too few.", "proof", with_path(parsed.path[:-1]))
    yield case("path_extended", "One hash too many.", "proof", with_path((*parsed.path, bytes(32))))
    first, second, *rest = parsed.path
    yield case(
        "path_swapped", "Two hashes in the wrong order.", "proof", with_path((second, first, *rest))
    )
    yield case(
        "checkpoint_of_other_tree",
        "Well signed, but of ten leaves.",
        "proof",
        format_proof(dataclasses.replace(parsed, checkpoint=log.note(10))),
    )
    yield case(
        "checkpoint_of_impostor",
        "The proof leads to a root that another key has signed.",
        "signature",
        format_proof(
            TlogProof(
                extra=parsed.extra,
                index=4,
                path=parsed.path,
                checkpoint=VectorLog(log.kept, signers=sample_signers(seed=2)).note(),
            )
        ),
    )


def _path_lines(path: tuple[bytes, ...]) -> str:
    return "".join(base64.b64encode(digest).decode() + "\n" for digest in path)


def inclusion_vectors(log: VectorLog) -> Iterator[Vector]:
    """Cases of `verify_inclusion`."""

    def case(name: str, comment: str, expect: str, **changed: object) -> Vector:
        values: dict[str, object] = {
            "operation": "verify_inclusion",
            "leaf_hash": leaf_hash(log.leaves[6]).hex(),
            "index": 6,
            "size": 11,
            "path": hexes(path),
            "root": log.checkpoint().root.hex(),
        }
        return Vector(
            name=f"inclusion_{name}", comment=comment, expect=expect, input=values | changed
        )

    path = log.inclusion(6)
    yield case("valid", "Leaf 6 of 11.", "ok")
    yield case(
        "valid_last_leaf",
        "The last of 11 leaves stands alone on three levels.",
        "ok",
        leaf_hash=leaf_hash(log.leaves[10]).hex(),
        index=10,
        path=hexes(log.inclusion(10)),
    )
    yield case(
        "valid_only_leaf",
        "The root of one leaf is its hash.",
        "ok",
        leaf_hash=leaf_hash(log.leaves[0]).hex(),
        index=0,
        size=1,
        path=[],
        root=leaf_hash(log.leaves[0]).hex(),
    )
    yield case("other_leaf", "Another leaf hash.", "proof", leaf_hash=leaf_hash(b"x").hex())
    yield case("other_index", "The sibling's place.", "proof", index=7)
    yield case("index_is_size", "Outside the tree.", "proof", index=11)
    yield case("negative_index", "Outside the tree.", "proof", index=-1)
    yield case("size_too_large", "2^63.", "proof", size=2**63)
    yield case("other_root", "Of ten leaves.", "proof", root=log.checkpoint(10).root.hex())
    yield case("path_empty", "No hash.", "proof", path=[])
    yield case("path_cut", "One hash too few.", "proof", path=hexes(path[:-1]))
    yield case("path_extended", "One hash too many.", "proof", path=[*hexes(path), "00" * 32])
    yield case("path_reversed", "From the root down.", "proof", path=hexes(path)[::-1])
    yield case("hash_short", "31 bytes.", "proof", path=[*hexes(path[:-1]), "00" * 31])


def consistency_vectors(log: VectorLog) -> Iterator[Vector]:
    """Cases of `verify_consistency`."""

    def case(
        name: str, comment: str, expect: str, first: int, second: int, **changed: object
    ) -> Vector:
        values: dict[str, object] = {
            "operation": "verify_consistency",
            "first_size": first,
            "second_size": second,
            "first_root": log.checkpoint(first).root.hex(),
            "second_root": log.checkpoint(second).root.hex(),
            "path": hexes(log.consistency(first, second)),
        }
        return Vector(
            name=f"consistency_{name}", comment=comment, expect=expect, input=values | changed
        )

    path = hexes(log.consistency(6, 11))
    yield case("valid", "6 leaves begin 11.", "ok", 6, 11)
    yield case("valid_power_of_two", "The first root is not repeated in the proof.", "ok", 8, 11)
    yield case("valid_same_size", "Equal trees need no proof.", "ok", 7, 7)
    yield case("valid_from_empty", "The empty tree begins every tree.", "ok", 0, 11)
    yield case("valid_one_more", "6 leaves begin 7.", "ok", 6, 7)
    yield case(
        "shrunk",
        "A log does not become smaller.",
        "proof",
        6,
        11,
        first_size=11,
        second_size=6,
    )
    yield case(
        "fork_same_size",
        "Two roots of one size.",
        "proof",
        7,
        7,
        second_root=log.checkpoint(8).root.hex(),
    )
    yield case("same_size_with_proof", "Equal trees need no proof.", "proof", 7, 7, path=path)
    yield case("from_empty_with_proof", "The empty tree needs none.", "proof", 0, 11, path=path)
    yield case(
        "empty_with_other_root",
        "The empty tree has one root.",
        "proof",
        0,
        11,
        first_root=leaf_hash(b"").hex(),
    )
    yield case(
        "other_first_root", "Rewritten history.", "proof", 6, 11, first_root=EMPTY_ROOT.hex()
    )
    yield case("other_second_root", "Another tree.", "proof", 6, 11, second_root=EMPTY_ROOT.hex())
    yield case("path_empty", "No hash.", "proof", 6, 11, path=[])
    yield case("path_cut", "One hash too few.", "proof", 6, 11, path=path[:-1])
    yield case("path_extended", "One hash too many.", "proof", 6, 11, path=[*path, "00" * 32])
    yield case("path_changed", "One hash of zeros.", "proof", 6, 11, path=["00" * 32, *path[1:]])
    yield case("hash_long", "33 bytes.", "proof", 6, 11, path=[*path[:-1], "00" * 33])


def verifier_key_vectors(log: VectorLog) -> Iterator[Vector]:
    """Cases of `parse_verifier_key`."""
    ed25519, ml_dsa = log.log_keys
    identity = log.signers.identity
    name, key_id, encoded = ed25519.split("+", 2)

    def case(name: str, comment: str, text: str, key: VerifierKey | None = None) -> Vector:
        return Vector(
            name=f"verifier_key_{name}",
            comment=comment,
            expect="wire" if key is None else "ok",
            input={"operation": "parse_verifier_key", "text": text},
            output=None
            if key is None
            else {
                "name": key.name,
                "type": int(key.type),
                "key_id": key.key_id.hex(),
                "public_key": key.public_key.hex(),
            },
        )

    def retyped(kind: int, public_key: bytes) -> str:
        raw = bytes([kind]) + public_key
        computed = hashlib.sha256(name.encode() + b"\n" + raw).hexdigest()[:8]
        return f"{name}+{computed}+{base64.b64encode(raw).decode()}"

    public_key = identity.ed25519.public_key
    yield case("ed25519", "Type 0x01.", ed25519, identity.ed25519)
    yield case("ml_dsa_44", "Type 0x06.", ml_dsa, identity.ml_dsa_44)
    yield case(
        "unknown_type", "Type 0x02 is ECDSA, by which nobody of ours signs.", retyped(2, public_key)
    )
    yield case("wrong_length", "31 bytes, with their key id.", retyped(1, public_key[:-1]))
    yield case("wrong_key_id", "Of another key.", f"{name}+00000000+{encoded}")
    yield case("upper_case_key_id", "Lower case only.", f"{name}+{key_id.upper()}+{encoded}")
    yield case("other_name", "The key id covers the name.", f"x{ed25519}")
    yield case("without_name", "An empty name.", f"+{key_id}+{encoded}")
    yield case("trailing_line_feed", "Nothing follows.", ed25519 + "\n")


def tile_path_vectors(_log: VectorLog) -> Iterator[Vector]:
    """Cases of `parse_tile_path`."""

    def case(
        name: str, comment: str, path: str, numbers: tuple[int, int, int] | None = None
    ) -> Vector:
        return Vector(
            name=f"tile_path_{name}",
            comment=comment,
            expect="wire" if numbers is None else "ok",
            input={"operation": "parse_tile_path", "path": path},
            output=None
            if numbers is None
            else dict(zip(("level", "index", "width"), numbers, strict=True)),
        )

    yield case("first", "The first full tile of leaf hashes.", "tile/0/000", (0, 0, 256))
    yield case(
        "of_the_specification",
        "The index in the example of C2SP tlog-tiles.",
        "tile/1/x001/x234/067",
        (1, 1_234_067, 256),
    )
    yield case("partial", "112 hashes.", "tile/0/273.p/112", (0, 273, 112))
    yield case("level_leading_zero", "One spelling a level.", "tile/00/000")
    yield case("level_too_high", "64.", "tile/64/000")
    yield case("index_unpadded", "Three digits.", "tile/0/67")
    yield case("index_leading_group", "One spelling an index.", "tile/0/x000/067")
    yield case("index_without_x", "All groups but the last have an x.", "tile/0/001/067")
    yield case("width_zero", "Empty tiles do not exist.", "tile/0/000.p/0")
    yield case("width_full", "A full tile has no suffix.", "tile/0/000.p/256")
    yield case("width_leading_zero", "One spelling a width.", "tile/0/000.p/08")
    yield case("parent_folder", "No way out of the log.", "tile/0/../000")


def generate() -> dict[Path, str]:
    """Return the content of every file."""
    kept = KeptSignatures()
    log = VectorLog(kept)
    files: dict[Path, str] = {}
    for make in (
        checkpoint_vectors,
        receipt_vectors,
        inclusion_vectors,
        consistency_vectors,
        verifier_key_vectors,
        tile_path_vectors,
    ):
        for vector in make(log):
            path = FOLDER / f"{vector.name}.json"
            if path in files:
                raise ValueError(f"two vectors of the name {vector.name}")
            files[path] = vector.encode()
    files[KEPT_SIGNATURES] = kept.encode()
    return files


def differences(files: dict[Path, str]) -> list[str]:
    """Return the names of files that are missing, changed, or not ours to be there."""
    present = {*FOLDER.glob("*"), KEPT_SIGNATURES}
    return sorted(
        path.name
        for path in present | files.keys()
        if path not in files or not path.exists() or path.read_text(encoding="utf-8") != files[path]
    )


def main(arguments: list[str]) -> int:
    """Write the files, or with `--check` only compare; 1 if they differ."""
    files = generate()
    if arguments == ["--check"]:
        changed = differences(files)
        sys.stderr.writelines(f"differs: {name}\n" for name in changed)
        return 1 if changed else 0
    FOLDER.mkdir(exist_ok=True)
    for path in FOLDER.glob("*.json"):
        if path not in files:
            path.unlink()
    for path, content in files.items():
        path.write_text(content, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
