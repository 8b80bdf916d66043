# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is known of who somebody is, as the log says it: the operator's checks and colleagues' vouches that stand.

Imports `crypto_core.errors`, `crypto_core.wire` and `crypto_core.trust` (audit, checkpoints, devices, merkle,
signatures). Order and meaning of the checks: `crypto_core/spec/assurance.md` §4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from crypto_core.errors import ProofError, SignatureError, WireError
from crypto_core.trust.audit import read_relay_leaf, verify_statement
from crypto_core.trust.checkpoints import verify_checkpoint
from crypto_core.trust.merkle import leaf_hash, verify_inclusion
from crypto_core.trust.signatures import pseudonym_of, sha256
from crypto_core.wire.assurance import (
    AssuranceGiven,
    AssuranceLevel,
    AssuranceRevoked,
    DocumentKind,
    Vouched,
    VouchWithdrawn,
)
from crypto_core.wire.audit import AuditLeaf, AuditStatement, Verb
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.ids import AccountId, Hash, UnixMillis
from crypto_core.wire.labels import KEY_EVENT
from crypto_core.wire.signed import HybridSignature

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crypto_core.trust.checkpoints import LogIdentity
    from crypto_core.trust.devices import ListedDevices
    from crypto_core.wire.devices import KeyEvent
    from crypto_core.wire.relay_api import Assurances

_GIVEN_BY_OPERATORS = frozenset({AssuranceLevel.VERIFIED})
"""Higher levels have their place in the format, but nothing can earn them yet."""


@dataclass(frozen=True, slots=True)
class ProvenLeaf:
    """An encoded AuditLeaf that stands at `index` of the log."""

    index: int
    leaf: bytes


