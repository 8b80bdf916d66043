# SPDX-License-Identifier: AGPL-3.0-or-later
"""What becomes true together with a leaf about sign-in: sessions begin and end, codes are used up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, Self

from crypto_core.wire.audit import Verb
from crypto_core.wire.ids import AccountId, DeviceId, DevicePseudonym, FactorId, Hash
from crypto_core.wire.relay_api import ProblemCode
from crypto_core.wire.sign_in import FactorKind
from relay_server.audit.effects import Call
from relay_server.errors import ProblemError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_REFUSALS: Final = {
    "UH040": "the code was used",
    "UH041": "the recovery code was used",
    "UH042": "a session has ended already",
    "UH043": "the refusal was reported",
}
_CONFLICTS: Final = {
    "UH045": (ProblemCode.QUOTA_EXCEEDED, "the account has as many factors as it may"),
    "UH046": (ProblemCode.KEY_IN_USE, "the factor is registered already"),
    "UH047": (ProblemCode.NOT_FOUND, "the account has no such factor"),
    "UH048": (ProblemCode.CONFLICT, "the last factor stays until there is another one"),
    "UH049": (
        ProblemCode.QUOTA_EXCEEDED,
        "the passphrase was changed as often as it may be in a week",
    ),
}


class AlreadyDoneError(ProblemError):
    """The database refuses, because what was to be used up or ended is gone."""


class CopiedError(ProblemError):
    """The database refuses, because another one with this device's keys has signed in since."""

    def __init__(self) -> None:
        super().__init__(ProblemCode.CONFLICT, "the device's epoch is an old one")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCode:
    """An authorization code as it is stored: to which key and verifier it is bound, and for whom it speaks."""

    code_hash: Hash
    thumbprint: Hash
    code_challenge: Hash
    account: AccountId
    device: DeviceId | None
    """None for a recovery, which begins no session."""
    factors: tuple[FactorKind, ...]
    expires_at: datetime
    credential_hash: Hash
    """SHA-256 of the credential that the passphrase was checked with."""
    actor: DevicePseudonym
    """Of the device, or of the key: whom the log names should nobody redeem the code."""
    factor: FactorId | None
    """The second factor that was shown; None for what is no row of that table: recovery codes, the kit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Epochs:
    """What a device says of its last sign-in, and what it will say at the next."""

    last: bytes | None
    next: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StartSession:
    """Effect: an authorization code is used up, and the session that it stands for begins."""

    now: datetime
    code_hash: Hash
    family: bytes
    token_hash: Hash
    expires_at: datetime
    subject: bytes
    """Whose count of failed attempts is forgotten."""
    epochs: Epochs
    replaced: bytes
    """What the log is told should this sign-in make a pending passphrase the account's."""

    @classmethod
    def calls(cls, placed: Sequence[tuple[int, Self]]) -> Iterable[Call]:
        """Return one call per session."""
        return [
            Call(
                "session_start",
                (
                    index,
                    each.now,
                    each.code_hash,
                    each.family,
                    each.token_hash,
                    each.expires_at,
                    each.subject,
                    each.epochs.last,
                    each.epochs.next,
                    int(Verb.FACTORS_CHANGED),
                    each.replaced,
                ),
            )
            for index, each in placed
        ]

    @classmethod
    def problem(cls, sqlstate: str) -> ProblemError | None:
        """Return what a refusal means."""
        return sign_in_problem(sqlstate)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSessions:
    """Effect: exactly these sessions end, all of which are living."""

    now: datetime
    families: tuple[bytes, ...]

    @classmethod
    def calls(cls, placed: Sequence[tuple[int, Self]]) -> Iterable[Call]:
        """Return one call per leaf."""
        return [Call("session_end", (index, each.now, each.families)) for index, each in placed]

    @classmethod
    def problem(cls, sqlstate: str) -> ProblemError | None:
        """Return what a refusal means."""
        return sign_in_problem(sqlstate)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recover:
    """Effect: a recovery code is used up, all living sessions end, and an authorization code is given."""

    now: datetime
    keyed_hash: bytes
    families: tuple[bytes, ...]
    code: NewCode

    @classmethod
    def calls(cls, placed: Sequence[tuple[int, Self]]) -> Iterable[Call]:
        """Return one call per leaf."""
        return [
            Call(
                "sign_in_recover",
                (
                    index,
                    each.now,
                    each.keyed_hash,
                    each.families,
                    each.code.code_hash,
                    each.code.thumbprint,
                    each.code.code_challenge,
                    each.code.account,
                    each.code.device,
                    [int(factor) for factor in each.code.factors],
                    each.code.expires_at,
                    each.code.credential_hash,
                    each.code.actor,
                ),
            )
            for index, each in placed
        ]

    @classmethod
    def problem(cls, sqlstate: str) -> ProblemError | None:
        """Return what a refusal means."""
        return sign_in_problem(sqlstate)


@dataclass(frozen=True, slots=True, kw_only=True)
class StartRecovery:
    """Effect: an authorization code is used up, and what the kit opens is open for a while."""

    now: datetime
    code_hash: Hash
    session: bytes
    expires_at: datetime

    @classmethod
    def calls(cls, placed: Sequence[tuple[int, Self]]) -> Iterable[Call]:
        """Return one call per recovery."""
        return [
            Call("recovery_start", (index, each.now, each.code_hash, each.session, each.expires_at))
            for index, each in placed
        ]

    @classmethod
    def problem(cls, sqlstate: str) -> ProblemError | None:
        """Return what a refusal means."""
        return sign_in_problem(sqlstate)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeFactors:
    """Effect: what an account signs in with becomes another, by one of the functions for that."""

    function: str
    arguments: tuple[object, ...]
    """Without the index of the leaf, which comes first."""

    @classmethod
    def calls(cls, placed: Sequence[tuple[int, Self]]) -> Iterable[Call]:
        """Return one call per change."""
        return [Call(each.function, (index, *each.arguments)) for index, each in placed]

    @classmethod
    def problem(cls, sqlstate: str) -> ProblemError | None:
        """Return what a refusal means."""
        return sign_in_problem(sqlstate)


@dataclass(frozen=True, slots=True, kw_only=True)
class Appended:
    """Effect: a leaf that was waiting is in the log."""

    waiting: int

    @classmethod
    def calls(cls, placed: Sequence[tuple[int, Self]]) -> Iterable[Call]:
        """Return one call for all."""
        indexes = [index for index, _ in placed]
        return [Call("waiting_leaf_appended", (indexes, [each.waiting for _, each in placed]))]

    @classmethod
    def problem(cls, sqlstate: str) -> ProblemError | None:
        """Return what a refusal means."""
        return sign_in_problem(sqlstate)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """Effect: a refusal that was waiting to be reported is in the log."""

    report: int

    @classmethod
    def calls(cls, placed: Sequence[tuple[int, Self]]) -> Iterable[Call]:
        """Return one call for all."""
        indexes = [index for index, _ in placed]
        return [Call("sign_in_reported", (indexes, [each.report for _, each in placed]))]

    @classmethod
    def problem(cls, sqlstate: str) -> ProblemError | None:
        """Return what a refusal means."""
        return sign_in_problem(sqlstate)


def sign_in_problem(sqlstate: str) -> ProblemError | None:
    """Return what a refusal by one of this domain's functions means, None for another domain's."""
    if sqlstate == "UH044":
        return CopiedError()
    if sqlstate in _CONFLICTS:
        return ProblemError(*_CONFLICTS[sqlstate])
    if sqlstate not in _REFUSALS:
        return None
    return AlreadyDoneError(ProblemCode.CONFLICT, _REFUSALS[sqlstate])
