# SPDX-License-Identifier: AGPL-3.0-or-later
"""One draft in the vault: keeps what was written and takes documents in, one after the other."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.interface.command import Command
from app.interface.failures import Failure
from app.interface.writing import (
    AttachBytes,
    AttachFile,
    AttachFromLetter,
    CancelAttaching,
    DraftDocument,
    DraftId,
    SaveDraft,
)
from app.window.aside import aside

if TYPE_CHECKING:
    from app.interface.writing import DraftContent, DraftView
    from app.window.bridge import Bridge


@dataclass(frozen=True, slots=True, kw_only=True)
class Attaching:
    """A document that is being encrypted into the draft: how far it is, and how many come after it."""

    name: str = field(repr=False)
    done: int = 0
    total: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """A document that is to be taken in, perhaps one that has to be made first."""

    name: str = field(repr=False)
    command: Callable[[DraftId, bytes], Command[DraftDocument]] = field(repr=False)
    make: Callable[[], bytes] | None = field(default=None, repr=False)


class DraftKeeper(QObject):
    """Saves one after the other, so that nothing older overwrites something newer.

    Signals:
        kept(DraftView): what was given is in the vault.
        not_kept(Failure, str): it is not; whoever gave it still has it.
        attached(DraftDocument): a document is in the draft.
        attaching_changed(): `attaching` is another one.
        not_attached(str, Failure, str): a document, by its name, is not.
        ended(): nothing is under way any more.
    """

    kept = Signal(object)
    not_kept = Signal(object, str)
    attached = Signal(object)
    attaching_changed = Signal()
    not_attached = Signal(str, object, str)
    ended = Signal()

    def __init__(
        self, bridge: Bridge, draft: DraftId | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.draft = draft
        self.attaching: Attaching | None = None
        self._content: DraftContent | None = None
        """What is to be saved next."""
        self._is_saving = False
        self._then: list[Callable[[], None]] = []
        self._wishes: deque[_Wish] = deque()
        self._making: _Wish | None = None
        """What a thread is making now."""

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way."""
        return not (self._is_saving or self._content or self.attaching or self._then)

    @property
    def is_saving(self) -> bool:
        """Whether something that was given to keep is not known to be in the vault yet."""
        return self._is_saving or self._content is not None

    @property
    def unfinished(self) -> tuple[str, ...]:
        """The names of documents that are not in the draft yet."""
        current = () if self.attaching is None else (self.attaching.name,)
        waiting = tuple(each.name for each in self._wishes)
        # Before the draft has its number, the first one is shown and waits.
        return waiting if current == waiting[:1] else (*current, *waiting)

    def keep(self, content: DraftContent, then: Callable[[], None] | None = None) -> None:
        """Put what was written into the vault; `then` is called once it is there, and not otherwise."""
        self._content = content
        if then is not None:
            self._then.append(then)
        self._save()

    def attach_file(self, path: str, content: DraftContent) -> None:
        """Take a file in, as it is now."""
        name = path.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
        self._wish(
            _Wish(name=name, command=lambda draft, _: AttachFile(draft=draft, path=path)), content
        )

    def attach_made(self, name: str, make: Callable[[], bytes], content: DraftContent) -> None:
        """Take in what `make` makes on a thread: from this moment on it belongs to this draft, and sending waits."""

        def command(draft: DraftId, made: bytes) -> AttachBytes:
            return AttachBytes(draft=draft, name=name, content=made)

        self._wish(_Wish(name=name, command=command, make=make), content)

    def attach_from_letter(self, ask: AttachFromLetter, name: str, content: DraftContent) -> None:
        """Take a document of a letter in; the draft in `ask` is left out of account."""
        self._wish(_Wish(name=name, command=lambda draft, _: replace(ask, draft=draft)), content)

    def cancel_attaching(self) -> None:
        """Take nothing more in; the document under way is given up."""
        self._wishes.clear()
        if self._making is not None:
            # Whatever comes of it, nobody wants it any more.
            self._making = None
            self._attach_next()
        elif self.attaching is not None:
            self._show(replace(self.attaching, waiting=0))
            if self.draft is not None:
                self._bridge.request(
                    self, CancelAttaching(draft=self.draft), lambda _: None, lambda *_: None
                )

    def _wish(self, wish: _Wish, content: DraftContent) -> None:
        self._wishes.append(wish)
        if self.attaching is not None:
            self._show(replace(self.attaching, waiting=len(self._wishes)))
        elif self.draft is None:
            self._show(Attaching(name=wish.name, waiting=len(self._wishes) - 1))
            self.keep(content, self._attach_next)
        else:
            self._attach_next()

    def _attach_next(self) -> None:
        if not self._wishes or self.draft is None:
            self._show(None)
            self._tell_end()
            return
        wish = self._wishes.popleft()
        self._show(Attaching(name=wish.name, waiting=len(self._wishes)))
        if wish.make is None:
            self._attach(wish, b"")
            return
        self._making = wish
        aside(wish.make, self, lambda made: self._take_made(wish, made))

    def _take_made(self, wish: _Wish, made: bytes) -> None:
        if self._making is wish:
            self._making = None
            self._attach(wish, made)

    def _attach(self, wish: _Wish, made: bytes) -> None:
        def on_reply(document: DraftDocument) -> None:
            self.attached.emit(document)
            self._attach_next()

        def on_failure(failure: Failure, detail: str) -> None:
            if failure is Failure.ENGINE_GONE:
                self._wishes.clear()
            elif failure is not Failure.ATTACHING_CANCELLED:
                self.not_attached.emit(wish.name, failure, detail)
            self._attach_next()

        if self.draft is None:
            self._attach_next()
            return
        command = wish.command(self.draft, made)
        self._bridge.request(self, command, on_reply, on_failure, self._progress)

    def _progress(self, done: int, total: int) -> None:
        if self.attaching is not None:
            self._show(replace(self.attaching, done=done, total=total))

    def _show(self, attaching: Attaching | None) -> None:
        if attaching != self.attaching:
            self.attaching = attaching
            self.attaching_changed.emit()

    def _save(self) -> None:
        if self._is_saving:
            return
        if self._content is None:
            then, self._then = self._then, []
            for each in then:
                each()
            self._tell_end()
            return
        content, self._content = self._content, None
        self._is_saving = True

        def on_reply(view: DraftView) -> None:
            self._is_saving = False
            self.draft = view.draft
            self.kept.emit(view)
            self._save()

        def on_failure(failure: Failure, detail: str) -> None:
            self._is_saving = False
            if failure is Failure.UNKNOWN_DRAFT and self.draft is not None:
                # It was removed elsewhere, and somebody goes on writing: it is there again.
                self.draft = None
                self._content = self._content or content
                self._save()
                return
            if self._content is not None:
                # What was written since is to be kept in any case; if that fails too, it is told then.
                self._save()
                return
            self._then.clear()
            self._wishes.clear()
            self._show(None)
            self.not_kept.emit(failure, detail)
            self._tell_end()

        self._bridge.request(
            self, SaveDraft(draft=self.draft, content=content), on_reply, on_failure
        )

    def _tell_end(self) -> None:
        if self.is_idle:
            self.ended.emit()