class Refusal(StrEnum):
    """Why a genuine leaf of the log does not count: whoever made it had no right to, or made a mistake."""

    LEVEL_NOT_EARNED = "level-not-earned"
    MALFORMED = "malformed"
    ONESELF = "oneself"
    UNKNOWN_VOUCHER = "unknown-voucher"
    """The voucher's keys were not given; with them it may count."""
    DEVICE_NOT_LISTED = "device-not-listed"
    SIGNATURE = "signature"
    OTHER_KEYS = "other-keys"
    """It vouches for keys that the account never had, as far as its own history tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assurance:
    """One thing that stands: how much, since when, and who says so.

    `voucher` is the colleague, None for the relay's operator, who alone has seen a `document`. `since` is the day
    of the operator's check, or the relay's time of the vouch.
    """

    level: AssuranceLevel
    log_index: int
    voucher: AccountId | None
    document: DocumentKind | None
    since: UnixMillis
    expires_at: UnixMillis | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssuranceReport:
    """All that stands of an account, the highest and then the latest first, and which leaves do not count."""

    account: AccountId
    standing: tuple[Assurance, ...]
    refused: Mapping[int, Refusal] = field(default_factory=dict)
    """By index of the leaf."""

    @property
    def level(self) -> AssuranceLevel:
        """The highest level that stands."""
        return self.standing[0].level if self.standing else AssuranceLevel.SELF_DECLARED


def verify_assurance_page(
    page: Assurances, *, log: LogIdentity, after: int = -1
) -> tuple[ProvenLeaf, ...]:
    """Check that the log has every leaf of a page, in rising order above the index `after`.

    Raises WireError, SignatureError, ProofError: then the relay has answered falsely, and nothing of it counts.
    """
    if not page.leaves:
        return ()
    checkpoint = verify_checkpoint(page.checkpoint, log=log).checkpoint
    last = after
    for each in page.leaves:
        if each.index <= last:
            raise ProofError("the leaves of the page are not in rising order")
        last = each.index
        verify_inclusion(
            leaf_hash=leaf_hash(each.leaf),
            index=each.index,
            size=checkpoint.size,
            path=each.path,
            root=checkpoint.root,
        )
    return tuple(ProvenLeaf(each.index, each.leaf) for each in page.leaves)


def vouchers_of(leaves: Iterable[ProvenLeaf]) -> frozenset[AccountId]:
    """Return the accounts whose key histories `assess` needs. Raises WireError on what is no leaf at all."""
    found = set()
    for each in leaves:
        statement = _statement_of(each.leaf)
        if statement.verb in {Verb.VOUCHED, Verb.VOUCH_WITHDRAWN}:
            try:
                found.add(read_vouch(statement).voucher)
            except WireError:
                continue  # `assess` refuses it, and needs nobody's keys for that
    return frozenset(found)


def read_vouch(statement: AuditStatement) -> Vouched | VouchWithdrawn:
    """Read what a device states about another account. Raises SignatureError on another act, WireError."""
    if statement.verb is Verb.VOUCHED:
        return decode(Vouched, statement.content)
    if statement.verb is Verb.VOUCH_WITHDRAWN:
        return decode(VouchWithdrawn, statement.content)
    raise SignatureError("the leaf records another act")


def heads_of(events: Iterable[KeyEvent]) -> tuple[Hash, ...]:
    """Return the head after each key event of a verified history, which begins with number 1."""
    heads = [Hash(bytes(32))]
    for event in events:
        heads.append(sha256(KEY_EVENT, heads[-1], encode(event)))
    return tuple(heads[1:])


def assess(
    leaves: Iterable[ProvenLeaf],
    *,
    account: AccountId,
    heads: Sequence[Hash],
    histories: Mapping[AccountId, ListedDevices],
    log: LogIdentity,
    now: UnixMillis,
) -> AssuranceReport:
    """Say what stands of `account` at `now`, from all its leaves in the order of the log.

    `heads` are those of the account's own verified key history (`heads_of`), `histories` the verified ones of its
    vouchers. Raises SignatureError or WireError if the relay put a leaf there that does not belong there, or that
    it did not sign; what others have done wrong only does not count, and is in the report.
    """
    given: dict[int, Assurance] = {}
    vouches: dict[AccountId, Assurance] = {}
    refused: dict[int, Refusal] = {}
    for each in leaves:
        statement = _statement_of(each.leaf)
        if statement.verb is Verb.ASSURANCE_GIVEN:
            assurance = _read_given(each, account, log)
            if assurance.level in _GIVEN_BY_OPERATORS:
                given[each.index] = assurance
            else:
                refused[each.index] = Refusal.LEVEL_NOT_EARNED
        elif statement.verb is Verb.ASSURANCE_REVOKED:
            given.pop(_read_revoked(each, account, log).leaf_index, None)
        else:
            vouch = _read_checked_vouch(each, statement, account, heads, histories)
            if isinstance(vouch, Refusal):
                refused[each.index] = vouch
            elif isinstance(vouch, Vouched):
                vouches[vouch.voucher] = _vouched(each, vouch)
            else:
                vouches.pop(vouch.voucher, None)
    standing = [
        each
        for each in (*given.values(), *vouches.values())
        if each.expires_at is None or each.expires_at > now
    ]
    standing.sort(key=lambda each: (each.level, each.since, each.log_index), reverse=True)
    return AssuranceReport(account=account, standing=tuple(standing), refused=refused)


def _statement_of(leaf: bytes) -> AuditStatement:
    return decode(AuditStatement, decode(AuditLeaf, leaf).statement)


def _read_given(proven: ProvenLeaf, account: AccountId, log: LogIdentity) -> Assurance:
    given, _ = read_relay_leaf(
        AssuranceGiven, proven.leaf, verb=Verb.ASSURANCE_GIVEN, log_key=log.ed25519.public_key
    )
    _require_about(account, given.account)
    return Assurance(
        level=given.level,
        log_index=proven.index,
        voucher=None,
        document=given.document,
        since=given.checked_at,
        expires_at=given.expires_at,
    )


def _read_revoked(proven: ProvenLeaf, account: AccountId, log: LogIdentity) -> AssuranceRevoked:
    revoked, _ = read_relay_leaf(
        AssuranceRevoked, proven.leaf, verb=Verb.ASSURANCE_REVOKED, log_key=log.ed25519.public_key
    )
    _require_about(account, revoked.account)
    return revoked


def _read_checked_vouch(  # noqa: PLR0911 - one return per reason, in the order of the specification
    proven: ProvenLeaf,
    statement: AuditStatement,
    account: AccountId,
    heads: Sequence[Hash],
    histories: Mapping[AccountId, ListedDevices],
) -> Vouched | VouchWithdrawn | Refusal:
    try:
        vouch = read_vouch(statement)
        signature = decode(HybridSignature, decode(AuditLeaf, proven.leaf).signature)
    except WireError:
        return Refusal.MALFORMED
    _require_about(account, vouch.account)
    if vouch.voucher == account:
        return Refusal.ONESELF
    history = histories.get(vouch.voucher)
    if history is None:
        return Refusal.UNKNOWN_VOUCHER
    entry = history.entry_at(vouch.voucher_device, log_index=proven.index)
    if entry is None or pseudonym_of(entry.device) != statement.actor:
        return Refusal.DEVICE_NOT_LISTED
    try:
        verify_statement(entry.signing, decode(AuditLeaf, proven.leaf).statement, signature)
    except SignatureError:
        return Refusal.SIGNATURE
    if isinstance(vouch, Vouched) and vouch.head not in heads[vouch.number - 1 : vouch.number]:
        return Refusal.OTHER_KEYS
    return vouch


def _vouched(proven: ProvenLeaf, vouch: Vouched) -> Assurance:
    return Assurance(
        level=AssuranceLevel.VOUCHED,
        log_index=proven.index,
        voucher=vouch.voucher,
        document=None,
        since=decode(AuditLeaf, proven.leaf).relay_time,
        expires_at=None,
    )


def _require_about(account: AccountId, other: AccountId) -> None:
    if account != other:
        raise SignatureError("the leaf is about another account")
