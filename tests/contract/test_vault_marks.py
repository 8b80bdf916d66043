# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whatever is done on whichever computer, and whenever the others hear of it: in the end all of them say the same."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.ports.vault import Setting, Vault
from app.interface.snapshots import ContactState, Direction, Place
from app.interface.writing import Signature, Template, TemplateId
from crypto_core.wire.codec import encode
from crypto_core.wire.content import (
    LetterDetails,
    Mark,
    MarkedPerson,
    MarkField,
    MarkKind,
    MarkSubject,
    OwnMark,
    Stamp,
    Standing,
)
from crypto_core.wire.envelope import Urgency
from crypto_core.wire.ids import DeviceId, PatientId, UnixMillis
from crypto_core.wire.limits import MAX_OWN_MARKS
from tests.contract.test_vault import (
    ANNE,
    BORIS,
    OWNER,
    contact,
    conversation_id,
    letter,
    message_id,
)
from tests.fakes.memory_vault import MemoryVault
from tests.fakes.people import NOW

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.engine.ports.vault import Store

COMPUTERS: Final = 3
PATIENTS: Final = (PatientId(b"p" * 16), PatientId(b"q" * 16))
PEOPLE: Final = (ANNE, BORIS)
TEMPLATES: Final = (TemplateId(b"t" * 16), TemplateId(b"u" * 16))
CONVERSATION_OF: Final = {1: 1, 2: 2, 3: 1, 4: 2, 5: 1}
"""Letters, in the order in which the relay accepted them."""
WANTING: Final = frozenset({2, 5})
"""Which of them ask for an answer."""
LONG: Final = 3_600_000

ACTS: Final[dict[str, Callable[[Store, int, UnixMillis], None]]] = {}
Act = tuple[str, int, int]
"""What is done, by which computer, with which of several."""


def act(do: Callable[[Store, int, UnixMillis], None]) -> Callable[[Store, int, UnixMillis], None]:
    ACTS[do.__name__] = do
    return do


def with_conversation(do: Callable[[Store, int, UnixMillis], None]) -> None:
    """An act with one of two conversations; as the use cases, with none that is not shown."""

    def guarded(store: Store, which: int, now: UnixMillis) -> None:
        if store.organising.is_shown(conversation_id(1 + which % 2)):
            do(store, which, now)

    ACTS[do.__name__] = guarded


@act
def open_letter(store: Store, which: int, _: UnixMillis) -> None:
    store.messages.mark_read(message_id(1 + which % len(CONVERSATION_OF)))


@with_conversation
def mark_read(store: Store, which: int, _: UnixMillis) -> None:
    store.organising.mark_read(conversation_id(1 + which % 2))


@with_conversation
def mark_unread(store: Store, which: int, _: UnixMillis) -> None:
    store.organising.mark_unread(conversation_id(1 + which % 2))


@with_conversation
def flag(store: Store, which: int, _: UnixMillis) -> None:
    store.organising.flag(conversation_id(1 + which % 2))


@with_conversation
def unflag(store: Store, which: int, _: UnixMillis) -> None:
    store.organising.unflag(conversation_id(1 + which % 2))


@with_conversation
def archive(store: Store, which: int, _: UnixMillis) -> None:
    store.organising.archive(conversation_id(1 + which % 2), is_archived=True)


@with_conversation
def unarchive(store: Store, which: int, _: UnixMillis) -> None:
    store.organising.archive(conversation_id(1 + which % 2), is_archived=False)


