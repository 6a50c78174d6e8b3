"""multilingual-e5-small as its 4-bit file has it.

The file's layout (little endian), as its writer documents it::

    "E5S1" u32 version | i32 H NL NH FF VOC MAXP TVS | f32 layer_norm_eps | i32 block
    i32 pieces bos eos pad unk | u64 blob_length | u32 offsets[pieces + 1] | f32 scores[pieces] | utf-8 blob
    i32 rules | u32 bytes | the normaliser's rules (not read: they are SentencePiece's nmt_nfkc)
    i32 tensors | per tensor: u16 length, name, u8 type, u32 count, u64 offset, u64 bytes
    tensors: f32 as they are, or Q4_0: blocks of 32 weights as f16 scale + 16 bytes;
             byte j has weight j in its low and weight j + 16 in its high half; weight = (half - 8) * scale

A weight in 4 bits times a 16-bit scale is exact in 32 bits, so nothing more is lost here.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.errors import ModelProblem

_BLOCK = 32
_BLOCK_BYTES = 18


class Shape(NamedTuple):
    """The sizes in the file's header."""

    width: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    types: int


class Span(NamedTuple):
    """Where a tensor lies in the file."""

    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The pieces of the Unigram tokenizer with their log probabilities, and the ids of the special ones."""

    pieces: tuple[str, ...]
    scores: NDArray[np.float32]
    bos: int
    eos: int
    pad: int
    unknown: int


@dataclass(frozen=True, slots=True)
class QuantisedModel:
    """A parsed file; ``buffer`` is the file itself."""

    shape: Shape
    epsilon: float
    vocabulary: Vocabulary
    spans: Mapping[str, Span]
    buffer: mmap.mmap

    def tensor(self, name: str, *shape: int) -> NDArray[np.float32]:
        """The tensor ``name`` in 32 bits, of ``shape``. Raises ModelProblem where it has another size."""
        span = self.spans[name]
        size = int(np.prod(shape))
        if span.length == size * 4:
            return np.frombuffer(self.buffer, "<f4", size, span.offset).reshape(shape).astype(np.float32)
        if span.length != size // _BLOCK * _BLOCK_BYTES:
            raise ModelProblem(f"The tensor {name} of the 4-bit file is not {shape}. Fetch the file again.")
        blocks = np.frombuffer(self.buffer, np.uint8, span.length, span.offset).reshape(-1, _BLOCK_BYTES)
        return dequantise(blocks).reshape(shape)


def dequantise(blocks: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Q4_0 blocks ``[n, 18]`` to weights ``[n, 32]``."""
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    halves = blocks[:, 2:]
    weights = np.empty((len(blocks), _BLOCK), np.float32)
    weights[:, :16] = (halves & 15).astype(np.float32) - 8
    weights[:, 16:] = (halves >> 4).astype(np.float32) - 8
    weights *= scales
    return weights


class _Reader:
    """Reads little-endian numbers one after the other."""

    def __init__(self, buffer: mmap.mmap) -> None:
        self.buffer = buffer
        self.at = 0

    def numbers(self, form: str) -> tuple[int, ...]:
        values = struct.unpack_from("<" + form, self.buffer, self.at)
        self.at += struct.calcsize("<" + form)
        return values

    def number(self, form: str) -> float:
        return self.numbers(form)[0]

    def integer(self, form: str) -> int:
        return self.numbers(form)[0]

    def take(self, length: int) -> bytes:
        self.at += length
        return self.buffer[self.at - length : self.at]


def parse(path: Path) -> QuantisedModel:
    """Read the header, vocabulary and directory of a 4-bit file. Raises ModelProblem where it is not one."""
    try:
        with path.open("rb") as file:
            buffer = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        return _parse(_Reader(buffer))
    except (OSError, ValueError, struct.error, UnicodeDecodeError, KeyError) as error:
        raise ModelProblem(
            f"{path} is not a 4-bit e5 file ({type(error).__name__}). Run `hotline models prepare e5-small` again."
        ) from error


def _parse(reader: _Reader) -> QuantisedModel:
    if reader.take(4) != b"E5S1":
        raise ValueError("magic")
    reader.integer("I")
    shape = Shape(*reader.numbers("7i"))
    epsilon = reader.number("f")
    if reader.integer("i") != _BLOCK:
        raise ValueError("block")
    vocabulary = _vocabulary(reader)
    _, rules = reader.numbers("iI")
    reader.take(rules)
    spans = {}
    for _ in range(reader.integer("i")):
        name = reader.take(reader.integer("H")).decode()
        reader.numbers("BI")
        spans[name] = Span(*reader.numbers("QQ"))
    return QuantisedModel(shape, epsilon, vocabulary, spans, reader.buffer)


def _vocabulary(reader: _Reader) -> Vocabulary:
    count, bos, eos, pad, unknown = reader.numbers("5i")
    length = reader.integer("Q")
    offsets = np.frombuffer(reader.take(4 * (count + 1)), "<u4")
    scores = np.frombuffer(reader.take(4 * count), "<f4").astype(np.float32)
    blob = reader.take(length)
    pieces = tuple(blob[a:b].decode() for a, b in pairwise(offsets))
    return Vocabulary(pieces, scores, bos, eos, pad, unknown)
