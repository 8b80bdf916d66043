# SPDX-License-Identifier: AGPL-3.0-or-later
"""Checks an evidence file's members: what they prove, what is missing, what is wrong (`crypto_core/spec/evidence.md`).

Nothing is trusted but the log's keys, and those only if the caller has them from elsewhere than the file.
"""

from __future__ import annotations

import contextlib
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import accumulate
from typing import TYPE_CHECKING, Final, TypeVar

from crypto_core.errors import (
    CryptoCoreError,
    SignatureError,
    TimestampError,
    TimestampFault,
    WireError,
)
from crypto_core.trust.audit import (
    CHAIN_START,
    is_committed,
    read_statement,
    verify_relay_statement,
    verify_statement,
)
from crypto_core.trust.checkpoints import (
    LogIdentity,
    parse_checkpoint,
    parse_log_identity,
    parse_note,
    verify_checkpoint,
)
from crypto_core.trust.cose import verify_root
from crypto_core.trust.devices import find_device
from crypto_core.trust.erasure import certificate_number
from crypto_core.trust.evidence_records import verify_timestamped_tree
from crypto_core.trust.key_history import KeyHistory
from crypto_core.trust.merkle import leaf_hash, verify_consistency, verify_inclusion
from crypto_core.trust.signatures import open_signed, pseudonym_of, sha256
from crypto_core.trust.tlog_proof import (
    TlogProof,
    VerifiedProof,
    format_proof,
    verify_tlog_proof,
)
from crypto_core.wire.audit import AuditLeaf, AuditStatement, EntriesErased, LaterStatement, Verb
from crypto_core.wire.codec import decode
from crypto_core.wire.erasure import ErasureCertificate
from crypto_core.wire.evidence import (
    EvidenceCheckpoint,
    EvidenceCheckpoints,
    EvidenceConsistencies,
    EvidenceKeys,
    EvidenceLeaf,
    EvidenceLeaves,
    EvidenceManifest,
    EvidenceMembers,
    EvidenceTimestamps,
)
from crypto_core.wire.ids import RELAY_PSEUDONYM, AccountId, DeviceId, DevicePseudonym, Hash
from crypto_core.wire.journal import Action, JournalEntry, OpenedEntry, is_sound
from crypto_core.wire.labels import ERASURE, EVIDENCE
from crypto_core.wire.signed import HybridSignature, Signed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from crypto_core.trust.checkpoints import VerifierKey
    from crypto_core.wire.devices import DeviceEntry

T = TypeVar("T")

MANIFEST: Final = "manifest.cbor"
MEMBERS: Final = "members.cbor"
TEXTS: Final = ("LISEZ-MOI.txt", "README.txt")
MAX_MEMBER_BYTES: Final = 16 * 1024 * 1024
_FOLDERS: Final = ("keys/", "checkpoints/", "consistency/", "leaves/", "timestamps/", "erasures/")


