"""multilingual-e5-small from its 4-bit file to a sentence-transformers folder, with numpy alone (no torch).

The file's layout (little endian), as its writer documents it::

    "E5S1" u32 version | i32 H NL NH FF VOC MAXP TVS | f32 layer_norm_eps | i32 block
    i32 pieces bos eos pad unk | u64 blob_length | u32 offsets[pieces + 1] | f32 scores[pieces] | utf-8 blob
    i32 rules | u32 bytes | the normaliser's rules (not read: they are SentencePiece's nmt_nfkc)
    i32 tensors | per tensor: u16 length, name, u8 type, u32 count, u64 offset, u64 bytes
    tensors: f32 as they are, or Q4_0: blocks of 32 weights as f16 scale + 16 bytes;
             byte j has weight j in its low and weight j + 16 in its high half; weight = (half - 8) * scale

A weight in 4 bits times a 16-bit scale is exact in 32 bits, so nothing more is lost here. The model has no pooler.
Model: Wang et al., "Multilingual E5 Text Embeddings" (2024), arXiv:2402.05672.
"""

from __future__ import annotations

import json
import mmap
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.errors import ModelProblem

_BLOCK = 32
_BLOCK_BYTES = 18
_MAX_TOKENS = 512


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
        """The tensor ``name`` in 32 bits, of ``shape``."""
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


_LAYER_MATRICES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
}
_LAYER_NORMS = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}


def tensors(model: QuantisedModel) -> dict[str, NDArray[np.float32]]:
    """The weights under the names of a Hugging Face ``BertModel`` without pooler."""
    width, inner = model.shape.width, model.shape.inner
    found = {
        "embeddings.word_embeddings.weight": model.tensor("emb.word", model.shape.vocabulary, width),
        "embeddings.position_embeddings.weight": model.tensor("emb.pos", model.shape.positions, width),
        "embeddings.token_type_embeddings.weight": _token_types(model),
        "embeddings.LayerNorm.weight": model.tensor("emb.ln.w", width),
        "embeddings.LayerNorm.bias": model.tensor("emb.ln.b", width),
    }
    sizes = {"fi": (inner, width), "fo": (width, inner)}
    for layer in range(model.shape.layers):
        prefix = f"encoder.layer.{layer}."
        for short, name in _LAYER_MATRICES.items():
            rows, columns = sizes.get(short, (width, width))
            found[f"{prefix}{name}.weight"] = model.tensor(f"l{layer}.{short}.w", rows, columns)
            found[f"{prefix}{name}.bias"] = model.tensor(f"l{layer}.{short}.b", rows)
        for short, name in _LAYER_NORMS.items():
            for part in ("weight", "bias"):
                found[f"{prefix}{name}.{part}"] = model.tensor(f"l{layer}.{short}.{part[0]}", width)
    return found


def _token_types(model: QuantisedModel) -> NDArray[np.float32]:
    """The file may leave out the second token type, which one sentence never uses."""
    width = model.shape.width
    rows = model.spans["emb.type"].length // 4 // width
    table = np.zeros((model.shape.types, width), np.float32)
    table[:rows] = model.tensor("emb.type", rows, width)
    return table


def write_folder(source: Path, folder: Path, report: Callable[[int, int], None]) -> None:
    """Convert the 4-bit ``source`` into a sentence-transformers ``folder``; ``report`` gets (done, total) steps."""
    from safetensors.numpy import save_file  # noqa: PLC0415 - only where weights are converted

    steps = 4
    report(0, steps)
    model = parse(source)
    report(1, steps)
    weights = tensors(model)
    report(2, steps)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    report(3, steps)
    _write_tokenizer(model.vocabulary, folder)
    _write_configuration(model, folder)
    model.buffer.close()
    report(4, steps)


def _write_tokenizer(vocabulary: Vocabulary, folder: Path) -> None:
    """XLM-R's tokenizer: SentencePiece Unigram behind the stock ``nmt_nfkc`` rules."""
    from tokenizers import (  # noqa: PLC0415 - only where weights are converted
        AddedToken,
        Regex,
        Tokenizer,
        decoders,
        models,
        normalizers,
        pre_tokenizers,
        processors,
    )

    pairs = [(piece, float(score)) for piece, score in zip(vocabulary.pieces, vocabulary.scores, strict=True)]
    tokenizer = Tokenizer(models.Unigram(pairs, unk_id=vocabulary.unknown, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Precompiled(_nmt_nfkc()), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always", split=False)
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", vocabulary.bos), ("</s>", vocabulary.eos)],
    )
    tokenizer.add_special_tokens(
        [AddedToken(t, special=True, normalized=False) for t in ("<s>", "<pad>", "</s>", "<unk>")]
    )
    if "<mask>" in vocabulary.pieces:
        tokenizer.add_special_tokens([AddedToken("<mask>", special=True, lstrip=True, normalized=False)])
    tokenizer.save(str(folder / "tokenizer.json"))


def _nmt_nfkc() -> bytes:
    """The compiled character map that the sentencepiece package carries."""
    from sentencepiece import (  # noqa: PLC0415 - only where weights are converted
        SentencePieceNormalizer,
        sentencepiece_model_pb2,
    )

    rules = sentencepiece_model_pb2.ModelProto()  # type: ignore[attr-defined]  # made at run time by protobuf
    rules.ParseFromString(SentencePieceNormalizer(rule_name="nmt_nfkc").serialized_model_proto())
    return bytes(rules.normalizer_spec.precompiled_charsmap)


def _write_configuration(model: QuantisedModel, folder: Path) -> None:
    shape = model.shape
    special = {
        "bos_token": "<s>",
        "eos_token": "</s>",
        "sep_token": "</s>",
        "cls_token": "<s>",
        "unk_token": "<unk>",
        "pad_token": "<pad>",
        "mask_token": "<mask>",
    }
    files: dict[str, object] = {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "hidden_size": shape.width,
            "num_hidden_layers": shape.layers,
            "num_attention_heads": shape.heads,
            "intermediate_size": shape.inner,
            "vocab_size": shape.vocabulary,
            "max_position_embeddings": shape.positions,
            "type_vocab_size": shape.types,
            "layer_norm_eps": round(model.epsilon, 14),
            "hidden_act": "gelu",
            "hidden_dropout_prob": 0.1,
            "attention_probs_dropout_prob": 0.1,
            "initializer_range": 0.02,
            "pad_token_id": model.vocabulary.pad,
            "torch_dtype": "float32",
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": _MAX_TOKENS,
            "clean_up_tokenization_spaces": False,
            "model_input_names": ["input_ids", "attention_mask"],
            **special,
        },
        "special_tokens_map.json": special,
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
        ],
        "1_Pooling/config.json": {
            "word_embedding_dimension": shape.width,
            "pooling_mode_cls_token": False,
            "pooling_mode_mean_tokens": True,
            "pooling_mode_max_tokens": False,
            "pooling_mode_mean_sqrt_len_tokens": False,
        },
        "sentence_bert_config.json": {
            "max_seq_length": _MAX_TOKENS,
            "do_lower_case": False,
            "model_args": {"add_pooling_layer": False},
        },
        "config_sentence_transformers.json": {
            "prompts": {"query": "query: ", "passage": "passage: ", "document": "passage: "},
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    }
    (folder / "2_Normalize").mkdir()
    for name, content in files.items():
        target = folder / name
        target.parent.mkdir(exist_ok=True)
        target.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
