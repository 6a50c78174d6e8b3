"""Writes one router over another until it is killed; run by test_whole_folder.py."""

from __future__ import annotations

import sys
from pathlib import Path

from models.weights.whole_folder import replacing


def main() -> None:
    """Arguments: the folder, and ``plain`` for a file system that cannot exchange two folders."""
    folder, plain = Path(sys.argv[1]), sys.argv[2] == "plain"
    version = 0
    while True:
        version += 1
        with replacing(folder, (lambda _first, _second: False) if plain else None) as fresh:
            (fresh / "encoder").mkdir()
            for name in ("router.json", "weights.npz", "encoder/model.onnx"):
                (fresh / name).write_text(f"{version}", encoding="utf-8")
        sys.stdout.write(f"{version}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
