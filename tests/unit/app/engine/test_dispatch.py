# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every command has its case, and every expected exception its meaning."""

from __future__ import annotations

import inspect

import pytest

from app.engine import dispatch
from app.engine.ports import files as file_errors
from app.engine.ports import vault as vault_errors
from app.engine.ports.relay import RelayRefusedError, RelayUnreachableError, SignInNeededError
from app.engine.ports.security_keys import KeyTrouble, SecurityKeyError
from app.engine.tokens import Ended
from app.interface.commands import COMMANDS, ShowStatus
from app.interface.failures import Failure
from crypto_core.errors import VaultKeyError, WrongPassphraseError
from crypto_core.wire.relay_api import ProblemCode


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.__name__)
def test_every_command_has_its_case(command: type) -> None:
    source = inspect.getsource(dispatch.Engine)
    assert (f"case {command.__name__}():" in source) != (command in dispatch._HANDLERS)


@pytest.mark.parametrize("ports", [file_errors, vault_errors])
def test_every_error_of_a_port_has_a_meaning(ports: object) -> None:
    errors = [
        each
        for each in vars(ports).values()
        if isinstance(each, type) and issubclass(each, Exception)
    ]
    assert errors
    for error in errors:
        assert dispatch._failure(ShowStatus(), error()).failure is not Failure.BUG


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (WrongPassphraseError(), Failure.WRONG_PASSPHRASE),
        (VaultKeyError(), Failure.OUT_OF_MEMORY),
        (vault_errors.VaultInUseError(), Failure.PROFILE_IN_USE),
        (vault_errors.VaultNewerError(), Failure.PROFILE_NEWER),
        (vault_errors.VaultDamagedError(), Failure.PROFILE_DAMAGED),
        (vault_errors.DiskFullError(), Failure.DISK_FULL),
        (vault_errors.OsSecretMissingError(), Failure.OS_SECRET_MISSING),
        (file_errors.FileChangedError("a.pdf"), Failure.FILE_CHANGED),
        (file_errors.FileIsFolderError("scans"), Failure.FILE_IS_FOLDER),
        (RelayUnreachableError(), Failure.RELAY_UNREACHABLE),
        (RelayRefusedError(ProblemCode.CLOCK_SKEW), Failure.CLOCK_WRONG),
        (RelayRefusedError(ProblemCode.MALFORMED), Failure.RELAY_REFUSED),
        (ZeroDivisionError(), Failure.BUG),
    ],
)
def test_what_an_exception_means(error: Exception, failure: Failure) -> None:
    assert dispatch._failure(ShowStatus(), error).failure is failure


@pytest.mark.parametrize("trouble", KeyTrouble)
def test_every_trouble_with_a_security_key_has_a_meaning(trouble: KeyTrouble) -> None:
    failure = dispatch._failure(ShowStatus(), SecurityKeyError(trouble)).failure
    if trouble is KeyTrouble.OTHER_SITE:
        assert failure is Failure.RELAY_UNTRUSTED
    else:
        assert failure.value == f"security-key-{trouble.value}"


@pytest.mark.parametrize(
    ("ended", "failure"),
    [
        (Ended.COPIED, Failure.PROFILE_COPIED),
        (Ended.DOUBTED, Failure.SIGN_IN_NEEDED),
        (Ended.OVER, Failure.SIGN_IN_NEEDED),
    ],
)
def test_why_a_session_ended_decides_what_is_told(ended: Ended, failure: Failure) -> None:
    assert dispatch._failure(ShowStatus(), SignInNeededError(ended.value)).failure is failure


def test_a_file_is_named_in_its_failure() -> None:
    assert dispatch._failure(ShowStatus(), file_errors.FileChangedError("a.pdf")).detail == "a.pdf"
