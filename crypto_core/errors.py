# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every error that crypto_core raises; nothing else leaves its public functions on any input of the declared types."""

from __future__ import annotations

from enum import IntEnum


class CryptoCoreError(Exception):
    """Base of all errors of this package; the message never holds a secret or a plaintext."""


class WireError(CryptoCoreError):
    """Bytes or text that are not a well-formed object of the expected type, or exceed a limit."""


class KitCodeError(WireError):
    """The text of a recovery code is not right; `group` counts from 1 and says where, None when that is unknown."""

    def __init__(self, message: str, *, group: int | None) -> None:
        super().__init__(message)
        self.group = group


class UnreadableWordError(WireError):
    """A word that was typed is in no list; `position` counts from 1. The text does not repeat it."""

    def __init__(self, *, position: int) -> None:
        super().__init__(f"word {position} is in no list")
        self.position = position


class ShareError(WireError):
    """Shares that give no recovery code: which one is wrong (from 1) and at which word, or how many are missing."""

    def __init__(
        self, message: str, *, share: int | None = None, word: int | None = None, missing: int = 0
    ) -> None:
        super().__init__(message)
        self.share = share
        self.word = word
        self.missing = missing


class SignatureError(CryptoCoreError):
    """A signature, or the chain of signed statements it stands in, does not verify."""


class ProofError(CryptoCoreError):
    """A Merkle proof, a checkpoint or a signed note does not verify."""


class TimestampFault(IntEnum):
    """The ordered checks of a timestamp; `crypto_core/spec/timestamps.md` §3 has the same numbers."""

    SYNTAX = 1
    REFUSED = 2
    NONCE = 3
    POLICY = 4
    ALGORITHM = 5
    IMPRINT = 6
    CERTIFICATE = 7
    SIGNATURE = 8
    AUTHORITY = 9
    ORDER = 10
    TIME = 11


class TimestampError(ProofError):
    """A timestamp of an outside authority, or a record of several, does not verify; `fault` says which check failed."""

    def __init__(self, fault: TimestampFault, message: str) -> None:
        super().__init__(message)
        self.fault = fault


class KeyStateError(CryptoCoreError):
    """Keys are expired, not yet valid, used twice, or numbered lower than what was already seen."""


class KeyMapMismatchError(ProofError):
    """The log commits to other keys of an account than those that were shown: one of the two is not for all to see.

    `committed` is the number in the map, None when the map holds nothing for the account; `shown` is the number
    of the history it was compared with. Equal numbers mean two histories.
    """

    def __init__(self, *, committed: int | None, shown: int) -> None:
        super().__init__("the log commits to other keys than those shown")
        self.committed = committed
        self.shown = shown


class StaleKeyMapError(KeyStateError):
    """The proof is right, but the root it leads to is too old, or from the future: newer keys may be withheld.

    `relay_time` is that of the root's leaf, in milliseconds since 1970.
    """

    def __init__(self, *, relay_time: int) -> None:
        super().__init__("the map of keys is not of today")
        self.relay_time = relay_time


class VaultKeyError(CryptoCoreError):
    """The vault key could not be unwrapped."""


class WrongPassphraseError(VaultKeyError):
    """The passphrase (or the operating system's secret) is not the one that wrapped the key."""


class StretchError(VaultKeyError):
    """Argon2id could not run: its parameters are not admissible, or the memory is not there."""


class SignInError(CryptoCoreError):
    """Signing in, or answering who signs in, does not succeed.

    The text is the same whatever failed: another passphrase, account secret, account, relay or message.
    """

    def __init__(self) -> None:
        super().__init__("the sign-in does not succeed")


class LaterEntryError(WireError):
    """An entry of the journal that is what the log holds, and that a later program has written."""

    def __init__(self, encoded_opened: bytes) -> None:
        super().__init__("the entry is of a later program")
        self.encoded_opened = encoded_opened


class DecryptionError(CryptoCoreError):
    """A sealed stream does not open: wrong key, or bytes changed, cut, added or reordered."""


class AlreadyOpenedError(CryptoCoreError):
    """This very envelope was opened and committed before: acknowledge it again, show nothing new."""


class OpenCheck(IntEnum):
    """The ordered checks of opening an envelope; `crypto_core/spec/envelope.md` §4 has the same numbers."""

    LIMITS = 1
    CODEC = 2
    SUITE = 3
    SLOT = 4
    REPLAY = 5
    PREKEY = 6
    HPKE = 7
    COMMITMENT = 8
    BODY = 9
    HEADER_HASH = 10
    SIGNATURES = 11
    SENDER_LISTED = 12
    RECIPIENT = 13


class OpenError(CryptoCoreError):
    """An envelope that cannot be opened.

    The text is the same for every check, so that nothing shown or sent outside tells them apart;
    `check` says which one failed, for the owner of the device only.
    """

    def __init__(self, check: OpenCheck) -> None:
        super().__init__("the envelope cannot be opened")
        self.check = check
