# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a scripted engine answers about the folders of practice software. Imports the interface only."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from app.interface.events import FoldersChanged
from app.interface.failures import CommandError, Failure
from app.interface.folders import (
    FolderResult,
    FolderSettings,
    FolderState,
    FolderVerdict,
    FolderWay,
    ResultFile,
    RunFolders,
    ShowFolders,
    VerifyFolderResult,
    WatchFolders,
)
from crypto_core.wire.ids import DeviceId

if TYPE_CHECKING:
    from tests.fakes.scripted_engine import Practice
    from tests.fakes.scripted_owner import Handler


class ScriptedFolders:
    """Folders that a test fills by writing `state`."""

    def __init__(self, practice: Practice) -> None:
        self._practice = practice
        self.is_allowed = True
        self.state = FolderState(
            settings=FolderSettings(folder=""),
            trouble=None,
            waiting=0,
            sent=0,
            received=0,
            refused_count=0,
            refused=(),
        )

    def handlers(self) -> dict[type, Handler]:
        """Return what is done for each command."""
        return {
            ShowFolders: lambda _c, _p: self.state,
            RunFolders: lambda _c, _p: self.state,
            WatchFolders: lambda c, _p: self._watch(c),
            VerifyFolderResult: lambda c, _p: self._verify(c),
        }

    def become(self, state: FolderState) -> None:
        """Something went through the folders."""
        self.state = state
        self._practice.tell(FoldersChanged())

    def _watch(self, command: WatchFolders) -> FolderState:
        if not self.is_allowed:
            raise CommandError(Failure.FOLDER_INVALID)
        self.state = replace(self.state, settings=command.settings, trouble=None)
        self._practice.tell(FoldersChanged())
        return self.state

    def _verify(self, command: VerifyFolderResult) -> FolderVerdict:
        if not command.path.endswith(".uhs.json"):
            raise CommandError(Failure.RESULT_INVALID)
        result = FolderResult(
            way=FolderWay.RECEIVED,
            account="uhs:" + "a" * 32,
            device=DeviceId(bytes(16)),
            at=self._practice.now,
            message=None,
            files=(ResultFile(name="bilan.pdf", size=3, sha256=bytes(32)),),
            people=(),
            state=None,
            trouble=None,
            detail="",
        )
        return FolderVerdict(result=result, changed=(), missing=("bilan.pdf",))
