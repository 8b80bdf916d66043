# SPDX-License-Identifier: AGPL-3.0-or-later
"""What practice software drops is taken, sent or refused, and put away; whenever this ends, it goes on where it was.

1. *Take*: what belongs together is moved to the desk, its note first. From here on nobody else has it.
2. *Decide*: one transaction makes it a letter, or notes why it is refused, under the name it has on the desk.
3. *Put away*: its result is written, and all of it moved to where it belongs in one step; then that is noted.

What lies on the desk is a letter already exactly if the store knows its name, so nothing is sent twice.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING, Final

from app.engine import attachments, decisions, sending
from app.engine.folders.notes import Note, NoteError, parse_note
from app.engine.folders.results import write_result
from app.engine.folders.words import reason
from app.engine.journal.noting import note as note_act
from app.engine.namesakes import are_alike, are_same
from app.engine.patients import is_past
from app.engine.ports.files import (
    DirectoryUnwritableError,
    FileChangedError,
    FileTooLargeError,
    FileUnreadableError,
)
from app.engine.ports.folders import (
    NOTE_ENDING,
    REFUSED,
    RESULT_ENDING,
    SENT,
    Claim,
    Dropped,
    StoredUnit,
)
from app.interface.failures import CommandError, Failure
from app.interface.folders import (
    FolderResult,
    FolderTrouble,
    FolderWay,
    ResultFile,
    ResultPerson,
)
from app.interface.snapshots import ContactState, DeliveryState, DraftRecipient, PatientTag
from app.interface.writing import DraftContent
from crypto_core.errors import WireError
from crypto_core.wire.envelope import Urgency
from crypto_core.wire.ids import AccountId, PatientId, UnixMillis, format_address, parse_address
from crypto_core.wire.journal import Action
from crypto_core.wire.limits import MAX_ATTACHMENTS, MAX_FILE_NAME_BYTES, MAX_SUBJECT_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from app.engine.folders.notes import NotedPatient
    from app.engine.ports.folders import Watched
    from app.engine.ports.vault import Store, StoredAttachment
    from app.engine.session import Session
    from app.interface.folders import FolderSettings
    from app.interface.snapshots import MessageView, Queued

SETTLE_MILLIS: Final = 5_000
"""Who writes in pieces is given so long between two of them, and once more on the desk."""
NOTE_WAIT_MILLIS: Final = 60_000
"""How long a document waits for its note, a note for its documents, and an empty file for what is to be in it."""
MOST_A_PASS: Final = 100
_TOLD_FOR_MILLIS: Final = 90 * 86_400_000
_MOST_TOLD: Final = 200
_MOST_STUCK: Final = 20
"""Where so much cannot be moved, nothing more is tried at that look: it may be that nothing can be."""
_LABEL_STEM: Final = 60
_DETAIL_BYTES: Final = 180
_ADDRESSED: Final = re.compile(r".*<(uhs:[a-z2-7]+)>", re.IGNORECASE)
_OURS: Final = re.compile(r"\.uhs(?![^\W_])")
_BARE_ADDRESS: Final = re.compile(r"[a-z2-7]{32}")

_REFUSALS: Final = {
    Failure.UNVERIFIED_RECIPIENT: FolderTrouble.UNVERIFIED_RECIPIENT,
    Failure.NOT_A_CONTACT: FolderTrouble.UNKNOWN_RECIPIENT,
    Failure.OWN_ACCOUNT: FolderTrouble.UNKNOWN_RECIPIENT,
    Failure.NO_RECIPIENT: FolderTrouble.NO_RECIPIENT,
    Failure.TOO_MANY_RECIPIENTS: FolderTrouble.TOO_MANY,
    Failure.TEXT_TOO_LONG: FolderTrouble.NOTE_INVALID,
    Failure.PATIENT_OBJECTS: FolderTrouble.PATIENT_OBJECTS,
    Failure.CONSENT_NEEDED: FolderTrouble.CONSENT_NEEDED,
    Failure.CARE_NOT_SAID: FolderTrouble.CARE_NOT_SAID,
    Failure.PATIENT_NOT_INFORMED: FolderTrouble.CARE_NOT_SAID,
}

_NAMING: Final = frozenset(
    {
        FolderTrouble.UNVERIFIED_RECIPIENT,
        FolderTrouble.PATIENT_OBJECTS,
        FolderTrouble.CONSENT_NEEDED,
        FolderTrouble.CARE_NOT_SAID,
    }
)
"""What is said with names of recipients."""


class _RefusedError(Exception):
    def __init__(self, trouble: FolderTrouble, detail: str = "") -> None:
        super().__init__(trouble.name)
        self.trouble = trouble
        self.detail = detail


async def take(session: Session, at: Watched) -> None:
    """Take what is ready to the desk. Raises FileError."""
    folders, looked, now = session.machine.folders, session.looked, session.now()
    things, looked.unreadable = await asyncio.to_thread(folders.look, at)
    claims = await asyncio.to_thread(folders.claims, at)
    looked.forget_all_but(
        [(thing.place, thing.name) for thing in things]
        + [(_desk(claim.unit), thing.name) for claim in claims for thing in claim.files]
    )
    ready = await asyncio.to_thread(_ready, session, at, things, claims, now)
    looked.waiting = len(things)
    taken, stuck_in = 0, Counter[str]()
    for together in ready:
        place = together[0].place
        if taken == MOST_A_PASS:
            break
        if stuck_in[place] == _MOST_STUCK:
            continue
        unit = session.random(16).hex()
        await asyncio.to_thread(folders.begin, at, unit, place)
        stuck = await asyncio.to_thread(_take_all, session, at, unit, together)
        if stuck is None:
            taken += 1
            looked.waiting -= len(together)
        else:
            # A single thing that cannot be moved is no reason to leave the others.
            looked.stuck = looked.stuck or stuck
            stuck_in[place] += 1


def _take_all(session: Session, at: Watched, unit: str, together: Sequence[Dropped]) -> str | None:
    """Move all of it to the desk, or nothing: without its note a document would go to whom its folder says.

    Return None, or what stays: empty if it is not there any more.
    """
    folders, stuck = session.machine.folders, ""
    for thing in together:
        try:
            if folders.take(at, unit, thing):
                continue
        except DirectoryUnwritableError:
            # On Windows somebody has it open, or nothing may be taken out of its folder.
            stuck = thing.name
        folders.give_back(at, unit)
        return stuck
    for thing in together:
        session.looked.moved(thing, _desk(unit))
    return None


async def decide(session: Session, at: Watched) -> bool:
    """Make letters of what was taken, or refuse it; whether there was any. Raises FileError, VaultError."""
    claims = await asyncio.to_thread(session.machine.folders.claims, at)
    names = tuple(claim.unit for claim in claims)
    known = await session.vault.run(lambda store: store.folders.units(names))
    decided = False
    for claim in claims:
        if claim.unit in known:
            continue
        if _is_settled(session, claim) and await _decide(session, at, claim):
            decided = True
        else:
            session.looked.waiting += len(claim.files)
    return decided


async def put_away(session: Session, at: Watched, settings: FolderSettings) -> bool:
    """Move what was decided to where it belongs; whether there was any. Raises FileError, VaultError."""
    folders = session.machine.folders
    units = await session.vault.run(lambda store: store.folders.to_put_away(MOST_A_PASS))
    for unit in units:
        told = await _write_result(session, at, unit)
        if unit.message is None:
            words = reason(unit, settings.language).encode("utf-8-sig")
            await asyncio.to_thread(folders.write, at, REFUSED, f"{unit.label}.txt", words)
        into = REFUSED if unit.message is None else SENT
        await asyncio.to_thread(folders.put_away, at, unit.unit, into, unit.label)
        await _note_told(session, unit, told)
    return bool(units)


async def tell(session: Session, at: Watched) -> bool:
    """Write anew the results of letters of which more is known; whether there were any. Raises FileError, VaultError."""
    since = UnixMillis(max(0, session.now() - _TOLD_FOR_MILLIS))
    units = await session.vault.run(lambda store: store.folders.told(since, _MOST_TOLD))
    for unit, _ in units.values():
        told = await _write_result(session, at, unit, only_again=True)
        await _note_told(session, unit, told)
    return bool(units)


async def give_back(session: Session, at: Watched) -> None:
    """Move back what was taken and is neither sent nor refused. Raises FileError, VaultError."""
    claims = await asyncio.to_thread(session.machine.folders.claims, at)
    names = tuple(claim.unit for claim in claims)
    known = await session.vault.run(lambda store: store.folders.units(names))
    for claim in claims:
        if claim.unit not in known:
            await asyncio.to_thread(session.machine.folders.give_back, at, claim.unit)


# --- what is ready ---------------------------------------------------------------------------------


def _ready(
    session: Session,
    at: Watched,
    things: Sequence[Dropped],
    claims: Sequence[Claim],
    now: UnixMillis,
) -> list[tuple[Dropped, ...]]:
    """What belongs together and is complete, notes first."""
    since = {thing: session.looked.at(thing.place, thing, now) for thing in things}
    settled = {thing for thing, (unchanged, _) in since.items() if unchanged >= SETTLE_MILLIS}
    waited = {thing for thing, (_, there) in since.items() if there >= NOTE_WAIT_MILLIS}
    # Programs make a file first and fill it when they are ready: an empty one says nothing yet.
    whole = {thing for thing in settled if not _is_empty(thing)}
    ends = whole | (settled & waited)
    places: dict[str, dict[str, Dropped]] = {}
    for thing in things:
        places.setdefault(thing.place, {})[thing.name] = thing
    ready: list[tuple[Dropped, ...]] = []
    for place, inside in places.items():
        names = _Names(inside)
        notes = {name: thing for name, thing in inside.items() if thing.is_file and _is_note(name)}
        # The program may have ended between taking a note and taking what it is about.
        noted = {names.meant(each) for each in _wanted_on_desk(session, at, place, claims)}
        for name, note in notes.items():
            # A note that is being written still keeps at least the document it is called after.
            wanted = _wanted(session, at, note) if note in whole else _called_after(name)
            meant = dict.fromkeys(names.meant(each) for each in wanted)
            there = [inside[each] for each in meant if each is not None and each not in noted]
            is_whole = len(there) == len(meant)
            if ends.issuperset((note, *there)) and (is_whole or note in waited):
                ready.append((note, *there))
            noted.update((name, *(thing.name for thing in there)))
        # Nobody knows yet which documents a note is about that is being written.
        is_awaited = not whole.issuperset(notes.values())
        ready += [
            (thing,)
            for name, thing in inside.items()
            if name not in noted
            and thing in ends
            and ((place and not is_awaited) or not thing.is_file or thing in waited)
        ]
    return ready


def _wanted(session: Session, at: Watched, note: Dropped) -> tuple[str, ...]:
    """The documents a note is about; one that cannot be read is taken with what it is called after, and refused."""
    with contextlib.suppress(FileUnreadableError):
        return _about(note.name, session.machine.folders.read_note(at, note))
    return _called_after(note.name)


def _wanted_on_desk(
    session: Session, at: Watched, place: str, claims: Sequence[Claim]
) -> Iterable[str]:
    """The documents that notes from a place are about, which were taken already."""
    folders = session.machine.folders
    for claim in claims:
        for thing in claim.files if claim.place == place else ():
            if thing.is_file and _is_note(thing.name):
                with contextlib.suppress(FileUnreadableError):
                    yield from _about(thing.name, folders.read_claimed(at, claim.unit, thing.name))


def _about(name: str, content: bytes) -> tuple[str, ...]:
    with contextlib.suppress(NoteError):
        return parse_note(content).files or _called_after(name)
    return _called_after(name)


def _called_after(note: str) -> tuple[str, ...]:
    return (note[: -len(NOTE_ENDING)],)


def _is_note(name: str) -> bool:
    # Old software writes every name in capitals.
    return name.casefold().endswith(NOTE_ENDING) and len(name) > len(NOTE_ENDING)


def _is_ours(name: str) -> bool:
    """Whether something is called like a note or a result, though it may be neither: `bilan.pdf.uhs.txt.txt`."""
    return _OURS.search(name.casefold()) is not None


def _is_empty(thing: Dropped) -> bool:
    return thing.is_file and thing.size == 0


class _Names:
    """The names in a folder, for names in a note: as it is written, or the only one that differs in case or form.

    On macOS and on many network drives é is two characters in a name, and in the note that names it one.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(names)
        self._alike: dict[str, list[str]] = {}
        for name in self._names:
            self._alike.setdefault(_compared(name), []).append(name)

    def meant(self, wanted: str) -> str | None:
        if wanted in self._names:
            return wanted
        alike = self._alike.get(_compared(wanted), [])
        return alike[0] if len(alike) == 1 else None


