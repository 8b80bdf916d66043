# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writes the vectors of the map of keys, `key_map/*.json`: one case a file, at most one failure a case.

`python tests/vectors/generate_key_map.py` writes what is missing; `--check` only compares.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

# The script also runs by its path, from anywhere.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from crypto_core.trust.key_map import KeyMap
from crypto_core.wire.audit import KeyMapPublished, Verb
from crypto_core.wire.codec import encode
from crypto_core.wire.ids import AccountId, DevicePseudonym, Hash, UnixMillis
from crypto_core.wire.key_map import KEY_MAP_FRESH_SECONDS, KeyMapAnswer, MapEntry, MapProof
from crypto_core.wire.labels import STATEMENT
from crypto_core.wire.limits import CLOCK_SKEW_SECONDS
from tests.fakes.people import NOW, SeededBytes
from tests.fakes.relay_leaves import relay_leaf
from tests.fakes.sample_log import SampleLog, sample_signers
from tests.vectors.cases import Case, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from relay_server.audit.signing import LogSigners

FOLDER: Final = Path(__file__).with_name("key_map")
SOURCE: Final = "tests/vectors/generate_key_map.py"

_DRAW: Final = SeededBytes("accounts")
ACCOUNTS: Final = tuple(AccountId(_DRAW(20)) for _ in range(12))
ACCOUNT: Final = ACCOUNTS[0]
NEIGHBOUR: Final = AccountId(ACCOUNT[:-1] + bytes([ACCOUNT[-1] ^ 1]))
ABSENT: Final = AccountId(bytes(20))
ENTRY: Final = MapEntry(number=3, head=Hash(SeededBytes("head")(32)))
ENTRIES: Final = {
    account: MapEntry(number=place + 1, head=Hash(SeededBytes(f"head {place}")(32)))
    for place, account in enumerate(ACCOUNTS)
} | {ACCOUNT: ENTRY}
MAP: Final = KeyMap().with_entries(ENTRIES)
PROOF: Final = MAP.prove(ACCOUNT)
SIGNERS: Final = sample_signers()
LOG_KEYS: Final = SampleLog().log_keys


def spelled(entry: MapEntry | None) -> dict[str, Any] | None:
    """Return an entry as the files have it."""
    return None if entry is None else {"number": entry.number, "head": entry.head.hex()}


def root_cases() -> Iterator[Case]:
    """Roots of whole maps."""
    maps = {
        "empty": ("No account at all.", {}),
        "one": ("One account.", {ACCOUNT: ENTRY}),
        "neighbours": (
            "Two accounts that part at the last bit.",
            {ACCOUNT: ENTRY, NEIGHBOUR: ENTRY},
        ),
        "twelve": ("Twelve accounts.", ENTRIES),
    }
    for name, (comment, entries) in maps.items():
        yield Case(
            name=f"root_{name}",
            comment=comment,
            operation="map_root",
            input={"entries": {key.hex(): spelled(entry) for key, entry in entries.items()}},
            output={"root": KeyMap().with_entries(entries).root.hex()},
        )


def proof_cases() -> Iterator[Case]:
    """Proofs under the root of the twelve accounts."""

    def case(
        name: str,
        comment: str,
        proof: MapProof,
        expect: str = "proof",
        *,
        keys: KeyMap = MAP,
        account: AccountId = ACCOUNT,
    ) -> Case:
        return Case(
            name=f"proof_{name}",
            comment=comment,
            operation="verify_map_proof",
            expect=expect,
            input={
                "root": keys.root.hex(),
                "account": account.hex(),
                "entry": spelled(proof.entry),
                "proof": encode(proof).hex(),
            },
        )

    both = KeyMap().with_entries({ACCOUNT: ENTRY, NEIGHBOUR: ENTRY})
    absence = MAP.prove(ABSENT)
    yield case("valid", "One of twelve.", PROOF, "ok")
    yield case("valid_neighbours", "160 levels.", both.prove(ACCOUNT), "ok", keys=both)
    yield case("valid_absence", "Nothing is there.", absence, "ok", account=ABSENT)
    yield case(
        "valid_empty_map",
        "Nothing at all.",
        KeyMap().prove(ABSENT),
        "ok",
        keys=KeyMap(),
        account=ABSENT,
    )
    yield case("number_lower", "An older event.", replace(PROOF, entry=replace(ENTRY, number=2)))
    yield case(
        "head_other", "Another history.", replace(PROOF, entry=replace(ENTRY, head=Hash(bytes(32))))
    )
    yield case("present_claimed_absent", "Hidden.", replace(PROOF, entry=None))
    yield case("absent_claimed_present", "Invented.", replace(absence, entry=ENTRY), account=ABSENT)
    yield case("account_other", "Somebody else's proof.", PROOF, account=NEIGHBOUR)
    yield case(
        "sibling_missing",
        "Fewer than the bitmap says.",
        replace(PROOF, siblings=PROOF.siblings[1:]),
    )
    yield case(
        "sibling_surplus",
        "More than it says.",
        replace(PROOF, siblings=(*PROOF.siblings, Hash(bytes(32)))),
    )
    yield case(
        "siblings_reversed", "From the leaf up.", replace(PROOF, siblings=PROOF.siblings[::-1])
    )
    spelled_out = bytearray(PROOF.bitmap)
    spelled_out[-1] |= 1
    yield case(
        "empty_sibling_spelled",
        "The root is right; a proof has one spelling.",
        replace(PROOF, bitmap=bytes(spelled_out), siblings=(*PROOF.siblings, Hash(bytes(32)))),
    )
    yield case("root_other", "Of another map.", PROOF, keys=both)


