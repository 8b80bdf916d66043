# SPDX-License-Identifier: AGPL-3.0-or-later
r"""Prepare the pinned environment of this checkout and run one of its tasks in it.

Uses only the standard library, so that a fresh clone needs nothing but Python.

How ``packaging/requirements.lock`` is made, after a change of dependencies in ``pyproject.toml``::

    uv pip compile pyproject.toml --extra relay --group build --group lint --group test \
        --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
        --no-emit-find-links --custom-compile-command "see packaging/dev.py" \
        -o packaging/requirements.lock
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

ROOT = Path(__file__).resolve().parent.parent
PYPROJECT = ROOT / "pyproject.toml"
LOCK = ROOT / "packaging" / "requirements.lock"

OLDEST_PYTHON = (3, 11)
NEWEST_PYTHON = (3, 13)

# Kept apart from the exit codes of the tools that run below, which are passed on unchanged.
EXIT_MISSING = 69
EXIT_INSTALL = 75

EXIT_CODES = f"""\
exit codes:
  0    everything the command did succeeded
  2    the command line was not understood
  {EXIT_MISSING}   this computer lacks something; the message names it and what to install
  {EXIT_INSTALL}   the pinned packages could not be installed
  else the exit code of the first tool that failed
"""

# What the wheel of Qt loads from the system: soname, Debian/Ubuntu package, Fedora package.
# The first six are needed even without a screen, the others by a window under X11.
QT_LIBRARIES = (
    ("libGL.so.1", "libgl1", "libglvnd-glx"),
    ("libEGL.so.1", "libegl1", "libglvnd-egl"),
    ("libglib-2.0.so.0", "libglib2.0-0", "glib2"),
    ("libdbus-1.so.3", "libdbus-1-3", "dbus-libs"),
    ("libfontconfig.so.1", "libfontconfig1", "fontconfig"),
    ("libxkbcommon.so.0", "libxkbcommon0", "libxkbcommon"),
    ("libxcb-cursor.so.0", "libxcb-cursor0", "xcb-util-cursor"),
    ("libxcb-icccm.so.4", "libxcb-icccm4", "xcb-util-wm"),
    ("libxcb-keysyms.so.1", "libxcb-keysyms1", "xcb-util-keysyms"),
    ("libxcb-shape.so.0", "libxcb-shape0", "libxcb"),
    ("libxcb-xkb.so.1", "libxcb-xkb1", "libxcb"),
    ("libxkbcommon-x11.so.0", "libxkbcommon-x11-0", "libxkbcommon-x11"),
)

# Runs inside the environment; prints what could not be loaded, one per line.
QT_PROBE = """\
import ctypes, sys
for name in sys.argv[1:]:
    try:
        ctypes.CDLL(name)
    except OSError:
        print(name)
try:
    import PySide6.QtWidgets
except ImportError as error:
    print("PySide6.QtWidgets:", error)