class Wrong(StrEnum):
    """What is wrong in an evidence file."""

    NOT_EVIDENCE = "not-evidence"
    OTHER_LOG_KEYS = "other-log-keys"
    """The file's log is not the one whose keys the caller has."""
    MEMBER_MISSING = "member-missing"
    MEMBER_CHANGED = "member-changed"
    MEMBER_ADDED = "member-added"
    """One that the signed table does not list."""
    MANIFEST_UNSIGNED = "manifest-unsigned"
    """No computer of the account has signed what the file is said to hold."""
    KEYS_INVALID = "keys-invalid"
    CHECKPOINT_INVALID = "checkpoint-invalid"
    FORK = "fork"
    """Two checkpoints contradict each other, each signed by the log: the log is at fault, not the file."""
    LEAF_NOT_INCLUDED = "leaf-not-included"
    LEAF_OUT_OF_ORDER = "leaf-out-of-order"
    LEAF_UNSIGNED = "leaf-unsigned"
    DEVICE_NOT_LISTED = "device-not-listed"
    """Signed by a computer that was not the account's yet, or no longer, at this place in the log."""
    ENTRY_NOT_COMMITTED = "entry-not-committed"
    CHAIN_BROKEN = "chain-broken"
    TIMESTAMP_INVALID = "timestamp-invalid"
    """What is said to be timestamped by an outside authority is not, or at an impossible time."""
    OTHER_AUTHORITY = "other-authority"
    """It is timestamped, and not by an authority that the caller knows."""
    CERTIFICATE_INVALID = "certificate-invalid"
    """An erasure certificate that no computer of the account has signed, or whose number is not in the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong; `place` is a member, the index of a leaf, or the size of a tree."""

    wrong: Wrong
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Statements of a computer that are not in a file that should have all: from `first` to `last`, inclusive."""

    actor: DevicePseudonym
    first: int
    last: int
    is_erased: bool
    """Whether the relay has said in the log that it erases what is as old as these (an entry of ENTRIES_ERASED)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenAct:
    """A leaf that is in the log and signed by whom it says."""

    index: int
    relay_time: int
    actor: DevicePseudonym
    account: AccountId | None
    """Whose computer it is; None for the relay."""
    sequence: int
    verb: Verb | int
    """A number if only a later program knows what it says."""
    entry: JournalEntry | None
    existed_by: int | None
    """When an outside authority says that it was in the log, at the latest, in milliseconds since 1970."""
    erased_before: int
    """Of an entry of ENTRIES_ERASED: what is older was erased, in milliseconds since 1970; otherwise 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timestamped:
    """A tree that an outside authority has timestamped; times in milliseconds since 1970."""

    size: int
    existed_by: int
    authority: str
    pinned: bytes
    """SHA-256 of the trusted certificate."""
    valid_until: int
    """Of the newest timestamp over it: afterwards it proves less."""


@dataclass(slots=True, kw_only=True)
class Examination:
    """What an evidence file proves, and what it does not."""

    manifest: EvidenceManifest | None = None
    log: LogIdentity | None = None
    acts: list[ProvenAct] = field(default_factory=list)
    checkpoints: int = 0
    connected: int = 0
    """Checkpoints that a proof in the file connects with the largest one, itself included."""
    cose_signatures: int = 0
    timestamps: list[Timestamped] = field(default_factory=list)
    """By size."""
    certificates: list[ErasureCertificate] = field(default_factory=list)
    """Of erasures; each is signed, and the log has its number."""
    gaps: list[Gap] = field(default_factory=list)
    shown: dict[DevicePseudonym, int | None] = field(default_factory=dict)
    """Of each computer of the account, the number of its last act in a whole file; later ones may have been left out."""
    unknown: list[str] = field(default_factory=list)
    """Members that are listed and signed, and that nothing here knows how to check."""
    faults: list[Fault] = field(default_factory=list)

    @property
    def is_selection(self) -> bool:
        """Whether the file has a part only, so that nothing can be said of what is not in it."""
        wanted = self.manifest
        return wanted is not None and (wanted.since, wanted.until, wanted.letter) != (None,) * 3

    def find(self, wrong: Wrong, place: object = "") -> None:
        """Note a fault."""
        self.faults.append(Fault(wrong=wrong, place=str(place)))


def examine(
    members: Mapping[str, bytes],
    *,
    log_keys: tuple[str, ...] | None = None,
    authorities: tuple[bytes, ...] = (),
) -> Examination:
    """Check everything that a file's members can prove (specification §3). Raises nothing for what is wrong.

    `log_keys` are the log's two verifier keys from elsewhere; without them those of the file are used, and what
    follows holds for whoever has made those. The same is true of `authorities`, the certificates (DER) of authorities of
    timestamps that the caller knows.
    """
    found = Examination()
    try:
        signed = decode(Signed, members[MANIFEST])
        manifest = decode(EvidenceManifest, signed.body)
        log = parse_log_identity(manifest.log_keys)
    except (KeyError, CryptoCoreError):
        found.find(Wrong.NOT_EVIDENCE)
        return found
    found.manifest, found.log = manifest, log
    if log_keys is not None and tuple(manifest.log_keys) != log_keys:
        found.find(Wrong.OTHER_LOG_KEYS)
        return found
    _check_members(members, manifest, found)
    histories, recorded = _histories(members, log, found)
    _check_signature(signed, manifest, histories.get(manifest.account), found)
    roots = _roots(members, log, recorded, found)
    reached = _connect(members, roots, found)
    _check_timestamps(members, log, roots, authorities, found)
    # Another account may claim a computer of this one: what this one says of it comes last, and counts.
    histories = dict(sorted(histories.items(), key=lambda item: item[0] == manifest.account))
    _check_leaves(members, log, roots, reached, histories, recorded, found)
    _check_certificates(members, histories.get(manifest.account), found)
    if not found.is_selection:
        _find_gaps(manifest.account, histories.get(manifest.account), found)
    return found


def receipt_of(members: Mapping[str, bytes], index: int) -> str | None:
    """Return the C2SP tlog-proof of a leaf in the file, None if it is not there. Raises WireError."""
    leaf = leaf_at(members, index)
    checkpoint = None if leaf is None else _checkpoint_of(members, leaf.checkpoint_size)
    if leaf is None or checkpoint is None:
        return None
    return format_proof(
        TlogProof(extra=leaf.leaf, index=leaf.index, path=leaf.path, checkpoint=checkpoint.note)
    )


def leaf_at(members: Mapping[str, bytes], index: int) -> EvidenceLeaf | None:
    """Return the leaf that the file has of a place in the log. Raises WireError."""
    for _, page in _pages(members, "leaves/", EvidenceLeaves):
        for each in page.leaves:
            if each.index == index:
                return each
    return None


def cose_signature_of(members: Mapping[str, bytes], size: int) -> tuple[VerifierKey, bytes] | None:
    """Return the log's COSE signature over the root of a size, and the key it is of. Raises WireError.

    The ML-DSA-44 one, which holds longer; None if the file has none.
    """
    checkpoint = _checkpoint_of(members, size)
    if checkpoint is None or len(checkpoint.cose) < 2:
        return None
    manifest = decode(EvidenceManifest, decode(Signed, members[MANIFEST]).body)
    return parse_log_identity(manifest.log_keys).ml_dsa_44, checkpoint.cose[1]


def _checkpoint_of(members: Mapping[str, bytes], size: int) -> EvidenceCheckpoint | None:
    for _, page in _pages(members, "checkpoints/", EvidenceCheckpoints):
        for each in page.checkpoints:
            if parse_checkpoint(parse_note(each.note).text).size == size:
                return each
    return None


def _check_members(
    members: Mapping[str, bytes], manifest: EvidenceManifest, found: Examination
) -> None:
    if MEMBERS not in members:
        found.find(Wrong.MEMBER_MISSING, MEMBERS)
        return
    table = None
    if sha256(members[MEMBERS]) == manifest.members_hash:
        with contextlib.suppress(WireError):
            table = decode(EvidenceMembers, members[MEMBERS])
    if table is None:
        found.find(Wrong.MEMBER_CHANGED, MEMBERS)
        return
    listed = {each.name: each.sha256 for each in table.members}
    for name, digest in listed.items():
        if name not in members:
            found.find(Wrong.MEMBER_MISSING, name)
        elif sha256(members[name]) != digest:
            found.find(Wrong.MEMBER_CHANGED, name)
        elif name not in TEXTS and not name.startswith(_FOLDERS):
            found.unknown.append(name)
    for name in sorted(members.keys() - listed.keys() - {MANIFEST, MEMBERS}):
        found.find(Wrong.MEMBER_ADDED, name)


def _histories(
    members: Mapping[str, bytes], log: LogIdentity, found: Examination
) -> tuple[dict[AccountId, KeyHistory], list[VerifiedProof]]:
    """Follow each account's keys from its first event; return what records them in the log as well."""
    histories: dict[AccountId, KeyHistory] = {}
    recorded: list[VerifiedProof] = []
    for name, page in _pages(members, "keys/", EvidenceKeys, found):
        history = histories.get(page.account, KeyHistory(account=page.account))
        try:
            for each in page.events:
                proven = verify_tlog_proof(each.proof, log=log)
                recorded.append(proven)
                history = history.continued(
                    each.event,
                    leaf=proven.leaf,
                    log_index=proven.index,
                    log_key=log.ed25519.public_key,
                )
        except CryptoCoreError:
            found.find(Wrong.KEYS_INVALID, name)
            continue
        histories[page.account] = history
    return histories, recorded


