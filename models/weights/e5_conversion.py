"""multilingual-e5-small from its 4-bit file to a sentence-transformers folder, with numpy alone (no torch).

Model: Wang et al., "Multilingual E5 Text Embeddings" (2024), arXiv:2402.05672. It has no pooler.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.weights.e5_file import QuantisedModel, Vocabulary, parse

_MAX_TOKENS = 512
_LAYER_MATRICES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
}
_LAYER_NORMS = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}
_SPECIAL = {
    "bos_token": "<s>",
    "eos_token": "</s>",
    "sep_token": "</s>",
    "cls_token": "<s>",
    "unk_token": "<unk>",
    "pad_token": "<pad>",
    "mask_token": "<mask>",
}
# What does not depend on the weights, by file.
_ALWAYS: dict[str, Any] = {
    "tokenizer_config.json": {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": _MAX_TOKENS,
        "clean_up_tokenization_spaces": False,
        "model_input_names": ["input_ids", "attention_mask"],
        **_SPECIAL,
    },
    "special_tokens_map.json": _SPECIAL,
    "modules.json": [
        {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
        {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
        {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
    ],
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
    files = {**_ALWAYS, "config.json": _bert(model), "1_Pooling/config.json": _pooling(model.shape.width)}
    (folder / "2_Normalize").mkdir()
    for name, content in files.items():
        target = folder / name
        target.parent.mkdir(exist_ok=True)
        target.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _bert(model: QuantisedModel) -> dict[str, Any]:
    shape = model.shape
    return {
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
    }


def _pooling(width: int) -> dict[str, Any]:
    """The mean of the tokens."""
    return {
        "word_embedding_dimension": width,
        "pooling_mode_cls_token": False,
        "pooling_mode_mean_tokens": True,
        "pooling_mode_max_tokens": False,
        "pooling_mode_mean_sqrt_len_tokens": False,
    }
