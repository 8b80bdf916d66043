# SPDX-License-Identifier: AGPL-3.0-or-later
"""Takes rights away from the process that reads documents, before it sees the first byte of one.

In two steps, because libraries have to be loaded in between: `confine` leaves nothing but reading the
program's own folders, `seal` not even that. Each barrier stands alone, so that a kernel without one still
has the others; both functions say which of them stand. Imports the standard library only.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import sys
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

if sys.platform != "win32":
    import resource

MEMORY_BYTES: Final = 1536 * 1024 * 1024
"""Address space of a reader: what a library takes for itself, and four times the largest file."""
CPU_SECONDS: Final = 300
_OPEN_FILES: Final = 32


class Barrier(IntEnum):
    """What keeps a reader from doing harm."""

    LIMITS = 1
    """Memory, processor time, processes, open files, files written (setrlimit)."""
    NO_NEW_PRIVILEGES = 2
    NAMESPACES = 3
    """A network without any interface, and no rights over it."""
    LANDLOCK = 4
    """Files: at first the program's own only, to be read; then none."""
    LANDLOCK_NETWORK = 5
    """TCP ports; abstract sockets and signals to others, where the kernel knows them."""
    SYSTEM_CALLS = 6
    """A list of what the kernel may be asked for at all (seccomp); everything else is refused."""


def confine(readable: Iterable[Path]) -> frozenset[Barrier]:
    """Leave this process what loading libraries from these folders needs; return what stands."""
    folders = tuple(readable)
    standing = set()
    if sys.platform == "linux":
        _end_with_parent()
        standing |= _in_own_namespaces()
    standing |= _within_limits(_OPEN_FILES)
    if sys.platform == "linux":
        standing |= _without_new_privileges()
        standing |= _within_folders(folders)
        standing |= _filtered(is_sealed=False)
    return frozenset(standing)


def seal() -> frozenset[Barrier]:
    """Take the rest: from now on no file can be opened, and no memory be made executable."""
    standing = set()
    if sys.platform == "linux":
        standing |= _within_folders(())
    # The standard streams and what is open stays open.
    standing |= _within_limits(0)
    if sys.platform == "linux":
        standing |= _filtered(is_sealed=True)
    return frozenset(standing)


def program_folders() -> tuple[Path, ...]:
    """Where the program's own modules and libraries are, and those of the system that they need."""
    if getattr(sys, "frozen", False):
        own = [Path(sys.executable).parent, Path(getattr(sys, "_MEIPASS", sys.executable))]
    else:
        # An installation for development has its packages elsewhere than on the path.
        package = Path(__file__).resolve().parents[2]
        own = [package, package.parent / "crypto_core", *(Path(each) for each in sys.path if each)]
    system = [Path(sys.base_prefix) / "lib", Path("/lib"), Path("/lib64"), Path("/usr/lib")]
    return (*own, *system, Path("/usr/lib64"), Path("/etc/ld.so.cache"))


# --- limits --------------------------------------------------------------------------------------


def _within_limits(open_files: int) -> set[Barrier]:
    if sys.platform == "win32":
        return set()
    wanted = {
        resource.RLIMIT_AS: MEMORY_BYTES,
        resource.RLIMIT_CPU: CPU_SECONDS,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: open_files,
        resource.RLIMIT_NPROC: 0,
        resource.RLIMIT_CORE: 0,
    }
    done = set()
    for limit, value in wanted.items():
        try:
            resource.setrlimit(limit, (value, value))
        except (OSError, ValueError):
            continue
        done.add(limit)
    return {Barrier.LIMITS} if done == wanted.keys() else set()


# --- Linux ---------------------------------------------------------------------------------------

_PR_SET_PDEATHSIG: Final = 1
_PR_SET_DUMPABLE: Final = 4
_PR_SET_SECCOMP: Final = 22
_PR_SET_NO_NEW_PRIVS: Final = 38
_SIGKILL: Final = 9
_CLONE_NEWIPC: Final = 0x08000000
_CLONE_NEWUSER: Final = 0x10000000
_CLONE_NEWNET: Final = 0x40000000
_CAPABILITY_VERSION: Final = 0x20080522


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _prctl(option: int, value: int, pointer: object = 0) -> bool:
    zero = ctypes.c_ulong(0)
    done = _libc().prctl(ctypes.c_int(option), ctypes.c_ulong(value), pointer or zero, zero, zero)
    return bool(done == 0)