def _check_signature(
    signed: Signed, manifest: EvidenceManifest, history: KeyHistory | None, found: Examination
) -> None:
    try:
        if history is None:
            raise SignatureError("no keys of the account")
        entry = None
        for each in history.lists:
            entry = find_device(each.devices, manifest.device) or entry
        if entry is None:
            raise SignatureError("not a computer of the account")
        open_signed(EvidenceManifest, entry.signing, EVIDENCE, signed)
    except CryptoCoreError:
        found.find(Wrong.MANIFEST_UNSIGNED, MANIFEST)


def _roots(
    members: Mapping[str, bytes],
    log: LogIdentity,
    recorded: Iterable[VerifiedProof],
    found: Examination,
) -> dict[int, Hash]:
    roots: dict[int, Hash] = {}
    for name, page in _pages(members, "checkpoints/", EvidenceCheckpoints, found):
        for each in page.checkpoints:
            try:
                checkpoint = verify_checkpoint(each.note, log=log).checkpoint
                for key, signature in zip((log.ed25519, log.ml_dsa_44), each.cose, strict=False):
                    verify_root(key, checkpoint.root, signature)
                    found.cose_signatures += 1
            except CryptoCoreError:
                found.find(Wrong.CHECKPOINT_INVALID, name)
                continue
            if roots.setdefault(checkpoint.size, checkpoint.root) != checkpoint.root:
                found.find(Wrong.FORK, checkpoint.size)
    for proven in recorded:
        tree = proven.checkpoint.checkpoint
        if roots.get(tree.size, tree.root) != tree.root:
            found.find(Wrong.FORK, tree.size)
    found.checkpoints = len(roots)
    return roots


