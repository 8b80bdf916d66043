# SPDX-License-Identifier: AGPL-3.0-or-later
"""The relay's secrets for sign-in, in its data folder and never in its database: made once, kept for ever.

Every credential depends on them, so they belong in each backup and are the same for all replicas.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

from crypto_core.errors import WireError
from crypto_core.opaque.server import SETUP_BYTES, ServerSetup
from crypto_core.wire.codec import Size, decode, encode
from crypto_core.wire.devices import Version1
from relay_server.errors import StartError
from relay_server.files import read_or_create
from relay_server.sessions.sealing import Sealing

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInKeyFile:
    """Content of the file: the secrets of OPAQUE, and two keys for what the database keeps."""

    version: Version1
    opaque: Annotated[bytes, Size.exactly(SETUP_BYTES)] = field(repr=False)
    sealing_key: Annotated[bytes, Size.exactly(32)] = field(repr=False)
    pepper: Annotated[bytes, Size.exactly(32)] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInKeys:
    """The secrets, ready for use."""

    setup: ServerSetup = field(repr=False)
    public_key: bytes
    """The relay's OPAQUE key, by which a database knows the secrets it belongs to."""
    sealing: Sealing = field(repr=False)
    pepper: bytes = field(repr=False)

    def keyed_hash(self, label: bytes, content: bytes) -> bytes:
        """Return HMAC-SHA256 of something that has too few values to be hidden by a plain hash."""
        return hmac.digest(self.pepper, label + content, "sha256")


def load_sign_in_keys(path: Path) -> SignInKeys:
    """Return the secrets, made first if there are none. Raises StartError if the file is damaged."""
    try:
        file = decode(SignInKeyFile, read_or_create(path, _new_keys))
        setup = ServerSetup.parse(file.opaque)
    except WireError as error:
        raise StartError(
            f"{path.name} is damaged; restore it from a backup, do not delete it: nobody can sign in "
            "without it"
        ) from error
    return SignInKeys(
        setup=setup,
        public_key=setup.key_pair.public,
        sealing=Sealing(file.sealing_key, random_bytes=secrets.token_bytes),
        pepper=file.pepper,
    )


def _new_keys() -> bytes:
    return encode(
        SignInKeyFile(
            version=1,
            opaque=ServerSetup.generate(secrets.token_bytes).to_bytes(),
            sealing_key=secrets.token_bytes(32),
            pepper=secrets.token_bytes(32),
        )
    )
