# SPDX-License-Identifier: AGPL-3.0-or-later
"""Erasing a patient with 5 000 documents, passphrase and other key included, against deleting the rows and files."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.engine import erasing
from app.engine.organising import ERASED_TOGETHER
from app.engine.ports.vault import StoredAttachment
from app.engine.vault.files import SealedFiles
from app.engine.vault.profile import ProfileDirectory
from crypto_core.trust.signatures import sha256
from crypto_core.wire.ids import BlobId, PatientId, UnixMillis
from tests.benchmarks.result import Result, at_most
from tests.fakes.large_vault import fill_vault, invented_letters, invented_owner
from tests.fakes.machine import FakeClock, FakeSecretStore

if TYPE_CHECKING:
    from app.engine.ports.vault import Store, Vault

DOCUMENTS: Final = 5_000
OTHERS: Final = 5_000
"""Letters that stay, and are written anew."""
FILE_BYTES: Final = 20_000
REACH: Final = 2.0
PASSPHRASE: Final = "trois marches vers la rive bleue"
PATIENT: Final = PatientId(b"one patient only")
_NOW: Final = UnixMillis(1_790_000_000_000)
_BATCH: Final = 250


def measure() -> list[Result]:
    """Return the figure."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "made"
        asyncio.run(_make(made))
        deleted = asyncio.run(_delete(Path(shutil.copytree(made, Path(folder) / "deleted"))))
        erased = asyncio.run(_erase(Path(shutil.copytree(made, Path(folder) / "erased"))))
    return [
        at_most(
            f"erasing: a patient with {DOCUMENTS} documents / deleting rows and files",
            erased / deleted,
            REACH,
            f"{erased:.1f} s / {deleted:.1f} s",
        )
    ]


def _profile(directory: Path) -> ProfileDirectory:
    return ProfileDirectory(
        directory,
        secret_store=FakeSecretStore(is_present=False),
        random_bytes=os.urandom,
        clock=FakeClock(),
    )


async def _make(directory: Path) -> None:
    profile = _profile(directory)
    vault = await profile.create(PASSPHRASE)
    owner = invented_owner()
    await fill_vault(vault, OTHERS, owner=owner)
    files = SealedFiles(profile.files_directory)
    await vault.run(
        lambda store: store.patients.put(
            PATIENT, family_name="Duval", given_name="Jeanne", birth_date=""
        )
    )
    letters = list(invented_letters(OTHERS + DOCUMENTS, owner=owner))[OTHERS:]
    for start in range(0, DOCUMENTS, _BATCH):

        def add(store: Store, start: int = start) -> None:
            for letter in letters[start : start + _BATCH]:
                blob = BlobId(os.urandom(16))
                files.put_sealed(blob, os.urandom(FILE_BYTES))
                document = StoredAttachment(
                    blob=blob,
                    key=os.urandom(32),
                    name="bilan.pdf",
                    media_type="application/pdf",
                    size=FILE_BYTES,
                    sha256=sha256(blob),
                    is_available=True,
                    sealed_sha256=None,
                )
                store.messages.add(replace(letter, attachments=(document,)))
                store.patients.file(letter.conversation, PATIENT)

        await vault.run(add)
    await profile.confirm()
    await profile.close()


async def _delete(directory: Path) -> float:
    """Delete what is filed under the patient, as a removal from the mailbox does after its grace."""
    profile = _profile(directory)
    vault = await profile.open(PASSPHRASE)
    files = SealedFiles(profile.files_directory)

    def hide(store: Store) -> None:
        database = store.organising._db  # type: ignore[attr-defined] # all at once, as no command does
        database.execute(
            "update message set removed_at = ? where conversation in"
            " (select c.id from conversation c join patient p on p.id = c.patient where p.patient = ?)",
            (_NOW, PATIENT),
        )

    started = time.perf_counter()
    await vault.run(hide)
    count = ERASED_TOGETHER
    while count == ERASED_TOGETHER:
        count, blobs = await vault.run(lambda store: store.organising.erase(None, ERASED_TOGETHER))
        for blob in blobs:
            await asyncio.to_thread(files.remove, blob)
    seconds = time.perf_counter() - started
    await profile.close()
    return seconds


async def _erase(directory: Path) -> float:
    profile = _profile(directory)
    vault: Vault = await profile.open(PASSPHRASE)
    files = SealedFiles(profile.files_directory)
    started = time.perf_counter()
    if not await profile.is_passphrase(PASSPHRASE):
        raise ValueError(PASSPHRASE)
    await vault.run(lambda store: store.erasures.begin(os.urandom(16), _NOW, patient=PATIENT))
    await erasing.go_on(vault, profile, files, PASSPHRASE)
    seconds = time.perf_counter() - started
    await profile.close()
    return seconds