def _end_with_parent() -> None:
    """Have the kernel kill this process with its parent, and let nobody look into its memory."""
    _prctl(_PR_SET_PDEATHSIG, _SIGKILL)
    _prctl(_PR_SET_DUMPABLE, 0)


def _without_new_privileges() -> set[Barrier]:
    return {Barrier.NO_NEW_PRIVILEGES} if _prctl(_PR_SET_NO_NEW_PRIVS, 1) else set()


def _in_own_namespaces() -> set[Barrier]:
    """Leave the network. Some systems forbid this to ordinary users; the system calls stay filtered then."""
    libc = _libc()
    if libc.unshare(ctypes.c_int(_CLONE_NEWUSER | _CLONE_NEWNET | _CLONE_NEWIPC)) != 0:
        return set()
    # The new namespace made this process its master, which it has no use for.
    head = ctypes.create_string_buffer(struct.pack("=Ii", _CAPABILITY_VERSION, 0))
    nothing = ctypes.create_string_buffer(bytes(24))
    return {Barrier.NAMESPACES} if libc.capset(head, nothing) == 0 else set()


# Landlock (Documentation/userspace-api/landlock.rst); its numbers are the same on every architecture.
_LANDLOCK_CREATE: Final = 444
_LANDLOCK_ADD: Final = 445
_LANDLOCK_RESTRICT: Final = 446
_LANDLOCK_VERSION: Final = 1
_LANDLOCK_PATH: Final = 1
_READ_FILE: Final = 1 << 2
_READ_FOLDER: Final = 1 << 3
_RIGHTS_SINCE: Final = {1: 13, 2: 14, 3: 15, 5: 16}
"""How many kinds of rights over files the versions know."""


def _within_folders(folders: Sequence[Path]) -> set[Barrier]:
    """Allow reading below these folders, and nothing else that has to do with files or ports."""
    libc = _libc()
    libc.syscall.restype = ctypes.c_long
    version = libc.syscall(
        ctypes.c_long(_LANDLOCK_CREATE),
        None,
        ctypes.c_size_t(0),
        ctypes.c_uint32(_LANDLOCK_VERSION),
    )
    if version < 1:
        return set()
    rights = (1 << max(count for since, count in _RIGHTS_SINCE.items() if since <= version)) - 1
    attributes = struct.pack("=Q", rights)
    if version >= 4:
        attributes += struct.pack("=Q", 0b11)
    if version >= 6:
        attributes += struct.pack("=Q", 0b11)
    ruleset = libc.syscall(
        ctypes.c_long(_LANDLOCK_CREATE),
        ctypes.create_string_buffer(attributes, len(attributes)),
        ctypes.c_size_t(len(attributes)),
        ctypes.c_uint32(0),
    )
    if ruleset < 0:
        return set()
    try:
        for folder in folders:
            _allow_reading(libc, ruleset, folder)
        restricted = libc.syscall(
            ctypes.c_long(_LANDLOCK_RESTRICT), ctypes.c_int(ruleset), ctypes.c_uint32(0)
        )
    finally:
        os.close(ruleset)
    if restricted != 0:
        return set()
    return {Barrier.LANDLOCK} | ({Barrier.LANDLOCK_NETWORK} if version >= 4 else set())