@with_conversation
def file(store: Store, which: int, _: UnixMillis) -> None:
    patient = PATIENTS[which // 2 % 2]
    if store.patients.get(patient) is not None:
        store.patients.file(conversation_id(1 + which % 2), patient)


@with_conversation
def unfile(store: Store, which: int, _: UnixMillis) -> None:
    store.patients.file(conversation_id(1 + which % 2), None)


@act
def name_patient(store: Store, which: int, now: UnixMillis) -> None:
    store.patients.put(
        PATIENTS[which % 2], family_name=f"Marin {now}", given_name="", birth_date=""
    )


@act
def forget_patient(store: Store, which: int, _: UnixMillis) -> None:
    known = store.patients.get(PATIENTS[which % 2])
    if known is not None and not known.conversations:
        store.patients.remove(known.patient)


@with_conversation
def remove(store: Store, which: int, now: UnixMillis) -> None:
    store.organising.remove(conversation_id(1 + which % 2), now)


@act
def restore(store: Store, which: int, _: UnixMillis) -> None:
    store.organising.restore(conversation_id(1 + which % 2))


@act
def decline(store: Store, which: int, _: UnixMillis) -> None:
    known = store.contacts.get(PEOPLE[which % 2])
    if known is not None and known.state is not ContactState.BLOCKED:
        store.contacts.put(replace(known, state=ContactState.DECLINED))


@act
def accept(store: Store, which: int, _: UnixMillis) -> None:
    known = store.contacts.get(PEOPLE[which % 2])
    if known is not None and known.state is ContactState.DECLINED:
        store.contacts.put(replace(known, state=ContactState.ACCEPTED))


@act
def block(store: Store, which: int, _: UnixMillis) -> None:
    store.contacts.block(PEOPLE[which % 2])


@act
def unblock(store: Store, which: int, _: UnixMillis) -> None:
    store.contacts.unblock(PEOPLE[which % 2])


@act
def remark(store: Store, which: int, now: UnixMillis) -> None:
    store.contacts.note(PEOPLE[which % 2], f"noted {now}" if which % 3 else "")


@act
def save_template(store: Store, which: int, now: UnixMillis) -> None:
    store.drafts.put_template(
        Template(
            template=TEMPLATES[which % 2],
            name=f"Lettre {now}",
            subject="",
            text="à revoir",
            marks=(Mark(kind=MarkKind.BOLD, start=0, end=1),),
            urgency=Urgency.NORMAL,
            is_answer_wanted=False,
        )
    )


@act
def remove_template(store: Store, which: int, _: UnixMillis) -> None:
    store.drafts.remove_template(TEMPLATES[which % 2])


@act
def sign(store: Store, which: int, now: UnixMillis) -> None:
    signature = encode(Signature(text=f"Dr {now}", marks=()))
    store.identity.put_setting(Setting.SIGNATURE, signature if which % 3 else None)


# --- computers -----------------------------------------------------------------------------------


@dataclass(slots=True)
class Computer:
    """One of the owner's: its vault, its clock, and what the others have told it and it has not had yet."""

    vault: Vault
    device: DeviceId
    late_by: int
    mailbox: list[tuple[OwnMark, ...]] = field(default_factory=list)
    letters: int = 0

    async def act(self, name: str, which: int, at: int) -> None:
        now = UnixMillis(at + self.late_by)

        def work(store: Store) -> None:
            ACTS[name](store, which, now)
            store.marks.stamp(self.device, now, is_alone=False)

        await self.vault.run(work)

    async def take_letter(self, at: int) -> None:
        """The next one: a mailbox has them in the order of the relay."""
        if self.letters == len(CONVERSATION_OF):
            return
        number = self.letters = self.letters + 1
        details = LetterDetails(
            version=1, marks=(), patient=None, is_answer_wanted=number in WANTING
        )
        made = letter(
            number, conversation=conversation_id(CONVERSATION_OF[number]), details=details
        )

        def work(store: Store) -> None:
            store.marks.stamp(self.device, UnixMillis(at + self.late_by), is_alone=False)
            store.messages.add(made)
            store.marks.catch_up(UnixMillis(at + self.late_by))

        await self.vault.run(work)

    async def tell(self, at: int, others: Sequence[Computer]) -> bool:
        now = UnixMillis(at + self.late_by)
        told = await self.vault.run(lambda store: store.marks.take_due(now, MAX_OWN_MARKS))
        if told:
            for each in others:
                if each is not self:
                    each.mailbox.append(told)
        return bool(told)

    async def hear(self, which: int, at: int, *, again: bool) -> None:
        if not self.mailbox:
            return
        which %= len(self.mailbox)
        marks = self.mailbox[which] if again else self.mailbox.pop(which)
        now = UnixMillis(at + self.late_by)

        def work(store: Store) -> None:
            store.marks.stamp(self.device, now, is_alone=False)
            store.marks.receive(marks, now)
            store.marks.stamp(self.device, now, is_alone=False)

        await self.vault.run(work)


def state_of(store: Store) -> dict[str, Any]:
    """What the owner sees on a computer."""
    shown: dict[str, Any] = {}
    for place in (Place.INBOX, Place.TO_DO, Place.ARCHIVE, Place.ALL):
        page = store.messages.conversations(place, limit=10)
        assert page is not None
        for row in page.rows:
            number = int.from_bytes(row.conversation, "big")
            patient = None if row.patient is None else row.patient.family_name
            shown[f"{place.name} {number}"] = (row.is_flagged, patient)
            views = store.messages.page(row.conversation, before=None, limit=50)
            assert views is not None
            shown[f"unread {number}"] = {
                view.message
                for view in views.messages
                if view.direction is Direction.RECEIVED and not view.is_read
            }
            shown[f"letters {number}"] = {view.message for view in views.messages}
    shown["patients"] = [
        None if row is None else row.family_name
        for row in (store.patients.get(each) for each in PATIENTS)
    ]
    shown["people"] = [
        (row.state, row.remark) for row in store.contacts.all() if row.account in PEOPLE
    ]
    shown["templates"] = store.drafts.templates()
    shown["signature"] = store.identity.setting(Setting.SIGNATURE)
    return shown


async def live(acts: Sequence[Act], late_by: Sequence[int]) -> tuple[Story, list[dict[str, Any]]]:
    """Let computers do and hear things in an order, then let all of them hear everything."""
    story = Story(
        [
            Computer(MemoryVault(), DeviceId(bytes([number] * 16)), late)
            for number, late in enumerate(late_by, start=1)
        ]
    )
    try:
        for each in story.computers:
            await each.vault.run(_begin)
            for _ in range(2):
                await each.take_letter(NOW)
        for name, by, which in acts:
            await story.step(name, by, which)
        await story.end()
        return story, [await each.vault.run(state_of) for each in story.computers]
    finally:
        for each in story.computers:
            await each.vault.close()


@dataclass(slots=True)
class Story:
    """What the computers live through, and what was removed on any of them."""

    computers: list[Computer]
    at: int = NOW
    removed: set[bytes] = field(default_factory=set)

    async def step(self, name: str, by: int, which: int) -> None:
        self.at += 700
        one = self.computers[by]
        match name:
            case "letter":
                await one.take_letter(self.at)
            case "tell":
                await one.tell(self.at, self.computers)
            case "hear" | "hear_again":
                await one.hear(which, self.at, again=name == "hear_again")
            case "wait":
                self.at += 60_000
            case _:
                await one.act(name, which, self.at)
                self.removed |= await one.vault.run(_hidden)

    async def end(self) -> None:
        for each in self.computers:
            while each.letters < len(CONVERSATION_OF):
                await each.take_letter(self.at)
        for _ in range(6):
            self.at += 60_000
            for each in self.computers:
                await each.tell(self.at, self.computers)
            for each in self.computers:
                while each.mailbox:
                    await each.hear(0, self.at, again=False)
        self.at += LONG
        assert not any([await each.tell(self.at, self.computers) for each in self.computers])


def _hidden(store: Store) -> set[bytes]:
    rows = store.marks._db.execute("select message from message where removed_at is not null")  # type: ignore[attr-defined]
    return {message for (message,) in rows}


def _begin(store: Store) -> None:
    store.identity.create(OWNER)
    for account in PEOPLE:
        store.contacts.put(contact(account))
    for patient in PATIENTS:
        store.patients.put(patient, family_name="Marin", given_name="", birth_date="")
    store.marks.keep_to_oneself()


@st.composite
def lives(draw: st.DrawFn) -> list[Act]:
    """A few kinds of acts in one life, so that they meet: contradicted, heard late, heard twice, or in another order."""
    chosen = draw(st.lists(st.sampled_from(sorted(ACTS)), min_size=1, max_size=4, unique=True))
    ways = [*chosen, *chosen, "tell", "tell", "hear", "hear", "hear_again", "letter", "wait"]
    step = st.tuples(st.sampled_from(ways), st.integers(0, COMPUTERS - 1), st.integers(0, 3))
    return draw(st.lists(step, min_size=6, max_size=40))


@settings(max_examples=40, deadline=None)
@given(
    lives(),
    st.lists(st.sampled_from([0, 0, -LONG, LONG]), min_size=COMPUTERS, max_size=COMPUTERS),
)
def test_whatever_is_done_wherever_and_heard_whenever_all_computers_end_the_same(
    acts: list[Act], late_by: list[int]
) -> None:
    story, (first, *others) = asyncio.run(live(acts, late_by))
    for each in others:
        assert each == first
    if "restore" not in {name for name, _, _ in acts}:
        # Nothing that was removed comes back.
        shown = {each for name, of in first.items() if name.startswith("letters") for each in of}
        assert not shown & story.removed


def test_what_was_deleted_for_good_on_one_computer_stays_away_there() -> None:
    async def story() -> None:
        lived = Story([Computer(MemoryVault(), DeviceId(bytes([by] * 16)), 0) for by in (1, 2)])
        one, other = lived.computers
        for each in lived.computers:
            await each.vault.run(_begin)
            await each.take_letter(NOW)
        await lived.step("remove", 0, 0)
        await lived.step("wait", 0, 0)
        await lived.step("tell", 0, 0)
        await lived.step("hear", 1, 0)
        assert await other.vault.run(lambda store: store.organising.removed_since()) is not None
        await one.vault.run(lambda store: store.organising.erase(None, 9))
        # It was taken back on the other one, within that one's own time for it.
        for act_there in ("restore", "mark_unread", "flag", "wait", "tell"):
            await lived.step(act_there, 1, 0)
        await lived.step("hear", 0, 0)
        seen = [
            await each.vault.run(lambda store: store.messages.counts()) for each in (one, other)
        ]
        shown = [await each.vault.run(_shown) for each in (one, other)]
        assert shown == [0, 1]
        assert [each.unread for each in seen] == [0, 1]
        for each in lived.computers:
            await each.vault.close()

    asyncio.run(story())


def _shown(store: Store) -> int:
    page = store.messages.conversations(Place.ALL, limit=9)
    return 0 if page is None else page.total


def test_who_gets_a_name_or_a_block_by_a_mark_is_said() -> None:
    async def story() -> None:
        vault = MemoryVault()
        await vault.run(_begin)

        def steps(store: Store) -> None:
            store.contacts.put(replace(contact(ANNE), name=""))
            store.messages.add(letter(1))
            named = OwnMark(
                field=MarkField.CONTACT,
                subject=MarkSubject(ANNE),
                stamp=Stamp(time=UnixMillis(NOW), count=0, device=DeviceId(bytes(16))),
                is_on=True,
                person=MarkedPerson(
                    name="Dr Anne", profession="", place="", note="", standing=Standing.ACCEPTED
                ),
            )
            blocked = OwnMark(
                field=MarkField.BLOCKED, subject=named.subject, stamp=named.stamp, is_on=True
            )
            applied = store.marks.receive([named, blocked], UnixMillis(NOW))
            assert applied.conversations == (conversation_id(1),)
            assert (applied.has_contacts, applied.blocked) == (True, (ANNE,))
            again = replace(blocked, stamp=replace(named.stamp, count=1))
            applied = store.marks.receive([again], UnixMillis(NOW))
            assert (applied.conversations, applied.blocked) == ((), ())

        await vault.run(steps)
        await vault.close()

    asyncio.run(story())