def _compared(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _is_settled(session: Session, claim: Claim) -> bool:
    now = session.now()
    since = [session.looked.at(_desk(claim.unit), thing, now) for thing in claim.files]
    return all(unchanged >= SETTLE_MILLIS for unchanged, _ in since)


def _desk(unit: str) -> str:
    # No folder in to-send has a name like this.
    return f"/{unit}"


# --- what becomes of it ----------------------------------------------------------------------------


async def _decide(session: Session, at: Watched, claim: Claim) -> bool:
    try:
        note, names = await _order(session, at, claim)
        await _send(session, at, claim, note, names)
    except _RefusedError as refused:
        await _refuse(session, claim, refused)
    except FileChangedError:
        # Its writer holds it open still.
        return False
    return True


async def _order(session: Session, at: Watched, claim: Claim) -> tuple[Note, tuple[str, ...]]:
    """What is asked for, and the documents it is about, all of them on the desk."""
    folders = session.machine.folders
    there = {thing.name: thing for thing in claim.files}
    _require_plain(claim)
    name = next((each for each in there if _is_note(each)), None)
    if name is None:
        return Note(), tuple(there)
    try:
        content = await asyncio.to_thread(folders.read_claimed, at, claim.unit, name)
        note = parse_note(content)
        wanted = note.files or _called_after(name)
    except FileUnreadableError:
        raise _RefusedError(FolderTrouble.FILE_UNREADABLE) from None
    except NoteError as error:
        raise _RefusedError(FolderTrouble.NOTE_INVALID, str(error.line or "")) from None
    others = tuple(each for each in there if each != name)
    names = _Names(others)
    meant = {each: names.meant(each) for each in wanted}
    missing = [each for each, its in meant.items() if its is None]
    if missing:
        # This program may have ended between taking the note and taking them.
        left, _ = await asyncio.to_thread(folders.look, at)
        found = {thing.name: thing for thing in left if thing.place == claim.place}
        names = _Names(found)
        for each in missing:
            its = names.meant(each)
            if its is None:
                raise _RefusedError(FolderTrouble.FILE_MISSING, each)
            try:
                await asyncio.to_thread(folders.take, at, claim.unit, found[its])
            except DirectoryUnwritableError:
                session.looked.stuck = session.looked.stuck or its
        # It was not looked at for long enough yet.
        raise FileChangedError(missing[0])
    return note, tuple(dict.fromkeys(its for its in meant.values() if its is not None))


def _require_plain(claim: Claim) -> None:
    if not all(thing.is_file for thing in claim.files):
        raise _RefusedError(FolderTrouble.NOT_A_FILE)
    if any(_is_empty(thing) for thing in claim.files):
        raise _RefusedError(FolderTrouble.FILE_EMPTY)
    names = [thing.name for thing in claim.files]
    ours = [each for each in names if _is_ours(each) and not _is_note(each)]
    if ours:
        raise _RefusedError(FolderTrouble.NAME_RESERVED, ours[0])


async def _send(
    session: Session, at: Watched, claim: Claim, note: Note, names: tuple[str, ...]
) -> None:
    if len(names) > MAX_ATTACHMENTS:
        raise _RefusedError(FolderTrouble.TOO_MANY)
    to = (*((claim.place,) if claim.place else ()), *note.to)

    def check(store: Store) -> DraftContent:
        return _content(store, session, to, note, names)

    # Before a possibly large file is read, and again in the transaction that sends it.
    await session.vault.read(lambda store: _recipients(store, session, to))
    paths = [session.machine.folders.path_of(at, claim.unit, name) for name in names]
    try:
        documents = await attachments.seal_documents(session, paths, request=0)
    except FileTooLargeError:
        raise _RefusedError(FolderTrouble.FILE_TOO_LARGE) from None
    except FileUnreadableError:
        raise _RefusedError(FolderTrouble.FILE_UNREADABLE) from None

    def send(store: Store) -> Queued:
        content = check(store)
        if note.is_informed and content.patient is not None:
            accounts = [each.account for each in content.to]
            decisions.state_informed(store, session, content.patient, accounts)
        queued = sending.queue_letter(store, session, content, documents)
        store.folders.add_unit(
            StoredUnit(
                unit=claim.unit,
                message=queued.message,
                label=_label(session, claim, names[0]),
                name=shown(names[0]),
                files=tuple(shown(name) for name in names),
                trouble=None,
                detail="",
                at=session.now(),
            )
        )
        return queued

    try:
        queued = await session.vault.run(send)
    except CommandError as error:
        await attachments.discard(session, documents)
        trouble = _REFUSALS.get(error.failure)
        if trouble is None:
            raise
        detail = error.detail if trouble in _NAMING else ""
        raise _RefusedError(trouble, detail) from None
    except Exception:
        await attachments.discard(session, documents)
        raise
    sending.ring(session, queued)


async def _refuse(session: Session, claim: Claim, refused: _RefusedError) -> None:
    name = next((each.name for each in claim.files if not _is_note(each.name)), claim.files[0].name)
    unit = StoredUnit(
        unit=claim.unit,
        message=None,
        label=_label(session, claim, name),
        name=shown(name),
        files=tuple(shown(each.name) for each in claim.files),
        trouble=refused.trouble,
        detail=detail(refused.detail),
        at=session.now(),
    )
    await session.vault.run(lambda store: store.folders.add_unit(unit))


def _content(
    store: Store, session: Session, to: Sequence[str], note: Note, names: Sequence[str]
) -> DraftContent:
    recipients = _recipients(store, session, to)
    return DraftContent(
        to=tuple(DraftRecipient(account=account, name="", profession="") for account in recipients),
        subject=note.subject or _cut(shown(names[0]), MAX_SUBJECT_BYTES),
        text=note.text,
        urgency=Urgency.URGENT if note.is_urgent else Urgency.NORMAL,
        patient=None if note.patient is None else _patient(store, session, note.patient),
        is_answer_wanted=note.is_answer_wanted,
    )


def _recipients(store: Store, session: Session, to: Sequence[str]) -> tuple[AccountId, ...]:
    """Whom names and addresses stand for. Raises _RefusedError."""
    if not to:
        raise _RefusedError(FolderTrouble.NO_RECIPIENT)
    contacts = [row for row in store.contacts.all() if row.state is ContactState.ACCEPTED]
    found = []
    for text in to:
        account = _addressed(text)
        if account is None:
            called = [row for row in contacts if are_same(row.name, text)]
            if not called:
                raise _RefusedError(FolderTrouble.UNKNOWN_RECIPIENT, text)
            account = called[0].account
            alike = [
                row for row in contacts if row.account != account and are_alike(row.name, text)
            ]
            if alike:
                raise _RefusedError(FolderTrouble.NAMESAKE, text)
        elif account == session.owner.account or all(row.account != account for row in contacts):
            raise _RefusedError(FolderTrouble.UNKNOWN_RECIPIENT, text)
        found.append(account)
    return tuple(dict.fromkeys(found))


def _addressed(text: str) -> AccountId | None:
    """The account of an address; a folder is called like one without its scheme, for no name has a colon everywhere."""
    inside = _ADDRESSED.fullmatch(text)
    address = (inside[1] if inside else text).casefold()
    if _BARE_ADDRESS.fullmatch(address):
        address = f"uhs:{address}"
    try:
        return parse_address(address)
    except WireError:
        return None


def _patient(store: Store, session: Session, noted: NotedPatient) -> PatientId:
    """The one patient who is called so and was born then, or a new one. Raises _RefusedError."""
    if not is_past(session, noted.birth_date):
        raise _RefusedError(FolderTrouble.NOTE_INVALID, str(noted.line))
    tag = PatientTag(
        patient=PatientId(bytes(16)),
        family_name=noted.family_name,
        given_name=noted.given_name,
        birth_date=noted.birth_date,
    )
    same = [
        row
        for row in store.patients.alike(tag)
        if row.birth_date == noted.birth_date
        and row.family_name.casefold() == noted.family_name.casefold()
        and row.given_name.casefold() == noted.given_name.casefold()
    ]
    if len(same) == 1:
        return same[0].patient
    patient = PatientId(session.random(16))
    store.patients.put(
        patient,
        family_name=noted.family_name,
        given_name=noted.given_name,
        birth_date=noted.birth_date,
    )
    note_act(store, session, Action.PATIENT_ADDED, patient=patient)
    return patient


async def _note_told(session: Session, unit: StoredUnit, told: int) -> None:
    await session.vault.run(lambda store: store.folders.put_away(unit.unit, told))


# --- results ---------------------------------------------------------------------------------------


async def _write_result(
    session: Session, at: Watched, unit: StoredUnit, *, only_again: bool = False
) -> int:
    """Write what is known of a unit; return the number of that."""

    def collect(store: Store) -> tuple[FolderResult, int]:
        if unit.message is None:
            return _refused_result(session, unit), -1
        letter = store.messages.letter(unit.message)
        view = store.messages.view(unit.message)
        if letter is None or view is None:
            # It was removed; what is known is that it was taken.
            return _refused_result(session, unit), -1
        return _sent_result(session, unit, view, letter.attachments), store.folders.rung(
            unit.message
        )

    result, told = await session.vault.read(collect)
    content = await asyncio.to_thread(write_result, result, session.keys.signing)
    into = REFUSED if unit.message is None else SENT
    name = f"{unit.label}{RESULT_ENDING}"
    await asyncio.to_thread(
        lambda: session.machine.folders.write(at, into, name, content, only_again=only_again)
    )
    return told


def _sent_result(
    session: Session,
    unit: StoredUnit,
    view: MessageView,
    documents: Iterable[StoredAttachment],
) -> FolderResult:
    people = tuple(
        ResultPerson(
            address=format_address(each.account),
            name=_cut(each.name, _DETAIL_BYTES),
            state=each.state,
            at=each.refused_at or each.read_at or each.delivered_at or each.accepted_at,
        )
        for each in view.recipients
    )
    return FolderResult(
        way=FolderWay.SENT,
        account=format_address(session.owner.account),
        device=session.owner.device,
        at=session.now(),
        message=unit.message,
        files=tuple(
            ResultFile(name=each.name, size=each.size, sha256=each.sha256) for each in documents
        ),
        people=people,
        state=min((each.state for each in view.recipients), default=DeliveryState.QUEUED),
        trouble=None,
        detail="",
    )


def _refused_result(session: Session, unit: StoredUnit) -> FolderResult:
    return FolderResult(
        way=FolderWay.SENT if unit.message else FolderWay.REFUSED,
        account=format_address(session.owner.account),
        device=session.owner.device,
        at=unit.at,
        message=unit.message,
        files=tuple(ResultFile(name=name, size=None, sha256=b"") for name in unit.files),
        people=(),
        state=None,
        trouble=unit.trouble,
        detail=unit.detail,
    )


def _label(session: Session, claim: Claim, name: str) -> str:
    """What it is called where it is put away: when, what, and a part that nothing else has."""
    offset = session.machine.clock.utc_offset()
    local = dt.datetime.fromtimestamp(
        session.now() / 1000, tz=dt.timezone(dt.timedelta(minutes=offset))
    )
    stem = session.machine.folders.safe_name(shown(name))
    return f"{local:%Y-%m-%d %H%M} {_cut(stem, _LABEL_STEM).strip(' .')} {claim.unit[:16]}"


def shown(name: str) -> str:
    """A name as it can be written and read, whatever bytes it has."""
    plain = name.encode(errors="replace").decode()
    visible = "".join("_" if unicodedata.category(sign)[0] == "C" else sign for sign in plain)
    return _cut(visible, MAX_FILE_NAME_BYTES)


def detail(text: str) -> str:
    """What a trouble is about, as it can be shown."""
    return _cut(shown(text), _DETAIL_BYTES)


def _cut(text: str, most: int) -> str:
    return text.encode(errors="replace")[:most].decode(errors="ignore")