def _connect(
    members: Mapping[str, bytes], roots: Mapping[int, Hash], found: Examination
) -> set[int]:
    """Return the sizes of the checkpoints that proofs connect with the largest one."""
    beside: dict[int, set[int]] = defaultdict(set)
    for name, page in _pages(members, "consistency/", EvidenceConsistencies, found):
        for each in page.proofs:
            if each.first not in roots or each.second not in roots:
                found.find(Wrong.MEMBER_CHANGED, name)
                continue
            try:
                verify_consistency(
                    first_size=each.first,
                    second_size=each.second,
                    first_root=roots[each.first],
                    second_root=roots[each.second],
                    path=each.path,
                )
            except CryptoCoreError:
                found.find(Wrong.FORK, f"{each.first} {each.second}")
                continue
            beside[each.first].add(each.second)
            beside[each.second].add(each.first)
    reached: set[int] = set()
    waiting = [max(roots)] if roots else []
    while waiting:
        size = waiting.pop()
        if size not in reached:
            reached.add(size)
            waiting.extend(beside[size])
    found.connected = len(reached)
    return reached


def _check_timestamps(
    members: Mapping[str, bytes],
    log: LogIdentity,
    roots: Mapping[int, Hash],
    authorities: tuple[bytes, ...],
    found: Examination,
) -> None:
    """Verify what an outside authority has timestamped; nothing can have been after the file was written."""
    now = 0 if found.manifest is None else found.manifest.made_at
    for name, page in _pages(members, "timestamps/", EvidenceTimestamps, found):
        for each in page.timestamps:
            try:
                tree = verify_timestamped_tree(
                    each.note,
                    each.record,
                    log=log,
                    authorities=authorities or page.authorities,
                    now=now,
                )
            except CryptoCoreError as error:
                is_other = (
                    isinstance(error, TimestampError) and error.fault is TimestampFault.AUTHORITY
                )
                wrong = Wrong.OTHER_AUTHORITY if is_other else Wrong.TIMESTAMP_INVALID
                found.find(wrong, name)
                continue
            checkpoint, first = tree.checkpoint.checkpoint, tree.record.first
            if roots.get(checkpoint.size) != checkpoint.root:
                # Signed by the log all the same: it is the log that contradicts itself, if another root is there.
                known = checkpoint.size in roots
                found.find(Wrong.FORK if known else Wrong.TIMESTAMP_INVALID, checkpoint.size)
                continue
            found.timestamps.append(
                Timestamped(
                    size=checkpoint.size,
                    existed_by=first.at_the_latest,
                    authority=first.authority,
                    pinned=first.pinned,
                    valid_until=tree.record.valid_until,
                )
            )
    found.timestamps.sort(key=lambda each: each.size)


