"""What the processor at hand can compute fast, found out without risking this process."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path

# A processor may name the instruction and still die of it under some kernels, so another process tries.
_TRIAL = "import torch; a = torch.ones(64, 64, dtype=torch.bfloat16); print(float((a @ a).sum()))"
_PATIENCE = 120.0  # seconds; importing torch takes ten where nothing else runs


def best_device() -> str:
    """``cuda`` where there is a GPU that torch can use, else ``cpu``."""
    import torch  # noqa: PLC0415 - training only

    return "cuda" if torch.cuda.is_available() else "cpu"


@cache
def computes_halves(device: str) -> bool:
    """Whether bfloat16 products work here and in hardware: they make training two to three times faster."""
    import torch  # noqa: PLC0415 - training only

    if device != "cpu":
        return bool(torch.cuda.is_bf16_supported())
    if "avx512_bf16" not in _processor_flags() and "amx_bf16" not in _processor_flags():
        return False
    return ends_well(_TRIAL)


def ends_well(program: str, patience: float = _PATIENCE) -> bool:
    """Whether the Python text ``program`` ends without a fault in a process of its own within ``patience`` seconds."""
    try:
        trial = subprocess.run(  # noqa: S603 - this very interpreter and a text of our own
            [sys.executable, "-c", program], capture_output=True, timeout=patience, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return trial.returncode == 0


def _processor_flags() -> frozenset[str]:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return frozenset()
    line = next((line for line in lines if line.startswith("flags")), "")
    return frozenset(line.partition(":")[2].split())
