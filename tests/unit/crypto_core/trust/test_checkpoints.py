# SPDX-License-Identifier: AGPL-3.0-or-later
"""Signed notes and checkpoints: one spelling, two signatures, and nothing else gets through."""

from __future__ import annotations

import base64
import dataclasses
from functools import partial
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto_core.errors import ProofError, SignatureError, WireError
from crypto_core.trust.checkpoints import (
    Checkpoint,
    LogIdentity,
    NoteSignature,
    SignatureType,
    SignedNote,
    cosigned_message,
    decode_base64,
    format_checkpoint,
    format_note,
    format_verifier_key,
    parse_checkpoint,
    parse_decimal,
    parse_log_identity,
    parse_note,
    parse_verifier_key,
    sign_checkpoint,
    verify_checkpoint,
)
from crypto_core.trust.merkle import MAX_TREE_SIZE
from crypto_core.wire.ids import Hash
from crypto_core.wire.limits import MAX_NOTE_BYTES
from tests.fakes.sample_log import ORIGIN, SIGNED_AT, SampleLog, sample_signers

if TYPE_CHECKING:
    from collections.abc import Callable

SIGNERS = sample_signers()
LOG = SIGNERS.identity
SAMPLE = SampleLog([b"leaf %d" % index for index in range(11)])
CHECKPOINT = SAMPLE.checkpoint()
NOTE = SAMPLE.note()
ED25519_LINE, ML_DSA_LINE = parse_note(NOTE).signatures

STRANGER = NoteSignature(name="witness.example/w1", key_id=b"\x01\x02\x03\x04", signature=b"s" * 72)

key_names = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"], exclude_characters="+"),
    min_size=1,
    max_size=60,
)
checkpoints = st.builds(
    Checkpoint,
    origin=key_names,
    size=st.integers(0, MAX_TREE_SIZE),
    root=st.binary(min_size=32, max_size=32).map(Hash),
)
notes = st.builds(
    SignedNote,
    text=st.text(
        st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n"), max_size=200
    ).map(lambda text: text + "\n"),
    signatures=st.lists(
        st.builds(
            NoteSignature,
            name=key_names,
            key_id=st.binary(min_size=4, max_size=4),
            signature=st.binary(min_size=1, max_size=100),
        ),
        min_size=1,
        max_size=4,
    ).map(tuple),
)


def note_of(*signatures: NoteSignature, text: str = format_checkpoint(CHECKPOINT)) -> str:
    return format_note(SignedNote(text=text, signatures=signatures))


def cosigned(
    *,
    name: str = "w",
    timestamp: int = 258,
    origin: str = "log",
    start: int = 0,
    end: int = 3,
    root: bytes = b"r" * 32,
) -> bytes:
    return cosigned_message(
        name=name, timestamp=timestamp, origin=origin, start=start, end=end, root=root
    )


class TestVerifierKeys:
    def test_known_ed25519_key(self) -> None:
        """Source: documentation of golang.org/x/mod/sumdb/note, the example of PeterNeumann."""
        text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
        key = parse_verifier_key(text)
        assert (key.name, key.type, key.key_id.hex()) == (
            "PeterNeumann",
            SignatureType.ED25519,
            "c74f20a3",
        )
        assert format_verifier_key(key) == text

    def test_round_trip_of_both_types(self) -> None:
        for key in (LOG.ed25519, LOG.ml_dsa_44):
            assert parse_verifier_key(format_verifier_key(key)) == key

    def test_the_key_is_not_in_its_repr(self) -> None:
        assert "public_key" not in repr(LOG.ml_dsa_44)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "a",
            "a+b",
            "a+c74f20a3",
            "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            "PeterNeuman+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            "PeterNeumann+c74f20a3+",
            "PeterNeumann+c74f20a3+AQ==",
            "PeterNeumann+c74f20a3+BBpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n",
            "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T",
            "\ud800+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        ],
    )
    def test_refusals(self, text: str) -> None:
        with pytest.raises(WireError):
            parse_verifier_key(text)