class _Coverage:
    """Tells when a leaf was in the log at the latest: in a timestamped tree that begins as the leaf's own tree does."""

    def __init__(self, timestamps: Sequence[Timestamped], reached: set[int]) -> None:
        self._reached = reached
        self._alone = {each.size: each.existed_by for each in timestamps}
        connected = [each for each in timestamps if each.size in reached]
        self._sizes = [each.size for each in connected]
        # A larger tree may have been timestamped earlier: what it says holds for the smaller ones.
        moments = accumulate((each.existed_by for each in reversed(connected)), min)
        self._moments = list(moments)[::-1]

    def of(self, leaf: EvidenceLeaf) -> int | None:
        if leaf.checkpoint_size not in self._reached:
            return self._alone.get(leaf.checkpoint_size)
        place = bisect_right(self._sizes, leaf.index)
        return self._moments[place] if place < len(self._moments) else None


def _check_leaves(
    members: Mapping[str, bytes],
    log: LogIdentity,
    roots: Mapping[int, Hash],
    reached: set[int],
    histories: Mapping[AccountId, KeyHistory],
    recorded: Iterable[VerifiedProof],
    found: Examination,
) -> None:
    computers = {
        pseudonym_of(entry.device): (history, entry.device)
        for history in histories.values()
        for each in history.lists
        for entry in each.devices.devices
    }
    places = {proven.index: proven.leaf for proven in recorded}
    coverage = _Coverage(found.timestamps, reached)
    last = -1
    heads: dict[DevicePseudonym, tuple[int, Hash]] = {}
    for _, page in _pages(members, "leaves/", EvidenceLeaves, found):
        for each in page.leaves:
            if each.index <= last:
                found.find(Wrong.LEAF_OUT_OF_ORDER, each.index)
            last = max(last, each.index)
            try:
                statement, act = _proven(each, log, roots, computers)
            except _NotProvenError as error:
                found.find(error.wrong, each.index)
                continue
            if places.get(each.index, each.leaf) != each.leaf:
                found.find(Wrong.FORK, each.index)
            before = heads.get(statement.actor)
            if before is not None and before[0] + 1 == statement.sequence:
                is_next = before[1] == statement.previous
            else:
                is_next = (before is None or before[0] < statement.sequence) and (
                    statement.sequence > 0 or statement.previous == CHAIN_START
                )
            if not is_next:
                found.find(Wrong.CHAIN_BROKEN, each.index)
            heads[statement.actor] = (
                statement.sequence,
                sha256(decode(AuditLeaf, each.leaf).statement),
            )
            found.acts.append(replace(act, existed_by=coverage.of(each)))


class _NotProvenError(Exception):
    def __init__(self, wrong: Wrong) -> None:
        super().__init__(wrong.value)
        self.wrong = wrong


def _proven(
    each: EvidenceLeaf,
    log: LogIdentity,
    roots: Mapping[int, Hash],
    computers: Mapping[DevicePseudonym, tuple[KeyHistory, DeviceId]],
) -> tuple[AuditStatement | LaterStatement, ProvenAct]:
    try:
        verify_inclusion(
            leaf_hash=leaf_hash(each.leaf),
            index=each.index,
            size=each.checkpoint_size,
            path=each.path,
            root=roots[each.checkpoint_size],
        )
    except (KeyError, CryptoCoreError):
        raise _NotProvenError(Wrong.LEAF_NOT_INCLUDED) from None
    try:
        leaf = decode(AuditLeaf, each.leaf)
        statement = read_statement(leaf.statement)
        account: AccountId | None = None
        erased_before = 0
        if statement.actor == RELAY_PSEUDONYM:
            verify_relay_statement(log.ed25519.public_key, leaf.statement, leaf.signature)
            if statement.verb is Verb.ENTRIES_ERASED:
                erased_before = decode(EntriesErased, statement.content).before
        else:
            history, device = computers[statement.actor]
            account = history.account
            entry_then = _entry_at(history, device, each.index)
            verify_statement(
                entry_then.signing, leaf.statement, decode(HybridSignature, leaf.signature)
            )
    except (KeyError, CryptoCoreError):
        raise _NotProvenError(Wrong.LEAF_UNSIGNED) from None
    entry = None
    if each.opened:
        try:
            if statement.verb is not Verb.SEALED or not is_committed(
                each.opened, statement.content
            ):
                raise WireError("not what the leaf commits to")
            entry = _readable(each.opened)
        except CryptoCoreError:
            raise _NotProvenError(Wrong.ENTRY_NOT_COMMITTED) from None
    return statement, ProvenAct(
        index=each.index,
        relay_time=leaf.relay_time,
        actor=statement.actor,
        account=account,
        sequence=statement.sequence,
        verb=statement.verb,
        entry=entry,
        existed_by=None,
        erased_before=erased_before,
    )


