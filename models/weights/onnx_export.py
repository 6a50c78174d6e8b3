"""A sentence-transformers folder to an ONNX folder that is served without torch.

The graph holds the whole chain (transformer, pooling, normalisation): ``input_ids`` and ``attention_mask``, both int64
``[n, tokens]``, become ``vector``, float32 ``[n, dimension]``. What else the embedder needs (prefixes, longest input)
goes into ``embedder.json``. 4-bit weights are kept in blocks of 32 with one scale each (ONNX Runtime's MatMulNBits and
GatherBlockQuantized). 8-bit ones per output channel, activations quantised while running with one scale for a whole
batch; or, as the 4-bit ones, in blocks, of 64, activations too, so that a text's vector depends on that text alone.
"""

from __future__ import annotations

import json
import logging
import shutil
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.errors import ModelProblem
from models.weights.manifest import Precision

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

GRAPH = "model.onnx"
SETTINGS = "embedder.json"
TOKENIZER = "tokenizer.json"
_BLOCK = {4: 32, 8: 64}  # numbers with one scale, by their bits
_STEPS = 4
_IN_8_BITS = 4  # ONNX Runtime's number for it
_QUERY_PROMPTS = ("query",)
_PASSAGE_PROMPTS = ("passage", "document", "corpus")


def export(
    source: Path | str, folder: Path, precision: Precision, name: str, report: Callable[[int, int], None]
) -> None:
    """Export the sentence-transformers ``source`` (a folder, or a hub name) into the existing, empty ``folder``.

    ``name`` is what the embedder is called in fingerprints. Raises ModelProblem where ``source`` is not such a model.
    """
    report(0, _STEPS)
    model = load_sentence_transformer(source)
    query, passage = prefixes(model)
    settings = EmbedderSettings(
        name, str(precision), model.get_embedding_dimension() or 0, model.max_seq_length or 512, query, passage
    )
    export_module(_whole_chain(model), model.tokenizer, folder, settings, report)


@dataclass(frozen=True, slots=True)
class EmbedderSettings:
    """What an exported embedder needs beside its graph and its tokenizer; ``precision`` is one of ``Precision``."""

    name: str
    precision: str
    dimension: int
    max_tokens: int
    query_prefix: str
    passage_prefix: str


def export_module(
    module: torch.nn.Module,
    tokenizer: Any,
    folder: Path,
    settings: EmbedderSettings,
    report: Callable[[int, int], None],
) -> None:
    """Export what turns ``input_ids`` and ``attention_mask`` into unit vectors. Raises ModelProblem."""
    report(1, _STEPS)
    full = folder / "full.onnx"
    _write_tokenizer(tokenizer, folder)
    described = json.dumps(asdict(settings), ensure_ascii=False, indent=1) + "\n"
    (folder / SETTINGS).write_text(described, encoding="utf-8")
    with _quiet():
        _export_graph(module, settings.max_tokens, full)
        report(2, _STEPS)
        quantise(full, folder / GRAPH, Precision(settings.precision))
        _forget_origin(folder / GRAPH)
    full.unlink(missing_ok=True)
    report(3, _STEPS)
    _check_graph(folder / GRAPH)
    report(4, _STEPS)


def load_sentence_transformer(source: Path | str) -> SentenceTransformer:
    """The model at ``source``, on the processor. Raises ModelProblem with what to do where it cannot be loaded."""
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - brings torch, ten seconds
    from transformers.utils.logging import disable_progress_bar  # noqa: PLC0415 - as above

    if isinstance(source, Path) and not (source / "modules.json").is_file() and not (source / "config.json").is_file():
        raise ModelProblem(
            f"{source} is not a sentence-transformers folder: it has no modules.json. "
            "Give the folder that holds config.json and modules.json."
        )
    disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        model = SentenceTransformer(str(source), device="cpu")
    except (OSError, ValueError, KeyError) as error:
        raise ModelProblem(
            f"{source} cannot be loaded as a sentence-transformers model ({type(error).__name__}). "
            "Give a folder that holds config.json and modules.json, or a name of a hub that can be reached."
        ) from error
    return model.eval()


def prefixes(model: SentenceTransformer) -> tuple[str, str]:
    """The prefixes of queries and passages that the model was trained with, from its own prompts."""
    prompts: dict[str, str] = {key: value for key, value in model.prompts.items() if value}
    query = next((prompts[name] for name in _QUERY_PROMPTS if name in prompts), "")
    passage = next((prompts[name] for name in _PASSAGE_PROMPTS if name in prompts), "")
    return query, passage


def _write_tokenizer(tokenizer: Any, folder: Path) -> None:
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None:
        raise ModelProblem("This model has no fast tokenizer (tokenizer.json), so it cannot be served without torch.")
    backend.no_truncation()
    backend.no_padding()
    backend.save(str(folder / TOKENIZER))