def _allow_reading(libc: ctypes.CDLL, ruleset: int, folder: Path) -> None:
    try:
        place = os.open(folder, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        rights = _READ_FILE | (_READ_FOLDER if folder.is_dir() else 0)
        rule = ctypes.create_string_buffer(struct.pack("=Qi", rights, place), 12)
        libc.syscall(
            ctypes.c_long(_LANDLOCK_ADD),
            ctypes.c_int(ruleset),
            ctypes.c_int(_LANDLOCK_PATH),
            rule,
            ctypes.c_uint32(0),
        )
    finally:
        os.close(place)


# Seccomp: name of a system call, its number on x86-64 and on 64-bit ARM (-1: there is none).
_ALWAYS: Final = {
    "read": (0, 63),
    "write": (1, 64),
    "close": (3, 57),
    "fstat": (5, 80),
    "lseek": (8, 62),
    "munmap": (11, 215),
    "brk": (12, 214),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "mremap": (25, 216),
    "madvise": (28, 233),
    "getpid": (39, 172),
    "exit": (60, 93),
    "gettimeofday": (96, 169),
    "getrusage": (98, 165),
    "sysinfo": (99, 179),
    "times": (100, 153),
    "sigaltstack": (131, 132),
    "gettid": (186, 178),
    "time": (201, -1),
    "futex": (202, 98),
    "sched_getaffinity": (204, 123),
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "exit_group": (231, 94),
    "getrandom": (318, 278),
}
_WHILE_LOADING: Final = {
    "stat": (4, -1),
    "lstat": (6, -1),
    "pread64": (17, 67),
    "access": (21, -1),
    "uname": (63, 160),
    "fcntl": (72, 25),
    "getcwd": (79, 17),
    "readlink": (89, -1),
    "getuid": (102, 174),
    "getgid": (104, 176),
    "geteuid": (107, 175),
    "getegid": (108, 177),
    "prctl": (157, 167),
    "getdents64": (217, 61),
    "newfstatat": (262, 79),
    "readlinkat": (267, 78),
    "faccessat": (269, 48),
    "set_robust_list": (273, 99),
    "prlimit64": (302, 261),
    "statx": (332, 291),
    "faccessat2": (439, 439),
    "landlock_create_ruleset": (_LANDLOCK_CREATE, _LANDLOCK_CREATE),
    "landlock_add_rule": (_LANDLOCK_ADD, _LANDLOCK_ADD),
    "landlock_restrict_self": (_LANDLOCK_RESTRICT, _LANDLOCK_RESTRICT),
}
_WRITING: Final = 0o1 | 0o2 | 0o100 | 0o1000 | 0o2000 | 0o20000000
"""O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_APPEND, O_TMPFILE."""
_EXECUTABLE: Final = 4
_ARCHITECTURES: Final = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}

_LOAD: Final = 0x20
_JUMP_IF_EQUAL: Final = 0x15
_JUMP_IF_ANY_BIT: Final = 0x45
_RETURN: Final = 0x06
_ALLOW: Final = 0x7FFF0000
_REFUSE: Final = 0x00050000 | 1
"""The call fails with EPERM, as if the person had no right to it."""
_KILL: Final = 0x80000000
_MODE_FILTER: Final = 2


def _filtered(*, is_sealed: bool) -> set[Barrier]:
    architecture = _ARCHITECTURES.get(platform.machine())
    if architecture is None:
        return set()
    program = _program(*architecture, is_sealed=is_sealed)
    code = ctypes.create_string_buffer(program, len(program))
    filter_of = ctypes.create_string_buffer(
        struct.pack("@HP", len(program) // 8, ctypes.addressof(code))
    )
    return {Barrier.SYSTEM_CALLS} if _prctl(_PR_SET_SECCOMP, _MODE_FILTER, filter_of) else set()


def _program(column: int, architecture: int, *, is_sealed: bool) -> bytes:
    """Return the filter: a list of calls that are allowed, a few of them only with harmless arguments."""
    allowed = dict(_ALWAYS)
    checked: dict[str, tuple[tuple[int, int], int, int]] = {
        # Number, which argument, which bits it must not have.
        "mmap": ((9, 222), 2, _EXECUTABLE if is_sealed else 0),
        "mprotect": ((10, 226), 2, _EXECUTABLE if is_sealed else 0),
    }
    if not is_sealed:
        allowed |= _WHILE_LOADING
        checked["open"] = ((2, -1), 1, _WRITING)
        checked["openat"] = ((257, 56), 2, _WRITING)
    steps = [
        _step(_LOAD, 4),
        _step(_JUMP_IF_EQUAL, architecture, if_not=0, if_so=1),
        _step(_RETURN, _KILL),
        _step(_LOAD, 0),
    ]
    for numbers, argument, forbidden in checked.values():
        if numbers[column] < 0:
            continue
        steps += [
            _step(_JUMP_IF_EQUAL, numbers[column], if_so=0, if_not=4),
            # The lower half of the argument, on machines that keep it first.
            _step(_LOAD, 16 + 8 * argument),
            _step(_JUMP_IF_ANY_BIT, forbidden, if_so=0, if_not=1),
            _step(_RETURN, _REFUSE),
            _step(_RETURN, _ALLOW),
        ]
    for numbers in allowed.values():
        if numbers[column] >= 0:
            steps += [
                _step(_JUMP_IF_EQUAL, numbers[column], if_so=0, if_not=1),
                _step(_RETURN, _ALLOW),
            ]
    return b"".join([*steps, _step(_RETURN, _REFUSE)])


def _step(code: int, value: int, *, if_so: int = 0, if_not: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_so, if_not, value)