def _readable(encoded_opened: bytes) -> JournalEntry | None:
    """Return the entry, None if only a later program can read it. Raises WireError for fields its action has not."""
    try:
        entry = decode(OpenedEntry, encoded_opened).entry
    except WireError:
        return None
    if not is_sound(entry):
        raise WireError("the entry has other fields than its action")
    return entry


def _entry_at(history: KeyHistory, device: DeviceId, index: int) -> DeviceEntry:
    """The computer as it was listed where a leaf stands.

    A leaf that records a list is signed by a computer of that list, or of the one before.
    """
    for log_index in (index + 1, index):
        entry = history.entry_at(device, log_index=log_index)
        if entry is not None:
            return entry
    raise _NotProvenError(Wrong.DEVICE_NOT_LISTED)


def _check_certificates(
    members: Mapping[str, bytes], history: KeyHistory | None, found: Examination
) -> None:
    """Hold each erasure certificate against the computer that signed it and the act that names it."""
    logged = {
        (act.actor, bytes(act.entry.letter))
        for act in found.acts
        if act.entry is not None
        and act.entry.action is Action.ERASURE_CERTIFIED
        and act.entry.letter is not None
    }
    for name, signed in _pages(members, "erasures/", Signed, found):
        try:
            device = decode(ErasureCertificate, signed.body).device
            entries = (
                [find_device(each.devices, device) for each in history.lists] if history else []
            )
            signing = next(entry.signing for entry in reversed(entries) if entry is not None)
            certificate = open_signed(ErasureCertificate, signing, ERASURE, signed)
            if (pseudonym_of(device), certificate_number(signed.body)) not in logged:
                raise SignatureError("the log has no such certificate")
        except (StopIteration, CryptoCoreError):
            found.find(Wrong.CERTIFICATE_INVALID, name)
            continue
        found.certificates.append(certificate)


def _find_gaps(account: AccountId, history: KeyHistory | None, found: Examination) -> None:
    """Find the numbers that lack in the chains of the account's own computers."""
    before = max((act.erased_before for act in found.acts), default=0)
    expected: dict[DevicePseudonym, tuple[int, int]] = {}
    if history is not None:
        expected = {
            pseudonym_of(entry.device): (0, 0)
            for each in history.lists
            for entry in each.devices.devices
        }
    for act in found.acts:
        if act.account != account:
            continue
        first, since = expected.get(act.actor, (0, 0))
        if act.sequence > first:
            # As old as the last one that is there, or older: the relay's time does not run back in the log.
            found.gaps.append(
                Gap(actor=act.actor, first=first, last=act.sequence - 1, is_erased=since < before)
            )
        expected[act.actor] = (act.sequence + 1, act.relay_time)
    found.shown = {actor: number - 1 if number else None for actor, (number, _) in expected.items()}


def _pages(
    members: Mapping[str, bytes], folder: str, kind: type[T], found: Examination | None = None
) -> Iterator[tuple[str, T]]:
    """Yield the pages of a folder by name; one that cannot be read is a fault. Raises WireError if none is noted."""
    for name in sorted(members):
        if name.startswith(folder):
            try:
                page = decode(kind, members[name])
            except WireError:
                if found is None:
                    raise
                found.find(Wrong.MEMBER_CHANGED, name)
            else:
                yield name, page