"""

# Programs of the environment with their arguments, in the order from quick to slow.
CHECKS = (
    ("format", ("ruff", "format", "--check", "--quiet")),
    ("lint", ("ruff", "check", "--quiet")),
    ("import contracts", ("lint-imports", "--no-logo")),
    ("types", ("mypy",)),
)

# Tests that start programs of their own, or have a window, often wait: these groups run at once, beside all the
# others, so that no processor is idle before the last of them has ended.
WAITING_TESTS = (
    ("tests/e2e",),
    ("tests/gui",),
    ("tests/integration/relay",),
    ("tests/contract", "tests/integration/engine", "tests/integration/independent_log"),
)


def say(text: str) -> None:
    """Print one line of progress on standard error, which leaves standard output to the task."""
    print(f"dev: {text}", file=sys.stderr, flush=True)


def stop(text: str, code: int) -> NoReturn:
    """End the program with a message for the reader."""
    print(f"\ndev: {text}", file=sys.stderr, flush=True)
    raise SystemExit(code)


# --- the interpreter -----------------------------------------------------------------------------


def use_supported_python(argv: Sequence[str]) -> None:
    """Continue with another interpreter when this one is outside the supported range."""
    if OLDEST_PYTHON <= sys.version_info[:2] <= NEWEST_PYTHON:
        return
    for minor in range(NEWEST_PYTHON[1], OLDEST_PYTHON[1] - 1, -1):
        other = shutil.which(f"python3.{minor}")
        # A version manager may offer a name it cannot run, hence the trial.
        if (
            other
            and subprocess.run([other, "-c", ""], capture_output=True, check=False).returncode == 0
        ):
            hand_over([other, str(Path(__file__).resolve()), *argv], os.environ)
    stop(
        "Python 3.11, 3.12 or 3.13 is needed; this is "
        f"{sys.version.split()[0]} and no other was found.\n"
        "  Debian, Ubuntu:  sudo apt install python3 python3-venv\n"
        "  Fedora:          sudo dnf install python3.13\n"
        "  Windows, macOS:  the installer of python.org",
        EXIT_MISSING,
    )


def hand_over(command: Sequence[str], environment: Mapping[str, str]) -> NoReturn:
    """Let another program take the place of this one, so that signals reach it directly."""
    if os.name == "posix":
        os.execvpe(command[0], list(command), dict(environment))  # noqa: S606 - no shell is wanted
    raise SystemExit(subprocess.call(list(command), env=dict(environment)))


# --- the environment -----------------------------------------------------------------------------


def environment_folder() -> Path:
    """Return the folder of the environment that fits the running interpreter.

    The first version used in a checkout owns ``.venv``, any other one has a folder of its own,
    so that changing between versions rebuilds nothing.
    """
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    folder = ROOT / ".venv"
    owner = environment_version(folder)
    return folder if owner in {None, version} else ROOT / f".venv-{version}"


def environment_version(folder: Path) -> str | None:
    """Return the Python version ("3.11") an environment was made with, or None if there is none."""
    try:
        lines = (folder / "pyvenv.cfg").read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    for line in lines:
        key, _, value = line.partition("=")
        if key.strip() == "version":
            return ".".join(value.strip().split(".")[:2])
    return None


def environment_python(folder: Path) -> Path:
    """Return the interpreter inside an environment."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def wanted_stamp() -> str:
    """Digest all that decides what an environment contains, and where it may stand."""
    import tomllib  # noqa: PLC0415 - missing in the old versions that must still reach the message

    settings = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))
    parts = {
        "build-system": settings["build-system"],
        "project": settings["project"],
        "setuptools": settings.get("tool", {}).get("setuptools"),
        "lock": hashlib.sha256(LOCK.read_bytes()).hexdigest(),
        "python": sys.version_info[:2],
        "root": str(ROOT),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def is_ready(folder: Path, stamp: str) -> bool:
    """Tell whether an environment was installed to its end from exactly these pins."""
    try:
        found = (folder / "installed").read_text(encoding="utf-8")
    except OSError:
        return False
    return found == stamp and environment_python(folder).exists()


def prepare() -> Path:
    """Make the environment if it is missing or out of date; return its interpreter."""
    folder = environment_folder()
    stamp = wanted_stamp()
    if not is_ready(folder, stamp):
        with only_one(ROOT / f"{folder.name}.lock") as held:
            # Another call may have done the work while this one waited.
            if not is_ready(folder, stamp):
                build(folder, stamp, held)
    return environment_python(folder)


@contextmanager
def only_one(path: Path) -> Iterator[tuple[int, ...]]:
    """Hold a lock that the system releases by itself when its holders are gone.

    Yields the descriptors that child processes inherit to hold it as well: an installer that
    outlives a killed dev.py must not meet the next one in the same folder.
    """
    with path.open("a+b") as handle:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 - exists on this system only

            while True:
                try:
                    handle.seek(0)
                    msvcrt.locking(handle.fileno(), msvcrt.LK_LOCK, 1)
                    break
                except OSError:
                    # The call gives up after ten attempts a second apart.
                    say("waiting for another dev.py that is installing")
            yield ()
        else:
            import fcntl  # noqa: PLC0415 - missing on Windows

            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("waiting for another dev.py that is installing")
                fcntl.flock(handle, fcntl.LOCK_EX)
            yield (handle.fileno(),)


def build(folder: Path, stamp: str, held: tuple[int, ...]) -> None:
    """Make an environment from nothing; the stamp is written last, so a killed run is redone."""
    say(f"making {folder.name} with Python {sys.version.split()[0]} (once; a minute or two)")
    started = time.monotonic()
    (folder / "installed").unlink(missing_ok=True)
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(folder)],
        capture_output=True,
        text=True,
        check=False,
        pass_fds=held,
    )
    if made.returncode != 0:
        print(made.stdout + made.stderr, file=sys.stderr)
        stop(
            "Python's module venv could not make an environment.\n"
            "  Debian, Ubuntu:  sudo apt install python3-venv\n"
            "  Fedora:          sudo dnf install python3-pip",
            EXIT_MISSING,
        )
    python = environment_python(folder)
    say("installing the pinned packages")
    install(python, held, "--require-hashes", "--requirement", str(LOCK))
    say("installing this checkout")
    install(python, held, "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    (folder / "installed").write_text(stamp, encoding="utf-8")
    say(f"ready after {time.monotonic() - started:.0f} s")


def install(python: Path, held: tuple[int, ...], *arguments: str) -> None:
    """Run pip; show its words only when it fails."""
    done = subprocess.run(
        [str(python), "-m", "pip", "install", "--disable-pip-version-check", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        # An editable install writes its metadata into the current folder.
        cwd=ROOT,
        pass_fds=held,
    )
    if done.returncode == 0:
        return
    print(done.stdout, file=sys.stderr)
    reason = "pip could not install the pinned packages; its words are above."
    # So pip reports every attempt that did not reach the index.
    if "connection broken by" in done.stdout:
        reason = "no package index could be reached: check the network, then run this again."
    stop(reason, EXIT_INSTALL)


# --- the system libraries ------------------------------------------------------------------------


def require_qt_libraries(python: Path) -> None:
    """End with the names of the packages to install if Qt lacks a library of the system."""
    names = [library[0] for library in QT_LIBRARIES] if sys.platform == "linux" else []
    probe = subprocess.run(
        [str(python), "-c", QT_PROBE, *names], capture_output=True, text=True, check=False
    )
    missing = probe.stdout.splitlines()
    if probe.returncode == 0 and not missing:
        return
    known = [library for library in QT_LIBRARIES if library[0] in missing]
    lines = ["Qt lacks libraries of this system:", *(f"  {line}" for line in missing)]
    if probe.returncode != 0:
        lines.append(probe.stderr.strip() or f"  the trial ended with code {probe.returncode}")
    if known:
        debian = " ".join(dict.fromkeys(library[1] for library in known))
        fedora = " ".join(dict.fromkeys(library[2] for library in known))
        lines.append(f"  Debian, Ubuntu:  sudo apt install {debian}")
        lines.append(f"  Fedora:          sudo dnf install {fedora}")
    stop("\n".join(lines), EXIT_MISSING)


# --- the tasks -----------------------------------------------------------------------------------


def run_all(python: Path, tasks: Iterable[tuple[str, Sequence[str]]]) -> int:
    """Run programs of the environment one after the other, even after a failure.

    Returns the first exit code that is not 0.
    """
    failures = []
    for name, (program, *arguments) in tasks:
        say(name)
        code = subprocess.call([str(python.parent / program), *arguments], cwd=ROOT)
        if code != 0:
            failures.append((name, code))
    if not failures:
        say("all good")
        return 0
    say("failed: " + ", ".join(name for name, _ in failures))
    return failures[0][1]


def keeping_bytecode(python: Path) -> dict[str, str]:
    """Return the environment in which Python keeps what it compiles, beside the installed packages.

    The tests start some hundred programs. Where PYTHONDONTWRITEBYTECODE is set, each would compile all of ours.
    """
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(python.parents[1] / "pycache")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment


def run_tests(python: Path) -> int:
    """Run all tests, several processes at once, and return the first exit code that is not 0.

    What the waiting groups say is shown after the others', which is shown as it comes.
    """
    pytest = [str(python.parent / "pytest")]
    environment = keeping_bytecode(python)
    say("tests, in " + str(len(WAITING_TESTS) + 1) + " groups at once")
    with ExitStack() as stack:
        groups = []
        for folders in WAITING_TESTS:
            said = stack.enter_context(tempfile.TemporaryFile())
            command = [*pytest, "-p", "no:cacheprovider", *folders]
            process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=said, stderr=subprocess.STDOUT
            )
            groups.append((folders, process, said))
        elsewhere = [folder for folders in WAITING_TESTS for folder in folders]
        others = [*pytest, *(f"--ignore={each}" for each in elsewhere)]
        codes = [subprocess.call(others, cwd=ROOT, env=environment)]
        for folders, process, said in groups:
            say("tests of " + ", ".join(folders))
            codes.append(process.wait())
            said.seek(0)
            sys.stdout.write(said.read().decode(errors="replace"))
            sys.stdout.flush()
    return next((code for code in codes if code != 0), 0)


def parse(argv: Sequence[str]) -> tuple[str, list[str]]:
    """Return the task and the arguments to pass on to it."""
    parser = argparse.ArgumentParser(
        prog="dev.py",
        description="Prepare the environment of this checkout and run a task in it.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    tasks = parser.add_subparsers(dest="task", required=True, metavar="TASK")
    for name, text in (
        ("demo", "a relay and two practitioners: letters, a second computer, a lost laptop"),
        ("test", "the checks and all tests; further arguments go to pytest"),
        ("app", "the practitioner's program; further arguments go to it"),
        ("relay", "the relay; further arguments go to it"),
        ("check", "format, lint, types and import contracts only"),
        ("bench", "the benchmarks; further arguments go to them"),
    ):
        # The tasks answer --help themselves, so that dev.py never hides an option of theirs.
        tasks.add_parser(name, help=text, add_help=False)
    chosen, rest = parser.parse_known_args(list(argv))
    if chosen.task == "check" and rest:
        parser.error("check takes no arguments")
    return str(chosen.task), rest


def main(argv: Sequence[str]) -> int:
    """Run one task and return its exit code."""
    use_supported_python(argv)
    task, rest = parse(argv)
    python = prepare()
    if task in {"demo", "test", "app", "bench"}:
        require_qt_libraries(python)
    if task == "check":
        return run_all(python, CHECKS)
    if task == "test":
        if rest:
            return run_all(python, [*CHECKS, ("tests", ("pytest", *rest))])
        checks, tests = run_all(python, CHECKS), run_tests(python)
        return checks or tests
    entry = {
        "demo": [str(ROOT / "packaging" / "demo")],
        "app": ["-m", "app"],
        "relay": ["-m", "relay_server"],
        "bench": ["-m", "tests.benchmarks"],
    }[task]
    # Without -P a folder named "app" in the caller's directory, or the folder of this file, would
    # be searched first. A folder that is run, as the demonstration's, is searched all the same.
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    hand_over([str(python), "-P", *entry, *rest], environment)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        # 128 + SIGINT, as a shell reports it.
        sys.exit(130)
