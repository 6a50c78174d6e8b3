from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from models.errors import ModelProblem
from models.weights.e5_file import dequantise, parse


def test_four_bit_blocks_become_the_weights_they_stand_for() -> None:
    block = np.frombuffer(struct.pack("<e", 0.5) + bytes(range(16)), np.uint8).reshape(1, 18)
    weights = dequantise(block)
    assert weights.shape == (1, 32)
    assert weights[0, :16].tolist() == [0.5 * (low - 8) for low in range(16)]
    assert weights[0, 16:].tolist() == [-4.0] * 16


@pytest.mark.parametrize("content", [b"E5S2" + bytes(100), b"E5S1", b"not weights at all"])
def test_another_file_is_refused_with_what_to_do(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "e5.bin").write_bytes(content)
    with pytest.raises(ModelProblem, match="hotline models prepare e5-small"):
        parse(tmp_path / "e5.bin")
