# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every vault promises about the journal: its order, its filters, and that a page costs a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.engine.ports.journal import ActState, NewAct
from app.interface.journal import Deed, DeedKind, JournalRow, ListJournal
from crypto_core.wire.ids import AccountId, PatientId, UnixMillis, UtcOffsetMinutes
from tests.contract.test_vault import ANNE, BORIS, OWNER, contact, in_vault, letter, message_id

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from app.engine.ports.vault import Store, Vault

InVault = Any
__all__ = ["in_vault"]

HELENE = PatientId(b"h" * 16)


def in_one(work: Callable[[Store], None]) -> Callable[[Vault], Awaitable[None]]:
    """Tell a story of one transaction."""
    return lambda vault: vault.run(work)


def add(store: Store, at: int, *people: AccountId, **about: Any) -> int:  # noqa: ANN401 - any field
    act = NewAct(
        deed=about.pop("deed", Deed.READ),
        kind=about.pop("kind", DeedKind.LETTERS),
        at=UnixMillis(at),
        utc_offset=UtcOffsetMinutes(60),
        state=about.pop("state", ActState.NOTED),
        device=OWNER.device,
        people=people,
        **about,
    )
    return store.journal.add(act, encoded_opened=b"opened")


def page(store: Store, **filters: Any) -> tuple[list[int], bool]:  # noqa: ANN401 - any filter
    found = store.journal.page(ListJournal(**filters), here=OWNER.device)
    assert found is not None
    rows, more = found
    return [row.entry for row in rows], more


def row(store: Store, act: int) -> JournalRow:
    proof = store.journal.proof(act, here=OWNER.device)
    assert proof is not None
    return proof.row


def test_the_newest_act_comes_first_whenever_it_became_known(in_vault: InVault) -> None:
    def work(store: Store) -> None:
        late, early, same = add(store, 30), add(store, 10), add(store, 30)
        assert page(store) == ([same, late, early], False)
        assert page(store, limit=2) == ([same, late], True)
        assert page(store, limit=2, before=late) == ([early], False)
        assert store.journal.page(ListJournal(before=99), here=OWNER.device) is None

    in_vault(in_one(work))


def test_each_filter_and_all_of_them_together_let_through_what_they_say(in_vault: InVault) -> None:
    def work(store: Store) -> None:
        store.patients.put(HELENE, family_name="Marin", given_name="Hélène", birth_date="")
        acts: dict[int, dict[str, Any]] = {}
        for number in range(64):
            people = [ANNE] * bool(number & 1) + [BORIS] * bool(number & 2)
            about = {
                "patient": HELENE if number & 4 else None,
                "letter": message_id(1 + bool(number & 8)),
                "kind": DeedKind.DOCUMENTS if number & 16 else DeedKind.LETTERS,
            }
            act = add(store, number, *people, **about)
            acts[act] = {"people": people, "at": number, **about}
        for chosen in range(32):
            filters: dict[str, Any] = {"limit": 200}
            if chosen & 1:
                filters["person"] = ANNE
            if chosen & 2:
                filters["patient"] = HELENE
            if chosen & 4:
                filters["letter"] = message_id(2)
            if chosen & 8:
                filters["kind"] = DeedKind.DOCUMENTS
            if chosen & 16:
                filters |= {"since": UnixMillis(10), "until": UnixMillis(40)}
            expected = [
                act
                for act, about in acts.items()
                if ("person" not in filters or ANNE in about["people"])
                and all(
                    filters.get(each, about[each]) == about[each]
                    for each in ("patient", "letter", "kind")
                )
                and filters.get("since", 0) <= about["at"] <= filters.get("until", 99)
            ]
            assert page(store, **filters) == (expected[::-1], False), filters
            if len(expected) > 2:
                assert page(store, **filters, before=expected[-2])[0] == expected[-3::-1]

    in_vault(in_one(work))


def test_no_page_is_read_by_sorting_or_by_looking_at_every_act(in_vault: InVault) -> None:
    """Whatever the filters: with 200 000 acts a page is found by an index that has its order."""

    def work(store: Store) -> None:
        database = store.journal._db  # type: ignore[attr-defined] # the plan is the store's own affair
        seen: list[str] = []

        class Watched:
            def execute(self, query: str, parameters: tuple[Any, ...] = ()) -> Any:  # noqa: ANN401 - a cursor
                if query.startswith("select a.id, a.deed"):
                    seen.extend(
                        each[3]
                        for each in database.execute(f"explain query plan {query}", parameters)
                    )
                return database.execute(query, parameters)

        act = add(store, 1, ANNE)
        store.journal._db = Watched()  # type: ignore[attr-defined] # as above
        for chosen in range(16):
            filters: dict[str, Any] = {"before": act} if chosen & 1 else {}
            if chosen & 2:
                filters["person"] = ANNE
            if chosen & 4:
                filters["patient"] = HELENE
            if chosen & 8:
                filters["kind"] = DeedKind.LETTERS
            page(store, **filters, since=UnixMillis(0), until=UnixMillis(9))
            page(store, **filters)
        assert not [step for step in seen if "TEMP B-TREE" in step]
        assert not [step for step in seen if step.startswith("SCAN") and "INDEX" not in step]
        assert seen

    in_vault(in_one(work))


def test_an_act_outlives_what_it_is_about_and_then_names_nobody(in_vault: InVault) -> None:
    def work(store: Store) -> None:
        store.contacts.put(contact(ANNE))
        store.messages.add(letter(1))
        store.patients.put(HELENE, family_name="Marin", given_name="Hélène", birth_date="")
        act = add(store, 5, ANNE, letter=message_id(1), patient=HELENE)
        known = row(store, act)
        assert (known.people, known.subject) == (("Dr " + chr(ANNE[0]),), "sujet 1")
        assert known.patient is not None
        assert known.patient.family_name == "Marin"
        store.patients.remove(HELENE)
        (conversation,) = {store.messages.conversation_of(message_id(1))}
        assert conversation is not None
        store.organising.remove(conversation, UnixMillis(7))
        store.organising.erase(None, 10)
        left = row(store, act)
        assert (left.subject, left.conversation, left.patient) == ("", None, None)
        assert left.letter == message_id(1)
        assert page(store, patient=HELENE) == ([act], False)

    in_vault(in_one(work))


def test_the_totals_follow_what_is_added_and_withdrawn(in_vault: InVault) -> None:
    def work(store: Store) -> None:
        first = add(store, 1)
        add(store, 2, state=ActState.TOLD)
        assert store.journal.totals() == (2, 1)
        store.journal.withdraw(first)
        assert store.journal.totals() == (1, 0)
        assert store.journal.next_noted_at() is None

    in_vault(in_one(work))