def _whole_chain(model: SentenceTransformer) -> torch.nn.Module:
    """The modules of ``model`` one after the other, as it runs them, and unit length at the end."""
    import torch  # noqa: PLC0415 - only where weights are converted

    class Chain(torch.nn.Module):
        """Token numbers in, unit vectors out."""

        def __init__(self) -> None:
            super().__init__()
            self.chain = model

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            features: dict[str, Any] = {"input_ids": input_ids, "attention_mask": attention_mask}
            for module in self.chain:
                features = module(features)
            vectors: torch.Tensor = features["sentence_embedding"]
            return torch.nn.functional.normalize(vectors, dim=1)

    return Chain()


def _export_graph(module: torch.nn.Module, max_tokens: int, target: Path) -> None:
    import torch  # noqa: PLC0415 - only where weights are converted

    # Two rows of different length: an axis of size one would be taken for a constant.
    sample = torch.tensor([[0, 5, 6, 2], [0, 5, 2, 1]])
    mask = torch.tensor([[1, 1, 1, 1], [1, 1, 1, 0]])
    axes = {0: torch.export.Dim("batch"), 1: torch.export.Dim("tokens", max=max_tokens)}
    with torch.no_grad():
        program = torch.onnx.export(
            module.eval(),
            (sample, mask),
            dynamo=True,
            input_names=["input_ids", "attention_mask"],
            output_names=["vector"],
            dynamic_shapes={"input_ids": axes, "attention_mask": axes},
            verbose=False,
        )
    if program is None:
        raise ModelProblem("torch could not export the model to ONNX. Use the folder itself instead of an export.")
    program.save(str(target))


def quantise(source: Path, target: Path, precision: Precision) -> None:
    """Write the fp32 graph ``source`` to ``target`` at ``precision``."""
    if precision is Precision.FP32:
        shutil.move(source, target)
        return
    if precision is Precision.TABLE4:
        _blocks(source, target, ("Gather",))
    elif precision is Precision.INT4:
        _blocks(source, target, ("Gather", "MatMul"))
    elif precision is Precision.INT8:
        _eight_bits(source, target)
    else:
        half = target.with_suffix(".half")
        _blocks(source, half, ("Gather",))
        if precision is Precision.BLOCK8_TABLE4:
            _blocks(half, target, ("MatMul",), bits=8)
        else:
            _eight_bits(half, target)
        half.unlink()


def _blocks(source: Path, target: Path, operators: tuple[str, ...], bits: int = 4) -> None:
    """Weights in blocks with a scale each; with 8 bits the arithmetic is in 8 bits too, activations in such blocks."""
    import onnx  # noqa: PLC0415 - only where weights are converted
    from onnxruntime.quantization import matmul_nbits_quantizer as nbits  # noqa: PLC0415 - as above

    configuration = nbits.DefaultWeightOnlyQuantConfig(
        block_size=_BLOCK[bits],
        is_symmetric=True,
        op_types_to_quantize=operators,
        quant_axes=(("MatMul", 0), ("Gather", 1)),
        bits=bits,
        accuracy_level=_IN_8_BITS if bits == 8 else None,  # noqa: PLR2004 - a byte
    )
    quantizer = nbits.MatMulNBitsQuantizer(onnx.load(str(source)), algo_config=configuration)
    quantizer.process()
    quantizer.model.save_model_to_file(str(target), use_external_data_format=False)


def _eight_bits(source: Path, target: Path) -> None:
    from onnxruntime.quantization import QuantType, quantize_dynamic  # noqa: PLC0415 - only where weights are converted

    quantize_dynamic(
        str(source),
        str(target),
        weight_type=QuantType.QInt8,
        per_channel=True,
        op_types_to_quantize=["MatMul", "Gather"],
    )


def _forget_origin(path: Path) -> None:
    """Take out which line of whose source each step came from: the same weights have the same digest everywhere."""
    import onnx  # noqa: PLC0415 - only where weights are converted

    model = onnx.load(str(path))
    graph = model.graph
    described = (*graph.node, *graph.input, *graph.output, *graph.value_info, *graph.initializer)
    for part in (model, graph, *model.functions, *described):
        part.ClearField("metadata_props")
        part.ClearField("doc_string")
    onnx.save(model, str(path))


def _check_graph(path: Path) -> None:
    """An export that cannot be opened is found here, not in the middle of a call."""
    import onnxruntime  # noqa: PLC0415 - only where weights are converted

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    names = {value.name for value in session.get_inputs()}
    if not {"input_ids", "attention_mask"} >= names:
        raise ModelProblem(f"The export asks for {', '.join(sorted(names))}, which this project does not give.")


@contextmanager
def _quiet() -> Iterator[None]:
    """Exporters warn about what they try; what matters is checked afterwards."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)
