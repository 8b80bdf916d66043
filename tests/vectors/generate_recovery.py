# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writes the vectors of recovery and key histories, `recovery/*.json`: one case a file, at most one failure a case.

`python tests/vectors/generate_recovery.py` writes what is missing; `--check` only compares. What was sealed or
signed when a file was first written is kept for ever: later versions must still open it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

# The script also runs by its path, from anywhere.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from crypto_core.keys.backup import BackupSource, read_backup_header, seal_backup
from crypto_core.keys.kit import Kit, seal_to_kit, seal_vault_key
from crypto_core.keys.vault import VaultKeys
from crypto_core.trust.signatures import sha256
from crypto_core.wire.backup import BACKUP_MAGIC
from crypto_core.wire.codec import encode
from crypto_core.wire.ids import AccountId, Hash, UnixMillis
from crypto_core.wire.kit import VaultKits, format_kit_card, format_kit_code
from crypto_core.wire.labels import KIT_BACKUP
from tests.fakes.key_events import (
    DESKTOP,
    IDENTITY,
    KIT,
    KIT_CODE,
    LAPTOP,
    LOG_PUBLIC_KEY,
    NEXT_IDENTITY,
    NEXT_KIT,
    NEXT_KIT_CODE,
    THIEFS_IDENTITY,
    THIEFS_KIT,
    THIEFS_LAPTOP,
    KeyStory,
)
from tests.fakes.people import DAY, NOW, SeededBytes
from tests.fakes.recovery_packages import PACKAGE, padded, sealed_package
from tests.vectors.cases import Case, run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crypto_core.trust.key_history import KeyHistory
    from crypto_core.wire.devices import KeyEvent
    from crypto_core.wire.kit import KitSealed
    from crypto_core.wire.recovery import SealedPackage

FOLDER: Final = Path(__file__).with_name("recovery")
SOURCE: Final = "tests/vectors/generate_recovery.py"

CODE: Final = bytes(range(32))
TEXT: Final = format_kit_code(CODE)
GROUPS: Final = tuple(TEXT.split())
VAULT: Final = b"v" * 16
DEK: Final = b"d" * 32
SESSION: Final = "auth session"
THUMBPRINT: Final = sha256(b"request key")
OTHER: Final = AccountId(b"o" * 20)
PLAINTEXT: Final = b"Sauvegarde" * 20


def keeping(name: str, make: Callable[[], object]) -> Callable[[], dict[str, Any]]:
    """Say under which name a case keeps what this makes: bytes, or an object's encoding."""

    def keep() -> dict[str, Any]:
        made = make()
        return {name: (made if isinstance(made, bytes) else encode(made)).hex()}

    return keep


def code_cases() -> Iterator[Case]:
    """The text of a code, and mistakes in it."""
    yield Case(
        name="code_text",
        comment="The text and the QR text of a code.",
        operation="format_kit_code",
        input={"code": CODE.hex(), "account": OTHER.hex()},
        output={"text": TEXT, "card": format_kit_card(OTHER, CODE)},
    )
    foreign = format_kit_code(bytes(32)).split()
    texts = {
        "lower_case_and_dashes": ("Copied in another way.", TEXT.lower().replace(" ", "-"), "ok"),
        "lookalikes": (
            "0, 1 and 8 for O, I and B.",
            TEXT.replace("O", "0").replace("I", "1").replace("B", "8"),
            "ok",
        ),
        "wrong_character": (
            "One character of group 5.",
            " ".join((*GROUPS[:4], "BIFQQ", *GROUPS[5:])),
            "code 5",
        ),
        "exchanged_characters": (
            "Two characters of group 8.",
            " ".join((*GROUPS[:7], "CEQOT", *GROUPS[8:])),
            "code 8",
        ),
        "exchanged_groups": (
            "Groups 2 and 3.",
            " ".join((GROUPS[0], GROUPS[2], GROUPS[1], *GROUPS[3:])),
            "code 2",
        ),
        "missing_group": ("Without the last group.", " ".join(GROUPS[:-1]), "code 14"),
        "surplus_group": ("One group too many.", f"{TEXT} AAAAA", "code"),
        "strange_character": (
            "9 is in no code.",
            " ".join((*GROUPS[:1], "9AYEM", *GROUPS[2:])),
            "code 2",
        ),
        "wrong_as_a_whole": (
            "A group of another code in its right place.",
            " ".join((foreign[0], *GROUPS[1:])),
            "code",
        ),
    }
    for name, (comment, text, expect) in texts.items():
        yield Case(
            name=f"code_{name}",
            comment=comment,
            operation="parse_kit_code",
            input={"text": text},
            expect=expect,
            output=CODE.hex() if expect == "ok" else None,
        )


