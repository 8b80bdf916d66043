# SPDX-License-Identifier: AGPL-3.0-or-later
"""When the desktop may speak, and how it is made to."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from app.window.preferences import Notices, Preferences
from app.window.presence.notices import BusAnnouncer
from tests.fakes.private_bus import private_bus

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

PARIS = ZoneInfo("Europe/Paris")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026; the 22nd is a Sunday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("moment", "is_quiet"),
    [
        (at(23, 7, 29), True),
        (at(23, 7, 30), False),
        (at(23, 19, 59), False),
        (at(23, 20), True),
        (at(23, 0), True),
    ],
)
def test_nights_are_quiet_over_midnight(moment: datetime, is_quiet: bool) -> None:
    assert Notices().is_quiet(moment) is is_quiet


def test_quiet_hours_may_lie_within_a_day_or_not_be_at_all() -> None:
    midday = Notices(quiet_from=12 * 60, quiet_until=14 * 60)
    assert [midday.is_quiet(at(23, hour)) for hour in (11, 12, 13, 14)] == [
        False,
        True,
        True,
        False,
    ]
    assert not Notices(is_quiet_at_night=False).is_quiet(at(23, 3))


def test_sundays_and_silence_are_choices() -> None:
    assert Notices(is_quiet_on_sundays=True).is_quiet(at(22, 12))
    assert not Notices(is_quiet_on_sundays=True).is_quiet(at(23, 12))
    assert Notices(is_wanted=False, is_quiet_at_night=False).is_quiet(at(23, 12))


def test_choices_are_kept_and_nonsense_is_the_default(tmp_path: Path) -> None:
    chosen = Notices(
        is_wanted=False,
        names_sender=True,
        is_quiet_at_night=False,
        quiet_from=5,
        quiet_until=1439,
        is_quiet_on_sundays=True,
    )
    Preferences(tmp_path).notices = chosen
    assert Preferences(tmp_path).notices == chosen
    (tmp_path / "window.ini").write_text("[General]\nquiet-from=1440\nquiet-until=-1\n")
    assert Preferences(tmp_path).notices == Notices()


def test_a_desktop_without_a_tray_shows_the_notice_in_the_place_of_the_last(
    tmp_path: Path, qtbot: QtBot
) -> None:
    with private_bus(tmp_path) as bus:
        announcer = BusAnnouncer(bus.address)
        announcer.announce("U-HealthSec", "1 courrier reçu")
        qtbot.waitUntil(lambda: len(bus.notices) == 1)
        announcer.announce("U-HealthSec", "2 courriers reçus")
        qtbot.waitUntil(lambda: len(bus.notices) == 2)
        announcer.stop()
    assert [(notice[1], notice[3], notice[4]) for notice in bus.notices] == [
        (0, "U-HealthSec", "1 courrier reçu"),
        (1, "U-HealthSec", "2 courriers reçus"),
    ]


def test_a_desktop_that_shows_nothing_is_no_trouble(tmp_path: Path) -> None:
    announcer = BusAnnouncer(f"unix:path={tmp_path / 'nobody'}")
    announcer.announce("U-HealthSec", "1 courrier reçu")
    announcer.stop()
    assert announcer._thread is not None
    announcer._thread.join(5)
    assert not announcer._thread.is_alive()
