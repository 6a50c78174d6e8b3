from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_a_process_killed_while_it_changes_the_index_leaves_the_old_or_the_new_one(tmp_path: Path) -> None:
    script = Path(__file__).with_name("killed_index.py")
    command = [sys.executable, str(script), str(tmp_path / "index"), "15"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("15 kills")
