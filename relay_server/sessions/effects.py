# SPDX-License-Identifier: AGPL-3.0-or-later
"""What becomes true together with a leaf about sign-in: sessions begin and end, codes are used up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, Self

from crypto_core.wire.ids import AccountId, DeviceId, Hash
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


class AlreadyDoneError(ProblemError):
    """The database refuses, because what was to be used up or ended is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCode:
    """An authorization code as it is stored: to which key and verifier it is bound, and for whom it speaks."""

    code_hash: Hash
    thumbprint: Hash
    code_challenge: Hash
    account: AccountId
    device: DeviceId
    factors: tuple[FactorKind, ...]
    expires_at: datetime


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
                ),
            )
            for index, each in placed
        ]

    @classmethod
    def problem(cls, sqlstate: str) -> ProblemError | None:
        """Return what a refusal means."""
        return _problem(sqlstate)


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
        return _problem(sqlstate)


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
                ),
            )
            for index, each in placed
        ]

    @classmethod
    def problem(cls, sqlstate: str) -> ProblemError | None:
        """Return what a refusal means."""
        return _problem(sqlstate)


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
        return _problem(sqlstate)


def _problem(sqlstate: str) -> ProblemError | None:
    if sqlstate not in _REFUSALS:
        return None
    return AlreadyDoneError(ProblemCode.CONFLICT, _REFUSALS[sqlstate])