class TestLogIdentity:
    def test_from_the_keys_of_an_enrolment_string(self) -> None:
        assert parse_log_identity(SAMPLE.log_keys) == LOG
        assert LOG.origin == ORIGIN

    def test_refuses_keys_in_another_order_or_number(self) -> None:
        ed25519, ml_dsa = SAMPLE.log_keys
        for keys in ((ml_dsa, ed25519), (ed25519, ed25519), (ml_dsa, ml_dsa), (ed25519,), ()):
            with pytest.raises(WireError):
                parse_log_identity(keys)
        with pytest.raises(WireError):
            parse_log_identity((ed25519, ml_dsa, ml_dsa))

    def test_refuses_two_names(self) -> None:
        other = sample_signers(origin="other.example/log").identity
        with pytest.raises(WireError):
            LogIdentity(ed25519=LOG.ed25519, ml_dsa_44=other.ml_dsa_44)


class TestNotes:
    @given(notes)
    def test_round_trip(self, note: SignedNote) -> None:
        formatted = format_note(note)
        assert parse_note(formatted) == note
        assert format_note(parse_note(formatted)) == formatted

    def test_the_example_of_the_specification(self) -> None:
        """Source: C2SP signed-note; the text has an empty line of its own."""
        note = (
            "Ognuno sta solo sul cuor della terra\n"
            "trafitto da un raggio di sole:\n"
            "\n"
            "ed è subito sera.\n"
            "\n"
            "— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrM"
            "ouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n"
        )
        parsed = parse_note(note)
        assert parsed.text.endswith("\n\ned è subito sera.\n")
        (signature,) = parsed.signatures
        assert signature.name == "quasimodo.example/salvatore"
        assert signature.key_id.hex() == "367ba04b"
        assert format_note(parsed) == note

    def test_sixteen_signatures_of_the_largest_kind_we_know_fit(self) -> None:
        """C2SP signed-note: a verifier must accept at least sixteen."""
        large = [
            NoteSignature(name=f"w{n}", key_id=bytes([n] * 4), signature=bytes(2428))
            for n in range(16)
        ]
        assert len(parse_note(note_of(*large)).signatures) == 16

    @pytest.mark.parametrize(
        "note",
        [
            "",
            "\n",
            "\n\n",
            "text\n",
            "text\n\n",
            "text\n\n\n",
            "text\n— a AAAAAAA=\n",
            "text\n\n— a AAAAAAA=",
            "text\n\n- a AAAAAAA=\n",
            "text\n\n—a AAAAAAA=\n",
            "text\n\n—  AAAAAAA=\n",
            "text\n\n— a  AAAAAAA=\n",
            "text\n\n— a AAAAAAA= \n",
            "text\n\n— a+b AAAAAAA=\n",
            "text\n\n— a\u00a0b AAAAAAA=\n",
            "text\n\n— a\n",
            "text\n\n— a \n",
            "text\n\n— a AAAA\n",
            "text\n\n— a AAAAAA==\n",
            "text\n\n— a AAAAAAA\n",
            "text\n\n— a AAAAAAB=\n",
            "text\n\n— a AAAA_-A=\n",
            "text\n\n— a AAAAAAA=\n\n",
            "text\n\n— a AAAAAAA=\nmore\n",
            "text\r\n\n— a AAAAAAA=\n",
            "text\n\n— a AAAAAAA=\r\n",
            "te\txt\n\n— a AAAAAAA=\n",
            "te\0xt\n\n— a AAAAAAA=\n",
            "te\ud800xt\n\n— a AAAAAAA=\n",
            "text\n\n— " + "a" * 256 + " AAAAAAA=\n",
            "x" * MAX_NOTE_BYTES + "\n\n— a AAAAAAA=\n",
        ],
    )
    def test_refusals(self, note: str) -> None:
        with pytest.raises(WireError):
            parse_note(note)

    @pytest.mark.parametrize(
        "note",
        [
            SignedNote(text="text", signatures=(STRANGER,)),
            SignedNote(text="", signatures=(STRANGER,)),
            SignedNote(text="text\n", signatures=()),
            SignedNote(
                text="text\n", signatures=(dataclasses.replace(STRANGER, key_id=b"\x01" * 5),)
            ),
            SignedNote(text="text\n", signatures=(dataclasses.replace(STRANGER, name="a b"),)),
            SignedNote(text="text\n", signatures=(dataclasses.replace(STRANGER, name="a\n\nb"),)),
        ],
    )
    def test_nothing_is_written_that_would_be_read_otherwise(self, note: SignedNote) -> None:
        with pytest.raises(WireError):
            format_note(note)


