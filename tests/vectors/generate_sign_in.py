# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writes the vectors of sign-in as we use it, `sign_in/*.json`: one case a file, at most one failure a case.

`python tests/vectors/generate_sign_in.py` writes, `--check` only compares. RFC 9807 has vectors of its own
(`official/opaque`); these fix what it leaves to us: input, Argon2id, context, identities, fake credentials.
"""

from __future__ import annotations

import dataclasses
import json
import sys
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import cbor2

# The script also runs by its path, from anywhere.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from crypto_core.opaque.client import login_input, start_login, start_registration
from crypto_core.opaque.server import ServerSetup, answer_login, answer_registration
from crypto_core.wire.codec import encode
from crypto_core.wire.limits import STRETCH_LEAST_MEMORY_BYTES
from tests.fakes.people import SeededBytes
from tests.fakes.scripted_bytes import ScriptedBytes
from tests.fakes.sign_in import ACCOUNT, ACCOUNT_SECRET, PASSPHRASE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crypto_core.wire.sign_in import LoginAnswer, LoginCredential

FOLDER: Final = Path(__file__).with_name("sign_in")
SOURCE: Final = "tests/vectors/generate_sign_in.py"

SETUP: Final = ServerSetup.generate(SeededBytes("setup"))
# What each function draws, in order.
REGISTRATION_DRAWS: Final = (SeededBytes("blind")(64), SeededBytes("envelope nonce")(32))
LOGIN_DRAWS: Final = (
    SeededBytes("login blind")(64),
    SeededBytes("client nonce")(32),
    SeededBytes("client keyshare")(32),
)
ANSWER_DRAWS: Final = (
    SeededBytes("masking nonce")(32),
    SeededBytes("server nonce")(32),
    SeededBytes("server keyshare")(32),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vector:
    """One file."""

    name: str
    comment: str
    expect: str
    input: dict[str, Any]
    output: dict[str, Any] | None

    def text(self) -> str:
        """Return the content of the file."""
        content = {
            "comment": self.comment,
            "source": SOURCE,
            "expect": self.expect,
            "input": self.input,
            "output": self.output,
        }
        return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def hexes(draws: tuple[bytes, ...]) -> list[str]:
    """Return byte strings as they stand in a file."""
    return [draw.hex() for draw in draws]


def person(passphrase: str = PASSPHRASE, account_secret: bytes = ACCOUNT_SECRET) -> dict[str, str]:
    """Return the part of a case that says who acts."""
    return {
        "passphrase": passphrase,
        "account_secret": account_secret.hex(),
        "account": ACCOUNT.hex(),
    }


def registration() -> tuple[Vector, LoginCredential]:
    """Return the case of a registration and its result."""
    draws = ScriptedBytes(*REGISTRATION_DRAWS)
    started = start_registration(
        PASSPHRASE, account=ACCOUNT, account_secret=ACCOUNT_SECRET, random_bytes=draws
    )
    response = answer_registration(SETUP, ACCOUNT, started.request)
    credential = started.finish(response, random_bytes=draws)
    vector = Vector(
        name="registration",
        comment="Client and relay; the setup of the relay is its storage form.",
        expect="ok",
        input={
            "operation": "register",
            **person(),
            "setup": SETUP.to_bytes().hex(),
            "draws": hexes(REGISTRATION_DRAWS),
        },
        output={
            "login_input": login_input(PASSPHRASE, ACCOUNT_SECRET).hex(),
            "request": started.request.hex(),
            "response": response.hex(),
            "credential": encode(credential).hex(),
        },
    )
    return vector, credential


def answered(
    name: str, comment: str, credential: LoginCredential | None, ke1: bytes
) -> tuple[Vector, LoginAnswer]:
    """Return the case of an answer to KE1 and the answer."""
    answer, pending = answer_login(
        SETUP, ACCOUNT, credential, ke1, random_bytes=ScriptedBytes(*ANSWER_DRAWS)
    )
    vector = Vector(
        name=name,
        comment=comment,
        expect="ok",
        input={
            "operation": "answer_login",
            "account": ACCOUNT.hex(),
            "setup": SETUP.to_bytes().hex(),
            "credential": None if credential is None else encode(credential).hex(),
            "ke1": ke1.hex(),
            "draws": hexes(ANSWER_DRAWS),
        },
        output={"answer": encode(answer).hex(), "pending": pending.to_bytes().hex()},
    )
    return vector, answer


def login(
    name: str,
    comment: str,
    answer: bytes,
    *,
    expect: str = "ok",
    output: dict[str, str] | None = None,
    passphrase: str = PASSPHRASE,
    account_secret: bytes = ACCOUNT_SECRET,
) -> Vector:
    """Return the case of a client that receives an answer."""
    return Vector(
        name=name,
        comment=comment,
        expect=expect,
        input={
            "operation": "log_in",
            **person(passphrase, account_secret),
            "draws": hexes(LOGIN_DRAWS),
            "answer": answer.hex(),
        },
        output=output,
    )


def refused(answer: LoginAnswer) -> Iterator[Vector]:
    """Yield the cases in which the client refuses the answer."""
    ke2, cost = answer.ke2, answer.stretch
    encoded = encode(answer)

    def changed(at: int, replacement: bytes) -> bytes:
        after = ke2[:at] + replacement + ke2[at + len(replacement) :]
        return encode(dataclasses.replace(answer, ke2=after))

    def at_cost(memory_bytes: int, passes: int) -> bytes:
        return cbor2.dumps([1, [memory_bytes, passes], ke2], canonical=True)

    for name, comment, received in (
        ("cost_memory", "Less memory than 128 MiB.", at_cost(STRETCH_LEAST_MEMORY_BYTES - 1, 3)),
        ("cost_passes", "Fewer passes than three.", at_cost(STRETCH_LEAST_MEMORY_BYTES, 2)),
        ("cost_excessive", "More memory than 1 GiB.", at_cost(2**30 + 1, 3)),
        ("evaluation_identity", "The evaluation is the identity.", changed(0, bytes(32))),
        (
            "evaluation_high_bit",
            "The evaluation is not canonical: its highest bit is set.",
            changed(31, bytes([ke2[31] | 0x80])),
        ),
        (
            "keyshare_identity",
            "The relay's ephemeral key is the identity.",
            changed(224, bytes(32)),
        ),
        (
            "truncated",
            "KE2 lacks its last byte.",
            cbor2.dumps([1, [cost.memory_bytes, 3], ke2[:-1]]),
        ),
        ("version", "An unknown version.", b"\x83\x02" + encoded[2:]),
    ):
        yield login(f"answer_{name}", comment, received, expect="wire")

    for name, comment, received in (
        ("masked_response", "One bit of the masked response.", changed(64, bytes([ke2[64] ^ 1]))),
        ("server_nonce", "One bit of the relay's nonce.", changed(192, bytes([ke2[192] ^ 1]))),
        ("server_mac", "One bit of the relay's proof.", changed(319, bytes([ke2[319] ^ 1]))),
        (
            "cost_other",
            "An admissible cost, but not the registered one.",
            at_cost(STRETCH_LEAST_MEMORY_BYTES, 4),
        ),
    ):
        yield login(f"answer_{name}", comment, received, expect="sign_in")


def generate() -> list[Vector]:
    """Return all vectors."""
    registered, credential = registration()
    started = start_login(
        PASSPHRASE,
        account=ACCOUNT,
        account_secret=ACCOUNT_SECRET,
        random_bytes=ScriptedBytes(*LOGIN_DRAWS),
    )
    known, answer = answered("answer", "The account is registered.", credential, started.ke1)
    unknown, fake = answered(
        "answer_unknown_account", "The account is not registered.", None, started.ke1
    )
    finished = started.finish(answer)
    encoded = encode(answer)
    output = {
        "ke1": started.ke1.hex(),
        "ke3": finished.ke3.hex(),
        "session_key": finished.session_key.hex(),
    }
    return [
        registered,
        known,
        unknown,
        login("login", "The answer of `answer.json`.", encoded, output=output),
        login(
            "login_decomposed",
            "The passphrase in form NFD, as some keyboards spell it, is the same passphrase.",
            encoded,
            output=output,
            passphrase=unicodedata.normalize("NFD", PASSPHRASE),
        ),
        login(
            "login_other_passphrase",
            "One letter less.",
            encoded,
            expect="sign_in",
            passphrase=PASSPHRASE[:-1],
        ),
        login(
            "login_other_account_secret",
            "The right passphrase without the account secret.",
            encoded,
            expect="sign_in",
            account_secret=bytes(32),
        ),
        login(
            "login_unknown_account",
            "The answer of `answer_unknown_account.json`.",
            encode(fake),
            expect="sign_in",
        ),
        *refused(answer),
    ]


def differences(vectors: list[Vector]) -> list[str]:
    """Return the names of files that are missing, superfluous or different."""
    wanted = {f"{vector.name}.json": vector.text() for vector in vectors}
    found = {file.name: file.read_text("utf-8") for file in FOLDER.glob("*.json")}
    names = wanted.keys() | found.keys()
    return sorted(name for name in names if wanted.get(name) != found.get(name))


def main(arguments: list[str]) -> int:
    """Write the files, or with `--check` return 1 if any differs."""
    vectors = generate()
    if arguments == ["--check"]:
        return int(bool(differences(vectors)))
    FOLDER.mkdir(exist_ok=True)
    for vector in vectors:
        (FOLDER / f"{vector.name}.json").write_text(vector.text(), "utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
