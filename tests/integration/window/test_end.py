# SPDX-License-Identifier: AGPL-3.0-or-later
"""The window's process ends by itself, without a fault, also after its window was replaced by another one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
PROGRAM = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from app.paths import prepare_profile
from app.window import desk, main

class Desk(desk.Desk):
    def start(self):
        super().start()
        self.first = self.window
        self.look = QTimer(self, interval=20)
        self.look.timeout.connect(self.go_on)
        self.look.start()

    def go_on(self):
        if not self.window.isVisible():
            return
        if self.window is self.first:
            self.show_as(text_scale=1.5)
        else:
            self.look.stop()
            print("shown", self.theme.text_scale)
            self.window.close()

main.Desk = Desk
sys.exit(main.run(prepare_profile(Path(sys.argv[1])), screenshot_dir=None))
"""


def test_a_window_whose_text_was_made_larger_ends_without_a_fault(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path / "profile")],
        cwd=ROOT,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "shown 1.5\n"), done.stderr
