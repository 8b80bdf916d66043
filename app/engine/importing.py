# SPDX-License-Identifier: AGPL-3.0-or-later
"""Takes letters over from another mail program, one transaction each: broken off, the same import again goes on.

What is in the files is read by a process without secrets. Nothing in them proves anything: such letters say so, and
nobody is answered through them.
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from app.engine.attachments import discard, reporter
from app.engine.journal.noting import note
from app.engine.ports.documents import NotMailError
from app.engine.ports.importing import ImportedLetter
from app.engine.ports.vault import NewLetter, StoredAttachment
from app.engine.session import tell_conversations
from app.interface.documents import DocumentProblem
from app.interface.failures import CommandError, Failure
from app.interface.importing import (
    MAX_TROUBLES,
    CancelImport,
    ImportMail,
    ImportReport,
    ImportTrouble,
)
from app.interface.snapshots import Done, ImportedHead
from crypto_core.keys.streams import seal_bytes
from crypto_core.trust.signatures import sha256
from crypto_core.wire.envelope import Urgency
from crypto_core.wire.ids import (
    AccountId,
    BlobId,
    ConversationId,
    DeviceId,
    Hash,
    MessageId,
    UnixMillis,
)
from crypto_core.wire.journal import Action
from crypto_core.wire.limits import MAX_FILE_NAME_BYTES, MAX_NAME_BYTES, STREAM_PREFIX_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from app.engine.handlers import Handlers
    from app.engine.ports.documents import LetterPart, LetterPerson, LetterReader, ReadLetter
    from app.engine.ports.vault import Store
    from app.engine.session import Session

MAX_FILES: Final = 200_000
"""In all folders together."""
_MAIL_ENDINGS: Final = frozenset(
    (".eml", ".emlx", ".mbox", ".mbx", ".mbs", ".msg", ".oft", ".pst", ".ost", ".olm", ".dbx")
)
"""Files called so hold letters: one that is not read is named, and not among those that are something else."""
_TELL_EVERY: Final = 100
_KEY_BYTES: Final = 32
_NUMBER_BYTES: Final = 16
_NO_ACCOUNT: Final = AccountId(bytes(20))
_NO_DEVICE: Final = DeviceId(bytes(16))

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """A file to be looked into."""

    path: Path
    size: int
    changed_at: UnixMillis


@dataclass(slots=True, kw_only=True)
class _Outcome:
    """What an import did so far."""

    letters: int = 0
    known: int = 0
    documents: int = 0
    failed: int = 0
    other_files: int = 0
    unread_files: int = 0
    """Those among what failed whose names say that they hold letters, and that are in no form that is read."""
    troubles: list[ImportTrouble] = field(default_factory=list)
    untold: list[ConversationId] = field(default_factory=list)

    def fail(
        self,
        file: str,
        number: int,
        problem: DocumentProblem,
        *,
        subject: str = "",
        document: str = "",
    ) -> None:
        """Count something that is not here, or not whole."""
        self.failed += 1
        if len(self.troubles) < MAX_TROUBLES:
            self.troubles.append(
                ImportTrouble(
                    file=_cut(file, MAX_FILE_NAME_BYTES),
                    number=number,
                    subject=subject,
                    document=document,
                    problem=problem,
                )
            )


async def take_over(session: Session, command: ImportMail, *, request: int) -> ImportReport:
    """Take over all letters of files and folders. Raises CommandError, FileError, VaultError."""
    with session.importing.begun() as is_first:
        if not is_first:
            raise CommandError(Failure.IMPORT_RUNNING)
        files, unread = await asyncio.to_thread(_files_of, command.paths)
        return await _Import(session, command, request, files, unread).carry_out()


async def cancel(session: Session) -> Done:
    """Stop the import that goes on."""
    session.importing.is_cancelled = True
    return Done()


HANDLERS: Final[Handlers] = {
    ImportMail: lambda session, command, number: take_over(session, command, request=number),
    CancelImport: lambda session, _, __: cancel(session),
}


class _Import:
    """One import, from its first file to its last."""

    def __init__(
        self,
        session: Session,
        command: ImportMail,
        request: int,
        files: Sequence[_File],
        unread: Sequence[str],
    ) -> None:
        self._session = session
        self._files = files
        self._own = frozenset(address.strip().casefold() for address in command.own_addresses)
        self._total = sum(file.size for file in files)
        self._request = request
        self._outcome = _Outcome()
        for name in unread:
            self._outcome.fail(name, 0, DocumentProblem.DAMAGED)

    async def carry_out(self) -> ImportReport:
        """Go through all files. Raises CommandError, FileError, VaultError."""
        outcome, before = self._outcome, 0
        reader = self._session.machine.documents.mail()
        try:
            for file in self._files:
                if self._session.importing.is_cancelled:
                    break
                await self._take_file(reader, file, before)
                before += file.size
        finally:
            await reader.close()
            self._tell()
            await self._note()
        is_other = outcome.failed == outcome.unread_files
        if is_other and not (outcome.letters or outcome.known or self._is_cancelled):
            raise CommandError(Failure.NOT_MAIL)
        return ImportReport(
            letters=outcome.letters,
            known=outcome.known,
            documents=outcome.documents,
            failed=outcome.failed,
            other_files=outcome.other_files,
            troubles=tuple(outcome.troubles),
            is_cancelled=self._is_cancelled,
        )

    @property
    def _is_cancelled(self) -> bool:
        return self._session.importing.is_cancelled

    async def _note(self) -> None:
        session, count = self._session, self._outcome.letters
        if count:
            await session.vault.run(
                lambda store: note(store, session, Action.IMPORTED, number=count)
            )

    async def _take_file(self, reader: LetterReader, file: _File, before: int) -> None:
        report = reporter(self._session, self._request, before, max(self._total, 1))
        number = end = 0
        try:
            opened = await asyncio.to_thread(file.path.open, "rb", buffering=0)
        except OSError:
            self._outcome.fail(file.path.name, 0, DocumentProblem.DAMAGED)
            return
        try:
            reader.begin(lambda offset, size: asyncio.to_thread(_piece, opened, offset, size))
            while not self._is_cancelled:
                letter = await reader.next()
                if letter is None or self._is_cancelled:
                    break
                number, end = number + 1, letter.end
                if letter.problem is not None:
                    self._outcome.fail(file.path.name, number, letter.problem)
                else:
                    await self._take(reader, letter, file, number)
                report(end)
            if end < file.size and not self._is_cancelled:
                # It has become shorter meanwhile, or its reader ended again and again.
                self._outcome.fail(file.path.name, 0, DocumentProblem.DAMAGED)
        except NotMailError:
            if file.size and file.path.suffix.lower() in _MAIL_ENDINGS:
                self._outcome.unread_files += 1
                self._outcome.fail(file.path.name, 0, DocumentProblem.DAMAGED)
            else:
                self._outcome.other_files += 1
        except OSError:
            self._outcome.fail(file.path.name, 0, DocumentProblem.DAMAGED)
        finally:
            await asyncio.to_thread(opened.close)

    async def _take(
        self, reader: LetterReader, letter: ReadLetter, file: _File, number: int
    ) -> None:
        """Take one letter over, unless it is here."""
        session, outcome = self._session, self._outcome
        digest = _digest_of(letter)
        if await session.vault.run(lambda store: store.imported.is_known(digest)):
            outcome.known += 1
            return
        documents: list[StoredAttachment] = []
        try:
            for index, part in enumerate(letter.parts):
                content = await reader.part(index)
                if self._is_cancelled:
                    # The lock has ended the reader, or somebody the import: the letter comes another time, whole.
                    await discard(session, documents)
                    return
                if content is None or len(content) != part.size or sha256(content) != part.sha256:
                    outcome.fail(
                        file.path.name,
                        number,
                        DocumentProblem.DAMAGED,
                        subject=letter.subject,
                        document=part.name,
                    )
                    continue
                documents.append(await asyncio.to_thread(_seal, session, part, content))
            new = self._new_letter(letter, digest, documents, file)
            told = await session.vault.run(lambda store: _keep(store, new, letter))
        except Exception:
            # Not when this task is cancelled: the letter may name them already. If not, unlocking removes them.
            await discard(session, documents)
            raise
        if letter.is_cut:
            outcome.fail(file.path.name, number, DocumentProblem.CUT, subject=letter.subject)
        outcome.letters += 1
        outcome.documents += len(documents)
        outcome.untold += told
        if len(outcome.untold) >= _TELL_EVERY:
            self._tell()

    def _new_letter(
        self, letter: ReadLetter, digest: Hash, documents: Sequence[StoredAttachment], file: _File
    ) -> NewLetter:
        session = self._session
        is_sent = any(each.address.casefold() in self._own for each in letter.senders)
        at = file.changed_at if letter.at is None else letter.at
        name = _names(letter.senders) or _cut(letter.sender, MAX_NAME_BYTES)
        others = letter.receivers if is_sent else letter.senders
        return NewLetter(
            message=MessageId(session.random(16)),
            conversation=ConversationId(session.random(16)),
            is_sent=is_sent,
            sender=_NO_ACCOUNT,
            sender_device=_NO_DEVICE,
            subject=letter.subject,
            text=letter.text,
            # A letter that claims to be of the future would stand above all others for ever.
            at=min(at, session.now()),
            sent_at=at,
            utc_offset=letter.utc_offset,
            received_at=None,
            accepted_at=None,
            urgency=Urgency.NORMAL,
            in_reply_to=None,
            recipients=(),
            attachments=tuple(documents),
            is_brought=True,
            is_read=True,
            imported=ImportedLetter(
                digest=digest,
                head=ImportedHead(
                    sender=letter.sender,
                    recipients=letter.recipients,
                    date=letter.date,
                    is_dated=letter.at is not None,
                    is_encrypted=letter.is_encrypted,
                    is_cut=letter.is_cut,
                ),
                name=name,
                people=tuple(
                    dict.fromkeys(
                        _called(each) for each in others if each.address.casefold() not in self._own
                    )
                )
                or (name,),
            ),
        )

    def _tell(self) -> None:
        tell_conversations(self._session, self._outcome.untold)
        self._outcome.untold.clear()


# --- letters -------------------------------------------------------------------------------------


def _digest_of(letter: ReadLetter) -> Hash:
    """Return what makes a letter this letter, wherever it was saved: not the lines that programs add to its head."""
    pieces = (
        letter.message_id,
        letter.sender,
        letter.recipients,
        letter.date,
        letter.subject,
        letter.text,
    )
    parts = [piece.encode() for piece in pieces] + [part.sha256 for part in letter.parts]
    return sha256(b"".join(len(part).to_bytes(4, "big") + part for part in parts))


def _keep(store: Store, new: NewLetter, letter: ReadLetter) -> list[ConversationId]:
    """Keep a letter in the conversation it belongs to; return which ones have changed."""
    own = _numbered(letter.message_id) if letter.message_id else None
    answered = [_numbered(number) for number in letter.references]
    conversation, gone = store.imported.conversation_for(own, answered, fresh=new.conversation)
    store.messages.add(_in(new, conversation))
    store.imported.keep_numbers(conversation, answered if own is None else [own, *answered])
    return [conversation] if gone is None else [conversation, gone]


def _in(new: NewLetter, conversation: ConversationId) -> NewLetter:
    return dataclasses.replace(new, conversation=conversation)


def _numbered(message_id: str) -> bytes:
    return sha256(message_id.encode())[:_NUMBER_BYTES]


def _seal(session: Session, part: LetterPart, content: bytes) -> StoredAttachment:
    """Encrypt a document; it is on the disk before its letter is."""
    blob, key = BlobId(session.random(16)), session.random(_KEY_BYTES)
    sealed = seal_bytes(key, session.random(STREAM_PREFIX_BYTES), content)
    session.machine.files.put_sealed(blob, sealed)
    return StoredAttachment(
        blob=blob,
        key=key,
        name=part.name,
        media_type=part.media_type,
        size=part.size,
        sha256=part.sha256,
        is_available=True,
        sealed_sha256=sha256(sealed),
    )


def _names(people: Iterable[LetterPerson]) -> str:
    return _cut(", ".join(_called(each) for each in people), MAX_NAME_BYTES)


def _called(person: LetterPerson) -> str:
    return person.name or person.address


def _cut(text: str, most: int) -> str:
    return text.encode(errors="replace")[:most].decode(errors="ignore")


# --- files ---------------------------------------------------------------------------------------


def _files_of(paths: Sequence[str]) -> tuple[list[_File], list[str]]:
    """Return all plain files of what was chosen, each once, in the order of their names, and what could not be read.

    Raises CommandError when it is the chosen one that cannot be read.
    """
    found: dict[Path, _File] = {}
    unread: list[str] = []
    for path in paths:
        chosen = Path(path)
        try:
            is_folder = stat.S_ISDIR(chosen.stat().st_mode)
            if is_folder and not os.access(chosen, os.R_OK | os.X_OK):
                raise PermissionError
            inside = _inside(chosen, unread) if is_folder else [chosen]
        except (OSError, ValueError):
            raise CommandError(Failure.FILE_UNREADABLE, chosen.name) from None
        for each in inside:
            try:
                # A link in a folder may lead anywhere; one that was chosen was meant.
                status = each.lstat() if is_folder else each.stat()
            except OSError:
                unread.append(each.name)
                continue
            if stat.S_ISLNK(status.st_mode) and each.exists():
                unread.append(each.name)
            if not stat.S_ISREG(status.st_mode):
                continue
            if len(found) >= MAX_FILES:
                unread.append(each.name)
            else:
                found.setdefault(
                    each,
                    _File(
                        path=each,
                        size=status.st_size,
                        changed_at=UnixMillis(max(0, status.st_mtime_ns // 1_000_000)),
                    ),
                )
    return list(found.values()), unread


def _inside(folder: Path, unread: list[str]) -> list[Path]:
    """Return what lies in a folder at any depth; the names of folders that cannot be read, or are links, go to `unread`."""
    files: list[Path] = []

    def miss(error: OSError) -> None:
        unread.append(Path(error.filename or folder).name)

    for directory, folders, names in os.walk(folder, onerror=miss):
        folders.sort()
        if {"cur", "new", "tmp"} <= set(folders):
            # A Maildir: what is in tmp is not whole yet.
            folders.remove("tmp")
        unread += [name for name in folders if Path(directory, name).is_symlink()]
        files += [Path(directory, name) for name in sorted(names)]
    return files


def _piece(file: IO[bytes], offset: int, size: int) -> bytes:
    file.seek(offset)
    return file.read(size)
