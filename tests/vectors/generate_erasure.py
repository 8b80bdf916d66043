# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writes the vectors of erasure certificates and their numbers, `erasure/*.json`: one case a file.

`python tests/vectors/generate_erasure.py` writes what is missing; `--check` only compares.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import cbor2

# The script also runs by its path, from anywhere.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from crypto_core.trust.erasure import certificate_number
from crypto_core.wire.codec import encode
from crypto_core.wire.erasure import ErasureCertificate
from crypto_core.wire.ids import AccountId, DeviceId, UnixMillis
from tests.vectors.cases import Case, run

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER: Final = Path(__file__).with_name("erasure")
SOURCE: Final = "tests/vectors/generate_erasure.py"

NOW: Final = 1_790_000_000_000
CERTIFICATE: Final = ErasureCertificate(
    version=1,
    account=AccountId(b"a" * 20),
    device=DeviceId(b"d" * 16),
    erasure=b"e" * 16,
    is_patient=True,
    begun_at=UnixMillis(NOW),
    finished_at=UnixMillis(NOW + 5_000),
    letters=12,
    documents=7,
    drafts=1,
    backups_destroyed=4,
    backups_absent=1,
    computers=1,
    correspondents=3,
    host_until=UnixMillis(NOW + 30 * 86_400_000),
)


def numbered(name: str, comment: str, certificate: ErasureCertificate) -> Case:
    """Make a case of a certificate and its number."""
    encoded = encode(certificate)
    return Case(
        name=name,
        comment=comment,
        operation="number_certificate",
        input={"certificate": encoded.hex()},
        output=certificate_number(encoded).hex(),
    )


def refused(name: str, comment: str, place: int, value: object) -> Case:
    """Make a case of bytes that are no certificate."""
    items = cbor2.loads(encode(CERTIFICATE))
    items[place] = value
    return Case(
        name=name,
        comment=comment,
        operation="number_certificate",
        input={"certificate": cbor2.dumps(items, canonical=True).hex()},
        expect="wire",
    )


def _all() -> Iterator[Case]:
    yield numbered("ok_patient", "A patient, with everything that can be counted.", CERTIFICATE)
    letter = replace(CERTIFICATE, is_patient=False, letters=1, documents=0, drafts=0)
    yield numbered("ok_letter", "One letter.", letter)
    yield refused("structure_version", "Another version.", 0, 2)
    yield refused("structure_number", "A number of 15 bytes.", 3, b"e" * 15)
    yield refused("structure_negative", "Fewer than no letters.", 7, -1)


def cases() -> tuple[Case, ...]:
    """Return every case."""
    return tuple(_all())


if __name__ == "__main__":
    sys.exit(run(FOLDER, SOURCE, cases(), sys.argv[1:]))
