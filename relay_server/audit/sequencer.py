# SPDX-License-Identifier: AGPL-3.0-or-later
"""The one writer of the log: gathers acts into batches, commits each in one round trip, signs after it.

While a batch is being committed the next one gathers; nobody waits for a timer. The tree grows only through
here, so an envelope, its deliveries and its leaf are one transaction, and a root is signed only once it is
committed (a signed root that is rolled back would be a fork). `relay_server/design/log.md` has the rules.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import asyncpg

from crypto_core.errors import ProofError
from crypto_core.trust.audit import ChainHead
from crypto_core.trust.checkpoints import Checkpoint
from crypto_core.trust.merkle import (
    CompletedNode,
    TreeEdge,
    edge_rows,
    inclusion_path,
    leaf_hash,
    root_hash,
    root_nodes,
)
from crypto_core.trust.signatures import sha256
from crypto_core.wire.audit import AuditLeaf, AuditStatement, Verb
from crypto_core.wire.codec import encode
from crypto_core.wire.ids import RELAY_PSEUDONYM, DevicePseudonym, Hash
from crypto_core.wire.labels import RELAY_STATEMENT
from crypto_core.wire.relay_api import ProblemCode
from relay_server.audit import key_map, store
from relay_server.audit.effects import ChangesKeys, Effect
from relay_server.audit.key_map import CommittedKeys
from relay_server.audit.store import NewLeaf
from relay_server.audit.subjects import Subject, subject_of
from relay_server.errors import ProblemError, StartError
from relay_server.logs import LOGGER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from relay_server.audit.checkpoint_file import CheckpointFile
    from relay_server.audit.effects import Call
    from relay_server.audit.signing import LogSigners
    from relay_server.clock import Clock
    from relay_server.database.pool import Database, Session

_MAX_BATCH: Final = 128  # the edge keeps what the proofs of the latest 256 leaves need
_MAX_WAITING: Final = 4096
_MAX_HEADS: Final = 20_000
_PAUSES_SECONDS: Final = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2)
_SIGNING_PAUSE_SECONDS: Final = 1.0
_PATIENCE_SECONDS: Final = 10.0

_TREE_HAS_GROWN: Final = "UH001"
_CHAIN_BROKEN: Final = "UH002"
_REFUSAL: Final = "UH"  # class of the states that our functions raise


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceAct:
    """A device's statement, its signature (an encoded HybridSignature) already checked.

    `sealed` is what the relay keeps beside it for the device's account, nothing unless it is a SEALED one.
    """

    statement: AuditStatement
    encoded: bytes
    signature: bytes
    sealed: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayAct:
    """Something the relay itself states; number, link and signature are added when its turn has come."""

    verb: Verb
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedTree:
    """A committed tree and its signed checkpoint."""

    size: int
    root: Hash
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Inclusion:
    """A leaf, and the proof that a signed tree has it."""

    leaf: bytes
    index: int
    path: tuple[Hash, ...]
    tree: SignedTree


@dataclass(slots=True, kw_only=True)
class _Waiting:
    """One act in the queue; `problem` is set when a batch has shown why it cannot be."""

    act: DeviceAct | RelayAct
    effect: Effect | None
    done: asyncio.Future[Inclusion]
    problem: ProblemError | None = None

    def fail(self, problem: ProblemError) -> None:
        if not self.done.done():
            self.done.set_exception(problem)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    """Acts with their places in a tree that was `size` leaves large, and that tree once they are in it.

    `map_leaf` comes after them in a batch that changes keys; `keys` is the map as this tree commits to it.
    """

    size: int
    placed: tuple[tuple[_Waiting, NewLeaf], ...]
    map_leaf: NewLeaf | None
    keys: CommittedKeys
    edge: TreeEdge
    completed: tuple[CompletedNode, ...]
    heads: dict[DevicePseudonym, ChainHead]

    @property
    def leaves(self) -> list[NewLeaf]:
        """All new leaves, in order."""
        leaves = [new for _, new in self.placed]
        return leaves if self.map_leaf is None else [*leaves, self.map_leaf]

    def calls(self) -> list[Call]:
        """Return what the effects do, merged by kind."""
        by_kind: dict[type[Effect], list[tuple[int, Effect]]] = {}
        for index, (waiting, _) in enumerate(self.placed, self.size):
            if waiting.effect is not None:
                by_kind.setdefault(type(waiting.effect), []).append((index, waiting.effect))
        calls = [call for kind, effects in by_kind.items() for call in kind.calls(effects)]
        if self.placed:
            calls.append(self._journal())
        if self.map_leaf is not None:
            calls.append(key_map.published(self.keys.leaf_index))
        return calls

    def _journal(self) -> Call:
        """Return the call that says which account each leaf is about: last, for some of these accounts are new."""
        acts = [waiting.act for waiting, _ in self.placed]
        return store.journal_call(
            range(self.size, self.size + len(acts)),
            [new.actor for _, new in self.placed],
            [
                subject_of(each.verb, each.content) if isinstance(each, RelayAct) else Subject()
                for each in acts
            ],
            [each.sealed if isinstance(each, DeviceAct) else b"" for each in acts],
        )


class Sequencer:
    """Appends to the log of this relay; `start` once, then `run` for as long as the relay runs."""

    def __init__(
        self,
        *,
        database: Database,
        signers: LogSigners,
        checkpoints: CheckpointFile,
        clock: Clock,
        nonce: Callable[[], bytes],
    ) -> None:
        self._database = database
        self._signers = signers
        self._checkpoints = checkpoints
        self._clock = clock
        self._nonce = nonce
        self._edge: TreeEdge | None = None
        self._keys = CommittedKeys()
        self._is_map_wanted = False
        self._heads: OrderedDict[DevicePseudonym, ChainHead] = OrderedDict()
        self._queue: deque[_Waiting] = deque()
        self._arrived = asyncio.Event()
        self._in_work = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._unsigned: asyncio.Queue[_Batch] = asyncio.Queue(maxsize=1)
        self._latest: SignedTree | None = None
        self._latest_keys = CommittedKeys()
        self._signed = asyncio.Condition()
        self._wanted_size = 0

    @property
    def latest(self) -> SignedTree:
        """The newest signed tree."""
        if self._latest is None:
            raise ProblemError(ProblemCode.UNAVAILABLE, "the log has not started")
        return self._latest

    async def idle(self) -> None:
        """Return when no act waits or is on its way into the log."""
        await self._idle.wait()

    async def append(self, act: DeviceAct | RelayAct, effect: Effect | None = None) -> Inclusion:
        """Append one leaf with its effect; returns when both are committed and the tree is signed.

        Raises ProblemError: chain-broken with `expected_sequence`, what the effect refuses, unavailable or
        storage-full. After the last two the act may still have been committed; repeating it is safe.
        """
        if len(self._queue) >= _MAX_WAITING:
            raise ProblemError(ProblemCode.UNAVAILABLE, "too many acts are waiting for the log")
        waiting = _Waiting(act=act, effect=effect, done=asyncio.get_running_loop().create_future())
        self._queue.append(waiting)
        self._arrived.set()
        self._in_work += 1
        self._idle.clear()
        try:
            return await waiting.done
        finally:
            self._in_work -= 1
            if not self._in_work:
                self._idle.set()

    async def covering(self, size: int) -> SignedTree:
        """Return the newest signed tree as soon as it has `size` leaves. Raises ProblemError after a while."""
        if self._latest is None or self._latest.size < size:
            self._wanted_size = max(self._wanted_size, size)
            self._arrived.set()
            try:
                async with asyncio.timeout(_PATIENCE_SECONDS), self._signed:
                    await self._signed.wait_for(lambda: self.latest.size >= size)
            except TimeoutError:
                raise ProblemError(ProblemCode.UNAVAILABLE, "the tree is not signed yet") from None
        return self.latest

    async def committed_keys(self, leaf_index: int) -> CommittedKeys:
        """Return the newest map of keys, as of this leaf of the log or a later one. Raises ProblemError."""
        await self.covering(leaf_index + 1)
        return self._latest_keys

    def renew_key_map(self) -> None:
        """Have the log say the root of the map again, if it has not done so for a while."""
        if self._latest_keys.is_due(self._clock()):
            self._is_map_wanted = True
            self._arrived.set()

    async def start(self) -> None:
        """Load the tree and the map of keys, and compare them with what was signed before.

        Raises StartError when the database holds less than, or something else than, the last checkpoint, or
        other keys than the log commits to.
        """
        remembered = self._checkpoints.load(self._signers.identity)
        try:
            async with self._database.session() as session:
                edge = await _load_edge(session)
                if remembered is not None:
                    await _require_continuation(session, remembered, edge.size)
                edge = self._edge = await self._load(session)
                await key_map.require_newest(session, self._keys)
        except ProofError as error:
            raise StartError(
                "the log in the database contradicts itself; do not serve it"
            ) from error
        await self._publish(edge, self._keys)

    async def run(self) -> None:
        """Commit and sign until cancelled; whoever still waits then is told that the relay stops."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._sign_batches())
                while True:
                    await self._arrived.wait()
                    self._arrived.clear()
                    await self._catch_up()
                    while self._queue or self._is_map_wanted:
                        size = min(len(self._queue), _MAX_BATCH)
                        await self._commit([self._queue.popleft() for _ in range(size)])
        finally:
            while self._queue:
                problem = ProblemError(ProblemCode.UNAVAILABLE, "the relay is stopping")
                self._queue.popleft().fail(problem)

    async def _catch_up(self) -> None:
        """Sign what is committed and wanted although no batch of ours is known to have brought it.

        Another relay did, or we did and lost the connection before we heard of it.
        """
        known = self.latest.size if self._edge is None else self._edge.size
        if known >= self._wanted_size:
            return
        try:
            async with self._database.session() as session:
                edge = self._edge = await self._load(session)
        except ProblemError as problem:
            LOGGER.warning("the tree was not read", extra={"code": problem.code.value})
            return
        await self._unsigned.put(
            _Batch(
                size=edge.size,
                placed=(),
                map_leaf=None,
                keys=self._keys,
                edge=edge,
                completed=(),
                heads={},
            )
        )

    async def _load(self, session: Session) -> TreeEdge:
        """Return the tree's edge, and learn what goes with it: the map of keys, and that chains have gone on.

        Raises OtherLogError unless the tree begins with what was signed last.
        """
        edge = await _load_edge(session)
        if self._latest is not None:
            await self._require_signed(session, self._latest, edge.size)
        self._keys = await key_map.load(
            session,
            self._keys,
            size=edge.size,
            log_key=self._signers.identity.ed25519.public_key,
        )
        # Whoever made the tree grow has continued chains as well, the relay's own one for sure.
        self._heads.clear()
        return edge

    async def _require_signed(self, session: Session, signed: SignedTree, size: int) -> None:
        """Raise OtherLogError unless the stored tree begins with the signed one.

        The database can become another one while the relay runs: a standby that lacks the last commits has taken over,
        or somebody has restored a copy. To go on there would sign a second history.
        """
        origin = self._signers.identity.origin
        checkpoint = Checkpoint(origin=origin, size=signed.size, root=signed.root)
        try:
            await _require_continuation(session, checkpoint, size)
        except StartError as error:
            LOGGER.critical("nothing is appended to this database", exc_info=error)
            raise OtherLogError from error

    async def _commit(self, acts: Sequence[_Waiting]) -> None:
        """Bring every act into the log, or to its problem."""
        try:
            batch = await self._see_through(acts)
        except ProblemError as problem:
            return self._give_up(acts, problem)
        except asyncpg.PostgresError as error:
            if len(acts) > 1:
                # One of them is at fault and the database does not say which.
                for each in acts:
                    await self._commit([each])
                return None
            LOGGER.error("an act was refused", exc_info=error)
            return self._give_up(acts, _not_recordable())
        if batch is not None:
            self._edge = batch.edge
            self._keys = batch.keys
            self._is_map_wanted = self._is_map_wanted and batch.map_leaf is None
            self._remember(batch.heads)
            await self._unsigned.put(batch)
        for each in acts:
            if each.problem is not None:
                each.fail(each.problem)
        return None

    async def _see_through(self, acts: Sequence[_Waiting]) -> _Batch | None:
        """Return the batch once it is committed, None if no act was left to commit.

        Raises ProblemError when there is no database for too long or its disk is full, and
        asyncpg.PostgresError when it refuses the batch without a reason that `_learn` understands.
        """
        sent: _Batch | None = None
        for pause in (*_PAUSES_SECONDS, None):
            try:
                async with self._database.session() as session:
                    # A connection may have been lost after the commit and before its confirmation.
                    while sent is None or not await _is_committed(session, sent):
                        sent = None
                        batch = await self._place(session, acts)
                        if not batch.leaves:
                            return None
                        sent = batch
                        try:
                            await _write(session, batch)
                        except asyncpg.PostgresError as error:
                            # Either we catch up with the tree, or an act is refused: this comes to an end.
                            if not self._learn(error, batch):
                                raise
                            sent = None
                        else:
                            break
                return sent
            except ProblemError as problem:
                LOGGER.warning("a batch was not committed", extra={"code": problem.code.value})
                is_final = problem.code is ProblemCode.STORAGE_FULL or isinstance(
                    problem, OtherLogError
                )
                if is_final or pause is None:
                    raise
                await asyncio.sleep(pause)
        return None

    async def _place(self, session: Session, acts: Iterable[_Waiting]) -> _Batch:
        """Give each act its place; those that do not continue their chain get their problem instead."""
        # What is loaded here becomes ours with the batch: until then it is not signed either.
        edge = (self._edge or await self._load(session)).copy()
        size = edge.size
        open_acts = [each for each in acts if each.problem is None]
        actors = {_actor(each.act) for each in open_acts}
        is_map_due = self._is_map_wanted or any(
            isinstance(each.effect, ChangesKeys) for each in open_acts
        )
        if is_map_due:
            actors.add(RELAY_PSEUDONYM)
        heads = await self._heads_of(session, actors)
        placed: list[tuple[_Waiting, NewLeaf]] = []
        for each in open_acts:
            head = heads[_actor(each.act)]
            act = each.act if isinstance(each.act, DeviceAct) else self._stated(each.act, head)
            if (act.statement.sequence, act.statement.previous) != (
                head.next_sequence,
                head.previous,
            ):
                each.problem = ProblemError(
                    ProblemCode.CHAIN_BROKEN,
                    "the statement does not follow the device's last accepted one",
                    expected_sequence=head.next_sequence,
                )
                continue
            placed.append((each, self._new_leaf(act, heads)))
        map_leaf, keys = None, self._keys
        if is_map_due:
            changed = key_map.changed(keys.keys, [each.effect for each, _ in placed])
            if self._is_map_wanted or changed is not keys.keys:
                said = RelayAct(verb=Verb.KEY_MAP, content=key_map.said_of(changed))
                map_leaf = self._new_leaf(self._stated(said, heads[RELAY_PSEUDONYM]), heads)
                keys = CommittedKeys(
                    keys=changed, leaf_index=size + len(placed), relay_time=self._clock()
                )
        leaves = [new.leaf for _, new in placed] + ([map_leaf.leaf] if map_leaf else [])
        completed = edge.extend([leaf_hash(leaf) for leaf in leaves])
        return _Batch(
            size=size,
            placed=tuple(placed),
            map_leaf=map_leaf,
            keys=keys,
            edge=edge,
            completed=completed,
            heads=heads,
        )

    def _new_leaf(self, act: DeviceAct, heads: dict[DevicePseudonym, ChainHead]) -> NewLeaf:
        """Return the leaf of an act that continues its chain, whose head it becomes."""
        actor = act.statement.actor
        statement_hash = sha256(act.encoded)
        leaf = AuditLeaf(
            version=1,
            statement=act.encoded,
            signature=act.signature,
            relay_time=self._clock(),
            nonce=self._nonce(),
        )
        new = NewLeaf(
            leaf=encode(leaf),
            actor=actor,
            sequence=act.statement.sequence,
            previous=act.statement.previous,
            statement_hash=statement_hash,
        )
        heads[actor] = ChainHead(next_sequence=act.statement.sequence + 1, previous=statement_hash)
        return new

    def _stated(self, act: RelayAct, head: ChainHead) -> DeviceAct:
        """Return the relay's own statement at its place in the relay's chain, signed by the log's key."""
        statement = AuditStatement(
            version=1,
            actor=RELAY_PSEUDONYM,
            sequence=head.next_sequence,
            previous=head.previous,
            verb=act.verb,
            content=act.content,
        )
        encoded = encode(statement)
        signature = self._signers.ed25519.private_key.sign(RELAY_STATEMENT + encoded)
        return DeviceAct(statement=statement, encoded=encoded, signature=signature)

    def _learn(self, error: asyncpg.PostgresError, batch: _Batch) -> bool:
        """Take in why the batch was refused; return whether another try makes sense."""
        state = str(error.sqlstate)
        if state in {_TREE_HAS_GROWN, _CHAIN_BROKEN}:
            # Another process appended too: what we remembered is out of date.
            self._edge = None
            self._heads.clear()
            return True
        if not state.startswith(_REFUSAL) or not error.detail:
            return False
        for index in error.detail.split(","):
            waiting = batch.placed[int(index) - batch.size][0]
            kind = type(waiting.effect) if waiting.effect is not None else None
            waiting.problem = (kind and kind.problem(state)) or _not_recordable()
        return True

    def _give_up(self, acts: Iterable[_Waiting], problem: ProblemError) -> None:
        # What was sent last may be committed after all, so nothing that is remembered counts any more. The map
        # of keys is an earlier one at worst, and is brought up to date together with the edge.
        self._edge = None
        self._heads.clear()
        self._is_map_wanted = False
        for each in acts:
            each.fail(each.problem or problem)

    async def _heads_of(
        self, session: Session, actors: set[DevicePseudonym]
    ) -> dict[DevicePseudonym, ChainHead]:
        known = {actor: self._heads[actor] for actor in actors if actor in self._heads}
        if len(known) < len(actors):
            known |= await store.chain_heads(session, actors - known.keys())
        return known

    def _remember(self, heads: dict[DevicePseudonym, ChainHead]) -> None:
        for actor, head in heads.items():
            self._heads[actor] = head
            self._heads.move_to_end(actor)
        while len(self._heads) > _MAX_HEADS:
            self._heads.popitem(last=False)

    async def _sign_batches(self) -> None:
        overdue: _Batch | None = None
        while True:
            try:
                async with asyncio.timeout(None if overdue is None else _SIGNING_PAUSE_SECONDS):
                    batch = await self._unsigned.get()
            except TimeoutError:
                overdue = await self._try_to_publish(overdue)
                continue
            overdue = await self._try_to_publish(batch)
            if overdue is not None:
                # Committed, but a receipt must not be given out before the checkpoint is safe.
                for waiting, _ in batch.placed:
                    waiting.fail(
                        ProblemError(ProblemCode.STORAGE_FULL, "the relay's storage is full")
                    )
                continue
            for index, (waiting, new) in enumerate(batch.placed, batch.size):
                if not waiting.done.done():
                    path = inclusion_path(index, batch.edge.size, batch.edge.read)
                    inclusion = Inclusion(leaf=new.leaf, index=index, path=path, tree=self.latest)
                    waiting.done.set_result(inclusion)

    async def _try_to_publish(self, batch: _Batch | None) -> _Batch | None:
        """Publish the tree of a batch; return the batch if that was not possible, to be tried again."""
        if batch is not None:
            try:
                await self._publish(batch.edge, batch.keys)
            except OSError as error:
                LOGGER.error("the checkpoint was not saved", exc_info=error)
                return batch
        return None

    async def _publish(self, edge: TreeEdge, keys: CommittedKeys) -> None:
        """Sign the committed tree and put the checkpoint on the disk; only then is it given out."""
        root = edge.root()
        checkpoint = Checkpoint(origin=self._signers.identity.origin, size=edge.size, root=root)
        note = await asyncio.to_thread(self._sign_and_save, checkpoint)
        async with self._signed:
            self._latest = SignedTree(size=edge.size, root=root, note=note)
            self._latest_keys = keys
            self._signed.notify_all()

    def _sign_and_save(self, checkpoint: Checkpoint) -> str:
        note = self._signers.sign(checkpoint)
        self._checkpoints.save(note)
        return note