class TestCheckpointText:
    @given(checkpoints)
    def test_round_trip(self, checkpoint: Checkpoint) -> None:
        text = format_checkpoint(checkpoint)
        assert parse_checkpoint(text) == checkpoint
        assert format_checkpoint(parse_checkpoint(text)) == text

    def test_the_example_of_the_specification(self) -> None:
        """Source: C2SP tlog-checkpoint."""
        text = (
            "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
        )
        checkpoint = parse_checkpoint(text)
        assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20_852_163)
        assert checkpoint.root[:4].hex() == "0ac5186a"
        assert format_checkpoint(checkpoint) == text

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "log\n1\n",
            "log\n1\n{root}",
            "log\n1\n{root}\nextension\n",
            "log\n1\n{root}\n\n",
            "\n1\n{root}\n",
            "a log\n1\n{root}\n",
            "lo+g\n1\n{root}\n",
            "log\n01\n{root}\n",
            "log\n+1\n{root}\n",
            "log\n-1\n{root}\n",
            "log\n1 \n{root}\n",
            "log\n1_0\n{root}\n",
            "log\n\N{ARABIC-INDIC DIGIT ONE}\n{root}\n",
            "log\n\n{root}\n",
            "log\n9223372036854775808\n{root}\n",
            "log\n99999999999999999999999999999\n{root}\n",
            "log\n1\n\n",
            "log\n1\nAAAA\n",
            "log\n1\n{root}A\n",
            "log\r\n1\n{root}\n",
            "l\ud800g\n1\n{root}\n",
        ],
    )
    def test_refusals(self, text: str) -> None:
        root = base64.b64encode(CHECKPOINT.root).decode()
        with pytest.raises(WireError):
            parse_checkpoint(text.format(root=root))


class TestNumbersAndBase64:
    def test_numbers(self) -> None:
        assert parse_decimal("0") == 0
        assert parse_decimal(str(MAX_TREE_SIZE)) == MAX_TREE_SIZE
        for text in ("", "00", "1.0", " 1", "1\n", str(MAX_TREE_SIZE + 1)):
            with pytest.raises(WireError):
                parse_decimal(text)

    @given(st.binary(max_size=40))
    def test_base64_round_trip(self, raw: bytes) -> None:
        assert decode_base64(base64.b64encode(raw).decode()) == raw

    @pytest.mark.parametrize(
        "text", ["A", "AA", "AAA", "AB==", "AAB=", "A===", "AA==AA==", "A-_A", "é", "AAAA\n"]
    )
    def test_base64_that_is_not_canonical(self, text: str) -> None:
        with pytest.raises(WireError):
            decode_base64(text)


class TestCosignedMessage:
    def test_its_bytes(self) -> None:
        """The structure of C2SP tlog-cosignature, field by field."""
        assert cosigned() == b"".join(
            (
                b"subtree/v1\n\x00",
                b"\x01w",
                bytes(6) + b"\x01\x02",
                b"\x03log",
                bytes(8),
                bytes(7) + b"\x03",
                b"r" * 32,
            )
        )

    def test_a_range_that_is_not_a_tree(self) -> None:
        assert cosigned(timestamp=0, start=2)[-48:-32] == bytes(7) + b"\x02" + bytes(7) + b"\x03"

    @pytest.mark.parametrize(
        "wrong",
        [
            partial(cosigned, name=""),
            partial(cosigned, name="n" * 256),
            partial(cosigned, origin=""),
            partial(cosigned, origin="é" * 128),
            partial(cosigned, timestamp=-1),
            partial(cosigned, timestamp=2**63),
            partial(cosigned, timestamp=0, start=4),
            partial(cosigned, timestamp=0, start=-1),
            partial(cosigned, timestamp=1, start=1),
            partial(cosigned, end=2**63),
            partial(cosigned, root=b"r" * 31),
        ],
    )
    def test_values_that_do_not_fit(self, wrong: Callable[[], bytes]) -> None:
        with pytest.raises(WireError):
            wrong()


