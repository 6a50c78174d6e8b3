from __future__ import annotations

import subprocess
import sys


def test_the_service_is_imported_without_torch_or_its_relatives() -> None:
    program = (
        "import api.app, copilot.assembly, sys;"
        "print([m for m in ('torch', 'transformers', 'sentence_transformers', 'sklearn') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