class OtherLogError(ProblemError):
    """The database does not hold what was signed; nothing may be appended until it does again."""

    def __init__(self) -> None:
        super().__init__(ProblemCode.UNAVAILABLE, "the log cannot go on in this database")


def _not_recordable() -> ProblemError:
    return ProblemError(ProblemCode.INTERNAL, "the act cannot be recorded")


def _actor(act: DeviceAct | RelayAct) -> DevicePseudonym:
    return act.statement.actor if isinstance(act, DeviceAct) else RELAY_PSEUDONYM


async def _write(session: Session, batch: _Batch) -> None:
    await store.append(
        session,
        size=batch.size,
        leaves=batch.leaves,
        completed=batch.completed,
        root=batch.edge.root(),
        calls=batch.calls(),
    )


async def _is_committed(session: Session, batch: _Batch) -> bool:
    return await store.leaf_hash(session, batch.size) == leaf_hash(batch.leaves[0].leaf)


async def _load_edge(session: Session) -> TreeEdge:
    """Read the right edge of the stored tree. Raises ProofError if its hashes contradict each other."""
    size = await store.tree_size(session)
    ranges = edge_rows(size)
    rows = await store.read_rows(session, ranges)
    edge = TreeEdge.load(size, [rows[each] for each in ranges])
    if size and edge.root() != await store.root_at(session, size):
        raise ProofError("the stored root is not that of the stored tree")
    return edge


async def _require_continuation(session: Session, remembered: Checkpoint, size: int) -> None:
    """Raise StartError unless the stored tree begins with the remembered one."""
    if size < remembered.size:
        raise StartError(
            f"the database holds {size} log entries, but {remembered.size} have been signed: it is an older "
            "copy; restore the newest one, for going on would contradict what was signed"
        )
    nodes = root_nodes(remembered.size)
    reader = await store.read_tiles(session, nodes, size=size)
    if root_hash(remembered.size, reader.read) != remembered.root:
        raise StartError("the database holds another log than the one that was signed")