class TestVerifyCheckpoint:
    def test_what_the_signers_sign(self) -> None:
        verified = verify_checkpoint(NOTE, log=LOG)
        assert verified.checkpoint == CHECKPOINT
        assert verified.signed_at_seconds == SIGNED_AT

    def test_the_empty_tree(self) -> None:
        assert verify_checkpoint(SAMPLE.note(0), log=LOG).checkpoint.size == 0

    def test_the_order_of_the_lines_says_nothing(self) -> None:
        verify_checkpoint(note_of(ML_DSA_LINE, ED25519_LINE), log=LOG)

    def test_unknown_signatures_are_ignored(self) -> None:
        namesake = dataclasses.replace(ED25519_LINE, key_id=b"\x00" * 4)
        same_id = dataclasses.replace(ED25519_LINE, name="other.example/log")
        note = note_of(STRANGER, ED25519_LINE, STRANGER, namesake, ML_DSA_LINE, same_id)
        assert verify_checkpoint(note, log=LOG).checkpoint == CHECKPOINT

    @pytest.mark.parametrize(
        "signatures",
        [
            (STRANGER,),
            (ED25519_LINE,),
            (ML_DSA_LINE,),
            (ED25519_LINE, ED25519_LINE, ML_DSA_LINE),
            (ED25519_LINE, ML_DSA_LINE, ML_DSA_LINE),
            (dataclasses.replace(ED25519_LINE, signature=bytes(64)), ML_DSA_LINE),
            (dataclasses.replace(ED25519_LINE, signature=b"x"), ML_DSA_LINE),
            (ED25519_LINE, dataclasses.replace(ML_DSA_LINE, signature=bytes(7) + b"\x01" * 2421)),
            (ED25519_LINE, dataclasses.replace(ML_DSA_LINE, signature=b"\x01")),
            (ED25519_LINE, dataclasses.replace(ML_DSA_LINE, signature=b"\x01" * 8)),
            (dataclasses.replace(ED25519_LINE, signature=ML_DSA_LINE.signature), ML_DSA_LINE),
        ],
    )
    def test_both_keys_must_sign_once_and_well(self, signatures: tuple[NoteSignature, ...]) -> None:
        with pytest.raises(SignatureError):
            verify_checkpoint(note_of(*signatures), log=LOG)

    @pytest.mark.parametrize("timestamp", [0, SIGNED_AT + 1, 2**63, 2**64 - 1])
    def test_the_time_is_signed(self, timestamp: int) -> None:
        moved = timestamp.to_bytes(8, "big") + ML_DSA_LINE.signature[8:]
        note = note_of(ED25519_LINE, dataclasses.replace(ML_DSA_LINE, signature=moved))
        with pytest.raises(SignatureError):
            verify_checkpoint(note, log=LOG)

    def test_a_properly_signed_note_without_time_is_refused(self) -> None:
        timeless = dataclasses.replace(SIGNERS.ml_dsa_44, now_seconds=lambda: 0)
        note = sign_checkpoint(CHECKPOINT, signers=(SIGNERS.ed25519, timeless))
        with pytest.raises(SignatureError):
            verify_checkpoint(note, log=LOG)

    def test_signatures_of_another_tree_do_not_carry_over(self) -> None:
        other = parse_note(SAMPLE.note(10)).signatures
        for pair in (other, (ED25519_LINE, other[1]), (other[0], ML_DSA_LINE)):
            with pytest.raises(SignatureError):
                verify_checkpoint(note_of(*pair), log=LOG)

    def test_another_log_with_the_same_keys(self) -> None:
        """Keys are pinned under a name, so a log cannot present its checkpoints as another's."""
        renamed = SampleLog(SAMPLE.leaves, signers=sample_signers(origin="relay.example/log2"))
        with pytest.raises(ProofError):
            verify_checkpoint(renamed.note(), log=LOG)

    def test_another_log_with_the_same_name(self) -> None:
        impostor = SampleLog(SAMPLE.leaves, signers=sample_signers(seed=2))
        with pytest.raises(SignatureError):
            verify_checkpoint(impostor.note(), log=LOG)

    def test_a_checkpoint_with_an_extension_line(self) -> None:
        text = format_checkpoint(CHECKPOINT) + "extension\n"
        signed = NoteSignature(
            name=ORIGIN,
            key_id=LOG.ed25519.key_id,
            signature=SIGNERS.ed25519.private_key.sign(text.encode()),
        )
        with pytest.raises(WireError):
            verify_checkpoint(note_of(signed, ML_DSA_LINE, text=text), log=LOG)


def mutations(text: str) -> list[str]:
    """Return the text with each character changed, dropped and doubled."""
    changed = []
    for at, character in enumerate(text):
        before, after = text[:at], text[at + 1 :]
        changed += [
            before + chr(ord(character) ^ 1) + after,
            before + chr(ord(character) ^ 0x20) + after,
            before + after,
            before + character * 2 + after,
        ]
    return changed


def test_no_mutation_of_a_checkpoint_verifies() -> None:
    for mutant in mutations(NOTE):
        with pytest.raises((WireError, ProofError, SignatureError)):
            verify_checkpoint(mutant, log=LOG)
