# SPDX-License-Identifier: AGPL-3.0-or-later
"""The recovery kit as people meet it: the text of its code, and what is sealed to its public key.

The text is made to be copied by hand: 14 groups of five characters. The last character of a group checks the
group and its place, so that a mistake is found where it is; the last three bytes check the whole
(`crypto_core/spec/recovery.md` §2).
"""

from __future__ import annotations

import base64
import hashlib
import unicodedata
from dataclasses import dataclass, field
from typing import Annotated, Final, NewType

from crypto_core.errors import KitCodeError, WireError
from crypto_core.wire.codec import Size
from crypto_core.wire.devices import Version1
from crypto_core.wire.ids import AccountId, Hash, format_address, parse_address
from crypto_core.wire.labels import KIT_CHECK
from crypto_core.wire.limits import MAX_KIT_SEALED_BYTES
from crypto_core.wire.prekeys import KemPublicKey

KIT_CODE_BYTES: Final = 32
KIT_GROUPS: Final = 14
KIT_PREFIX: Final = "uhs:kit/"
_CHECK_BYTES: Final = 3
_GROUP: Final = 5
_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_LOOKALIKES: Final = str.maketrans("018", "OIB")
_IGNORED: Final = "ZPC"  # Unicode's blanks, dashes and stops, and what does not print

KitId = NewType("KitId", Annotated[bytes, Size.exactly(8)])
"""First 8 bytes of SHA-256(label KIT_ID ‖ the kit's public key): tells kits apart, and opens nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KitSealed:
    """Something sealed to a kit's public key (HPKE base mode): only the printed code opens it.

    `info` is the label of its use and a context, so that no such object can stand in for another.
    """

    version: Version1
    kit: KitId
    sealed: Annotated[bytes, Size(1, MAX_KIT_SEALED_BYTES)]


@dataclass(frozen=True, slots=True, kw_only=True)
class KitKeys:
    """What the account's own computers know of a kit, and tell each other: never its code.

    `root` is SHA-256 of the encoded public root, which the account's key history names.
    """

    version: Version1
    root: Hash
    account_secret: Annotated[bytes, Size.exactly(32)] = field(repr=False)
    public_key: KemPublicKey


MAX_KITS: Final = 2
"""To how many kits one thing is sealed: the one in force, and one that was announced."""

KitSlots = Annotated[tuple[KitSealed, ...], Size(1, MAX_KITS)]
"""The same sealed to each kit that has to open it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultKits:
    """The file `vault.kit` of a profile: its DEK (label KIT_VAULT, context the vault's number)."""

    version: Version1
    slots: KitSlots


def format_kit_code(code: bytes) -> str:
    """Return the text of a kit's 32 bytes: 14 groups of five characters with blanks between. Raises KitCodeError."""
    if len(code) != KIT_CODE_BYTES:
        raise KitCodeError("a recovery code has 32 bytes", group=None)
    spelled = base64.b32encode(code + _check_of_code(code)).decode("ascii")
    parts = [spelled[start : start + _GROUP - 1] for start in range(0, len(spelled), _GROUP - 1)]
    return " ".join(part + _check_of_group(place, part) for place, part in enumerate(parts))


def parse_kit_code(text: str) -> bytes:
    """Read what somebody copied from a kit: case, blanks, dashes, and 0 1 8 for O I B make no difference.

    Raises KitCodeError, whose `group` counts from 1 and names where the first mistake is.
    """
    spelled = "".join(
        each for each in text.upper() if unicodedata.category(each)[0] not in _IGNORED
    )
    spelled = spelled.translate(_LOOKALIKES)
    groups = [spelled[start : start + _GROUP] for start in range(0, len(spelled), _GROUP)]
    for place, group in enumerate(groups[:KIT_GROUPS]):
        strange = any(character not in _ALPHABET for character in group)
        if strange or len(group) < _GROUP or group[-1] != _check_of_group(place, group[:-1]):
            raise KitCodeError(
                f"group {place + 1} of the recovery code is not right", group=place + 1
            )
    if len(groups) != KIT_GROUPS:
        missing = len(groups) + 1 if len(groups) < KIT_GROUPS else None
        raise KitCodeError(f"a recovery code has {KIT_GROUPS} groups", group=missing)
    raw = base64.b32decode("".join(group[:-1] for group in groups))
    code, check = raw[:KIT_CODE_BYTES], raw[KIT_CODE_BYTES:]
    if _check_of_code(code) != check:
        raise KitCodeError("the recovery code is not right as a whole", group=None)
    return code


def format_kit_card(account: AccountId, code: bytes) -> str:
    """Return the text of a kit's QR picture: whose kit it is, and its code, in capitals (QR's denser mode)."""
    address = format_address(account).removeprefix("uhs:")
    return f"{KIT_PREFIX}{address}/{format_kit_code(code).replace(' ', '')}".upper()


def parse_kit_card(text: str) -> tuple[AccountId, bytes]:
    """Read what `format_kit_card` wrote, in any case. Raises KitCodeError."""
    compact = "".join(text.split()).lower()
    address, slash, code = compact.removeprefix(KIT_PREFIX).partition("/")
    if not compact.startswith(KIT_PREFIX) or not slash:
        raise KitCodeError("not the picture of a recovery kit", group=None)
    try:
        account = parse_address("uhs:" + address)
    except WireError:
        raise KitCodeError("not the picture of a recovery kit", group=None) from None
    return account, parse_kit_code(code)


def _check_of_code(code: bytes) -> bytes:
    return hashlib.sha256(KIT_CHECK + code).digest()[:_CHECK_BYTES]


def _check_of_group(place: int, group: str) -> str:
    """Value of the group's characters as a polynomial over GF(32) at the generator, and its place.

    Every single mistake, every exchange of two characters, and every group in another's place shows.
    """
    total = 0
    for character in group:
        total ^= _ALPHABET.index(character)
        total = total << 1 ^ (0b100101 if total & 0b10000 else 0)
    return _ALPHABET[total ^ place]