def answer(
    *,
    proof: MapProof = PROOF,
    signers: LogSigners = SIGNERS,
    verb: Verb = Verb.KEY_MAP,
    log_signers: LogSigners = SIGNERS,
    change: Callable[[str], str] = str,
    **leaf: Any,  # noqa: ANN401 - what relay_leaf takes
) -> Callable[[], dict[str, Any]]:
    """Return what makes an answer, honest but for one thing."""

    def make() -> dict[str, Any]:
        content = KeyMapPublished(root=MAP.root, accounts=MAP.accounts)
        log = SampleLog(
            (b"before", relay_leaf(signers, verb, content, **leaf), b"after"), signers=log_signers
        )
        made = KeyMapAnswer(proof=proof, receipt=change(log.receipt(1)))
        return {"answer": encode(made).hex()}

    return make


def answer_cases() -> Iterator[Case]:
    """What a client makes of an answer."""

    def case(
        name: str,
        comment: str,
        expect: str,
        keep: Callable[[], dict[str, Any]],
        *,
        shown: MapEntry = ENTRY,
        now: int = NOW,
    ) -> Case:
        return Case(
            name=f"answer_{name}",
            comment=comment,
            operation="check_key_answer",
            expect=expect,
            input={
                "account": ACCOUNT.hex(),
                "shown": spelled(shown),
                "log_keys": list(LOG_KEYS),
                "now": now,
            },
            output={"root": MAP.root.hex(), "accounts": 12, "leaf_index": 1, "relay_time": NOW}
            if expect == "ok"
            else None,
            keep=keep,
        )

    day = KEY_MAP_FRESH_SECONDS * 1000
    skew = CLOCK_SKEW_SECONDS * 1000
    yield case("valid", "As old as it may be.", "ok", answer(), now=NOW + day)
    yield case("valid_future", "The clocks differ.", "ok", answer(), now=NOW - skew)
    yield case("stale", "A millisecond too old.", "stale", answer(), now=NOW + day + 1)
    yield case("future", "A millisecond too early.", "stale", answer(), now=NOW - skew - 1)
    yield case(
        "older_history_shown",
        "The relay withholds event 3.",
        "mismatch 3",
        answer(),
        shown=replace(ENTRY, number=2),
    )
    yield case(
        "newer_history_shown",
        "The log does not know event 4.",
        "mismatch 3",
        answer(),
        shown=replace(ENTRY, number=4),
    )
    yield case(
        "other_history_shown",
        "Two histories of one length.",
        "mismatch 3",
        answer(),
        shown=replace(ENTRY, head=Hash(bytes(32))),
    )
    yield case(
        "proof_of_other_account",
        "Of the second one.",
        "proof",
        answer(proof=MAP.prove(ACCOUNTS[1])),
    )
    yield case(
        "proof_of_other_map",
        "Of a map one change later.",
        "proof",
        answer(proof=MAP.with_entries({ACCOUNTS[1]: ENTRY}).prove(ACCOUNT)),
    )
    yield case(
        "leaf_by_other_key", "Not this relay.", "signature", answer(signers=sample_signers(seed=2))
    )
    yield case(
        "leaf_by_device", "Not the relay.", "signature", answer(actor=DevicePseudonym(b"d" * 16))
    )
    yield case(
        "leaf_other_label", "Signed for another purpose.", "signature", answer(label=STATEMENT)
    )
    yield case("leaf_other_verb", "About something else.", "signature", answer(verb=Verb.SIGN_IN))
    yield case(
        "checkpoint_by_other_log",
        "Another log's.",
        "signature",
        answer(log_signers=sample_signers(seed=2)),
    )
    yield case(
        "leaf_elsewhere",
        "Not at this index.",
        "proof",
        answer(change=lambda receipt: receipt.replace("index 1", "index 0")),
    )
    yield case("receipt_cut", "Not whole.", "wire", answer(change=lambda receipt: receipt[:-1]))
    yield case(
        "relay_time_decides",
        "A leaf of the day before, proven under a checkpoint of today.",
        "stale",
        answer(relay_time=UnixMillis(NOW - day - 1)),
    )


def cases() -> tuple[Case, ...]:
    """Return all cases."""
    return (*root_cases(), *proof_cases(), *answer_cases())


if __name__ == "__main__":
    sys.exit(run(FOLDER, SOURCE, cases(), sys.argv[1:]))