def kit_cases() -> Iterator[Case]:
    """What a code derives, proves and opens."""
    kit = Kit.from_code(CODE)
    yield Case(
        name="kit_keys",
        comment="Everything that a code derives.",
        operation="kit_keys",
        input={"code": CODE.hex()},
        output={
            "account": kit.account.hex(),
            "account_secret": kit.account_secret.hex(),
            "root_sha256": sha256(encode(kit.root.public)).hex(),
            "public_key_sha256": sha256(kit.public_key).hex(),
            "kit": kit.kit.hex(),
        },
    )
    proof = {"session": SESSION, "thumbprint": THUMBPRINT.hex()}
    for name, changes, expect in (
        ("valid", {}, "ok"),
        ("other_session", {"session": "another session"}, "signature"),
        ("other_request_key", {"thumbprint": bytes(32).hex()}, "signature"),
        ("other_root", {"code": NEXT_KIT_CODE.hex()}, "signature"),
    ):
        yield Case(
            name=f"proof_{name}",
            comment="That the kit is at hand; `code` is of the kit whose root verifies.",
            operation="verify_kit_proof",
            input={"code": KIT_CODE.hex()} | proof | changes,
            expect=expect,
            keep=lambda: {"proof": encode(KIT.prove(SESSION, thumbprint=THUMBPRINT)).hex()},
        )
    sealed: dict[str, tuple[str, str, Callable[[], VaultKits], dict[str, str]]] = {
        "valid": ("A vault's key.", "ok", lambda: file_of(vault_key()), {}),
        "announced": (
            "Sealed to a kit that was announced as well: either opens it.",
            "ok",
            lambda: file_of(
                *seal_vault_key([KIT.public_key, NEXT_KIT.public_key], VAULT, VaultKeys(DEK))
            ),
            {"code": NEXT_KIT_CODE.hex()},
        ),
        "other_kit": (
            "Sealed to another kit.",
            "key_state",
            lambda: file_of(vault_key()),
            {"code": NEXT_KIT_CODE.hex()},
        ),
        "renamed_kit": (
            "Under the name of a kit that it is not sealed to.",
            "decrypt",
            lambda: file_of(replace(vault_key(), kit=NEXT_KIT.kit)),
            {"code": NEXT_KIT_CODE.hex()},
        ),
        "other_vault": (
            "The key of another vault.",
            "decrypt",
            lambda: file_of(vault_key()),
            {"vault": bytes(16).hex()},
        ),
        "other_use": (
            "Sealed under the label of backups.",
            "decrypt",
            lambda: file_of(seal_to_kit(KIT.public_key, DEK, KIT_BACKUP, VAULT)),
            {},
        ),
        "flipped": (
            "One bit.",
            "decrypt",
            lambda: file_of(replace(vault_key(), sealed=flipped(vault_key().sealed))),
            {},
        ),
    }
    for name, (comment, expect, make, changes) in sealed.items():
        yield Case(
            name=f"vault_key_{name}",
            comment=comment,
            operation="open_vault_key",
            input={"code": KIT_CODE.hex(), "vault": VAULT.hex()} | changes,
            expect=expect,
            output=DEK.hex() if expect == "ok" else None,
            keep=keeping("sealed", make),
        )


def vault_key() -> KitSealed:
    """A vault's key, sealed to the kit."""
    return seal_vault_key([KIT.public_key], VAULT, VaultKeys(DEK))[0]


def file_of(*slots: KitSealed) -> VaultKits:
    """The file beside a vault."""
    return VaultKits(version=1, slots=slots)


def flipped(content: bytes) -> bytes:
    """The same with one bit changed, in the middle."""
    changed = bytearray(content)
    changed[len(changed) // 2] ^= 1
    return bytes(changed)


def package_cases() -> Iterator[Case]:
    """Recovery packages, in the order of the checks."""
    packages: dict[str, tuple[str, str, Callable[[], SealedPackage]]] = {
        "valid": ("A package.", "ok", sealed_package),
        "forged": (
            "Header by another identity key.",
            "signature",
            lambda: sealed_package(identity=THIEFS_IDENTITY),
        ),
        "header_other_account": (
            "Header of another account.",
            "signature",
            lambda: sealed_package(account=OTHER),
        ),
        "header_other_bytes": (
            "Header of other sealed bytes.",
            "signature",
            lambda: sealed_package(sealed_sha256=Hash(bytes(32))),
        ),
        "other_kit": (
            "Sealed to another kit.",
            "key_state",
            lambda: sealed_package(kit=NEXT_KIT),
        ),
        "header_other_number": (
            "A higher number in the header.",
            "decrypt",
            lambda: sealed_package(number=8),
        ),
        "padding_not_empty": (
            "Padding of ones.",
            "decrypt",
            lambda: sealed_package(plaintext=padded(encode(PACKAGE), filler=b"\x01")),
        ),
        "length_beyond_the_end": (
            "A length beyond the end.",
            "decrypt",
            lambda: sealed_package(plaintext=padded(encode(PACKAGE), length=2**32 - 1)),
        ),
        "not_a_package": (
            "An empty list inside.",
            "wire",
            lambda: sealed_package(plaintext=padded(b"\x80")),
        ),
        "other_number_inside": (
            "Another number inside.",
            "key_state",
            lambda: sealed_package(replace(PACKAGE, number=6)),
        ),
        "other_account_inside": (
            "Another account inside.",
            "key_state",
            lambda: sealed_package(replace(PACKAGE, account=OTHER)),
        ),
        "other_identity_inside": (
            "The seed of another identity key inside.",
            "key_state",
            lambda: sealed_package(replace(PACKAGE, identity_seed=NEXT_IDENTITY.seed)),
        ),
    }
    for name, (comment, expect, make) in packages.items():
        yield package_case(name, comment, expect, make)
    yield package_case("older", "An older one than is known.", "key_state", sealed_package, least=8)


def package_case(
    name: str, comment: str, expect: str, make: Callable[[], SealedPackage], *, least: int = 1
) -> Case:
    """One package; of what comes out, what is easily named."""
    return Case(
        name=f"package_{name}",
        comment=comment,
        operation="open_package",
        input={
            "code": KIT_CODE.hex(),
            "account": KIT.account.hex(),
            "identity_seed": IDENTITY.seed.hex(),
            "least_number": least,
        },
        expect=expect,
        output={"name": PACKAGE.name, "number": 7, "contact": PACKAGE.contacts[0].name}
        if expect == "ok"
        else None,
        keep=keeping("package", make),
    )


def backup(**changes: Any) -> bytes:  # noqa: ANN401 - the fields of a head
    """A backup, under a head that may say something else."""
    source = BackupSource(
        account=KIT.account,
        vault=VAULT,
        keys=VaultKeys(DEK),
        kit_public_keys=(KIT.public_key,),
        created_at=NOW,
    )
    whole = b"".join(seal_backup(source, (PLAINTEXT,), random_bytes=SeededBytes("backup")))
    header = read_backup_header(whole)
    head = encode(replace(header, **changes))
    start = len(BACKUP_MAGIC) + 4
    return (
        whole[: start - 4]
        + len(head).to_bytes(4, "big")
        + head
        + whole[start + len(encode(header)) :]
    )


def backup_cases() -> Iterator[Case]:
    """Backups of one chunk; what happens to several is the unit tests' matter."""
    backups: dict[str, tuple[str, str, bytes, Callable[[], bytes]]] = {
        "valid": ("A backup.", "ok", KIT_CODE, backup),
        "other_kit": ("Sealed to another kit.", "key_state", NEXT_KIT_CODE, backup),
        "head_other_day": (
            "A head with another day.",
            "decrypt",
            KIT_CODE,
            lambda: backup(created_at=UnixMillis(NOW + DAY)),
        ),
        "head_other_account": (
            "A head with another account.",
            "decrypt",
            KIT_CODE,
            lambda: backup(account=OTHER),
        ),
        "cut": ("Without its last byte.", "decrypt", KIT_CODE, lambda: backup()[:-1]),
        "cut_after_the_head": (
            "Without its content.",
            "decrypt",
            KIT_CODE,
            lambda: backup()[: -len(PLAINTEXT) - 16],
        ),
        "surplus": ("One byte more.", "decrypt", KIT_CODE, lambda: backup() + b"\x00"),
        "flipped": (
            "One bit of the content.",
            "decrypt",
            KIT_CODE,
            lambda: backup()[:-60] + flipped(backup()[-60:]),
        ),
        "another_file": (
            "Not a backup.",
            "wire",
            KIT_CODE,
            lambda: b"U" + backup()[1:],
        ),
        "head_too_long": (
            "A head of 4 GiB.",
            "wire",
            KIT_CODE,
            lambda: BACKUP_MAGIC + b"\xff" * 4,
        ),
    }
    for name, (comment, expect, code, make) in backups.items():
        yield Case(
            name=f"backup_{name}",
            comment=comment,
            operation="open_backup",
            input={"code": code.hex()},
            expect=expect,
            output={"created_at": NOW, "dek": DEK.hex(), "content": PLAINTEXT.decode()}
            if expect == "ok"
            else None,
            keep=keeping("backup", make),
        )


Make = Callable[[KeyStory], "KeyEvent"]
WAIT: Final = 7
ANNOUNCED: Final[tuple[Make, ...]] = (KeyStory.first, KeyStory.root_change)


def renewed(story: KeyStory, **changes: Any) -> KeyEvent:  # noqa: ANN401 - the fields of a certificate
    """The list that comes with a new identity key."""
    certificate = story.certificate(NEXT_IDENTITY, **changes)
    return story.device_list(LAPTOP, identity=NEXT_IDENTITY, certificate=certificate)


def history_cases() -> Iterator[Case]:
    """Histories whose last event fails or not; before it all is well. A veto and a new root wait as long as said."""
    first: tuple[Make, ...] = (KeyStory.first,)
    histories: dict[str, tuple[str, str, tuple[Make, ...], float]] = {
        "first": ("One event.", "ok", first, 0),
        "second_computer": (
            "Two computers.",
            "ok",
            (*first, lambda story: story.device_list(LAPTOP, DESKTOP)),
            0,
        ),
        "new_identity": ("The root names a new identity key.", "ok", (*first, renewed), 0),
        "root_vetoed": ("A veto in time.", "ok", (*ANNOUNCED, KeyStory.veto), 6),
        "root_in_force": (
            "The new root certifies after seven days.",
            "ok",
            (*ANNOUNCED, lambda story: renewed(story, root=NEXT_KIT.root)),
            WAIT,
        ),
        "certificate_missing": (
            "The first list without a certificate.",
            "key_state",
            (lambda story: story.device_list(LAPTOP),),
            0,
        ),
        "root_of_another_address": (
            "A root that the address is not the hash of.",
            "signature",
            (
                lambda story: story.device_list(
                    LAPTOP, certificate=story.certificate(IDENTITY, root=THIEFS_KIT.root)
                ),
            ),
            0,
        ),
        "list_forged": (
            "A list by another identity key.",
            "signature",
            (*first, lambda story: story.device_list(LAPTOP, identity=THIEFS_IDENTITY)),
            0,
        ),
        "list_lower_number": (
            "A list numbered lower.",
            "key_state",
            (*first, lambda story: story.device_list(LAPTOP, sequence=1)),
            0,
        ),
        "list_missing_link": (
            "A list without the hash of the one before.",
            "signature",
            (*first, lambda story: story.device_list(LAPTOP, previous=Hash(bytes(32)))),
            0,
        ),
        "list_of_the_old_identity": (
            "The thief's list after the owner's certificate.",
            "signature",
            (*first, renewed, lambda story: story.device_list(THIEFS_LAPTOP)),
            0,
        ),
        "certificate_lower_number": (
            "A certificate numbered lower.",
            "key_state",
            (*first, lambda story: renewed(story, sequence=1)),
            0,
        ),
        "certificate_of_the_same_identity": (
            "A certificate of an identity key that was there before.",
            "key_state",
            (
                *first,
                lambda story: story.device_list(LAPTOP, certificate=story.certificate(IDENTITY)),
            ),
            0,
        ),
        "new_root_too_soon": (
            "The new root certifies before its time.",
            "signature",
            (*ANNOUNCED, lambda story: renewed(story, root=NEXT_KIT.root)),
            6,
        ),
        "old_root_too_late": (
            "The old root certifies after the change.",
            "signature",
            (*ANNOUNCED, renewed),
            WAIT,
        ),
        "veto_too_late": (
            "A veto after seven days.",
            "key_state",
            (*ANNOUNCED, KeyStory.veto),
            WAIT,
        ),
        "veto_by_the_new_root": (
            "A veto by the root to come.",
            "signature",
            (*ANNOUNCED, lambda story: story.veto(root=NEXT_KIT.root)),
            1,
        ),
        "veto_of_another_change": (
            "A veto against another change.",
            "key_state",
            (*ANNOUNCED, lambda story: story.veto(sequence=3)),
            1,
        ),
        "change_sooner_than_in_seven_days": (
            "A change that says six days.",
            "key_state",
            (
                *first,
                lambda story: story.root_change(effective_at=UnixMillis(NOW + 6 * DAY)),
            ),
            0,
        ),
        "change_forged": (
            "A change by another identity key.",
            "signature",
            (*first, lambda story: story.root_change(identity=THIEFS_IDENTITY)),
            0,
        ),
    }
    for name, (comment, expect, makers, days) in histories.items():
        yield Case(
            name=f"history_{name}",
            comment=comment,
            operation="follow_history",
            input={"account": KIT.account.hex(), "log_key": LOG_PUBLIC_KEY.hex()},
            expect=expect,
            output=end_of(makers, days) if expect == "ok" else None,
            keep=partial(told, makers, days),
        )


def told(makers: tuple[Make, ...], days: float) -> dict[str, Any]:
    """The events and leaves of a history; before the last event so many days pass."""
    story, events = KeyStory(), []
    for place, make in enumerate(makers):
        if place == len(makers) - 1:
            story.wait(days)
        event = make(story)
        log_index = story.history.log_index + 5
        leaf = story.leaf(event)
        events.append({"event": encode(event).hex(), "leaf": leaf.hex(), "log_index": log_index})
        if place < len(makers) - 1:
            story.take(event)
    return {"events": events}


def end_of(makers: tuple[Make, ...], days: float) -> dict[str, Any]:
    """What an honest history comes to; its head depends on signatures and is not told."""
    story = KeyStory()
    for place, make in enumerate(makers):
        if place == len(makers) - 1:
            story.wait(days)
        story.take(make(story))
    return summary(story.history)


def summary(history: KeyHistory) -> dict[str, Any]:
    """The parts of a history that do not depend on drawn signatures."""
    assert history.root is not None
    assert history.certificate is not None
    assert history.newest is not None
    return {
        "number": history.number,
        "root_sha256": sha256(encode(history.root)).hex(),
        "identity_sha256": sha256(encode(history.certificate.identity)).hex(),
        "devices": [entry.device.hex() for entry in history.newest.devices],
        "pending": history.pending is not None,
    }


def cases() -> tuple[Case, ...]:
    """Every case."""
    return (
        *code_cases(),
        *kit_cases(),
        *package_cases(),
        *backup_cases(),
        *history_cases(),
    )


if __name__ == "__main__":
    sys.exit(run(FOLDER, SOURCE, cases(), sys.argv[1:]))
