"""Sentences to vectors: through ONNX Runtime for serving, through sentence-transformers for everything else.

Both give float32 ``[n, dimension]`` with rows of length one, so that an inner product is a cosine. E5 was trained with
a prefix that says which side a text is on (Wang et al., 2024, arXiv:2402.05672); the folder says which prefixes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from models.baselines import HashingEmbedder
from models.errors import ModelProblem
from models.vector_map import MAP, VectorMap
from models.weights.manifest import DEFAULT_EMBEDDER, DEFAULT_PRECISION, Precision
from models.weights.onnx_export import GRAPH, SETTINGS, TOKENIZER, load_sentence_transformer, prefixes
from models.weights.preparation import require
from models.weights.prepared_folder import State, read_mark, sha256_of, state_of

Vectors = NDArray[np.float32]

_SETTINGS = ("name", "precision", "dimension", "max_tokens", "query_prefix", "passage_prefix")
_SCALED_TOGETHER = frozenset({Precision.INT8, Precision.INT8_TABLE4})
_ROWS = 16
# Of one batch, padding included. It bounds memory, and larger ones are slower: 2,048 took twice as long for texts of
# over 120 characters, since what it computes with lies in no cache any more (docs/decisions/0002).
_TOKENS = 256


class SentenceEmbedder(Protocol):
    """What every embedder here offers."""

    @property
    def dimension(self) -> int:
        """Numbers in one vector."""

    @property
    def fingerprint(self) -> str:
        """Name, precision and digest of the weights: vectors of different fingerprints are not compared."""

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions, float32 ``[n, dimension]``, rows of length one."""

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of what is searched, float32 ``[n, dimension]``, rows of length one."""


class OnnxEmbedder:
    """An exported folder (``model.onnx``, ``tokenizer.json``, ``embedder.json``), served without torch.

    The folder of an adapted embedder names the ``base`` whose graph it has, and is that one until its map is applied.
    May be shared between threads. ``threads`` is how many one embedding uses. Raises ModelProblem where the folder is
    missing, damaged or of another kind.
    """

    def __init__(self, folder: Path, threads: int = 1) -> None:
        settings = _read_settings(folder)
        self.dimension = int(settings["dimension"])
        own = f"{settings['name']}/{settings['precision']}/{_digest(folder)[:12]}"
        self.fingerprint = str(settings["base"]) or own
        self.folder = folder
        self._query_prefix = str(settings["query_prefix"])
        self._passage_prefix = str(settings["passage_prefix"])
        self._longest = int(settings["max_tokens"])
        self._tokenizer, self._session = _open(folder, threads)
        self._pad = self._tokenizer.token_to_id("<pad>") or self._tokenizer.token_to_id("[PAD]") or 0
        self._inputs = {value.name for value in self._session.get_inputs()}
        # One scale for a batch: read together, a text's vector would depend on its neighbours.
        self._rows = 1 if settings["precision"] in _SCALED_TOGETHER else _ROWS

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions, float32 ``[n, dimension]``."""
        return self._embed(texts, self._query_prefix)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of what is searched, float32 ``[n, dimension]``."""
        return self._embed(texts, self._passage_prefix)

    def _embed(self, texts: Sequence[str], prefix: str) -> Vectors:
        vectors = np.empty((len(texts), self.dimension), np.float32)
        if not texts:
            return vectors
        encoded = self._tokenizer.encode_batch([prefix + t.strip() for t in texts])
        tokens = [_shortened(encoding.ids, self._longest) for encoding in encoded]
        for rows in batches([len(ids) for ids in tokens], self._rows):
            longest = max(len(tokens[row]) for row in rows)
            ids = np.full((len(rows), longest), self._pad, np.int64)
            mask = np.zeros((len(rows), longest), np.int64)
            for at, row in enumerate(rows):
                ids[at, : len(tokens[row])] = tokens[row]
                mask[at, : len(tokens[row])] = 1
            given = {"input_ids": ids, "attention_mask": mask}
            vectors[rows] = self._session.run(["vector"], {k: v for k, v in given.items() if k in self._inputs})[0]
        return vectors


def batches(lengths: Sequence[int], most: int = _ROWS) -> Iterator[list[int]]:
    """Indices in batches of like length, so that little is padded; each one text, or at most ``most`` of 256 tokens."""
    batch: list[int] = []
    for index in sorted(range(len(lengths)), key=lambda i: (lengths[i], i)):
        if batch and (len(batch) == most or (len(batch) + 1) * lengths[index] > _TOKENS):
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


def _read_settings(folder: Path) -> dict[str, Any]:
    if not folder.is_dir():
        raise ModelProblem(f"{folder} does not exist. Run `hotline models prepare`.")
    missing = [name for name in (GRAPH, TOKENIZER, SETTINGS) if not (folder / name).is_file()]
    if missing:
        raise ModelProblem(
            f"{folder} is not an exported embedder: it has no {', '.join(missing)}. "
            f"Run `hotline models prepare {folder}` for a sentence-transformers folder, and give its result."
        )
    if state_of(folder) is State.DAMAGED:
        raise ModelProblem(f"{folder} is damaged. Run `hotline models prepare` to make it again.")
    try:
        settings = json.loads((folder / SETTINGS).read_text(encoding="utf-8"))
        return {key: settings[key] for key in _SETTINGS} | {"base": settings.get("base", "")}
    except (ValueError, KeyError, TypeError) as error:
        raise ModelProblem(f"{folder / SETTINGS} cannot be read. Run `hotline models prepare` again.") from error


def _shortened(ids: list[int], longest: int) -> list[int]:
    """At most ``longest`` tokens, the one that ends every text among them."""
    return ids if len(ids) <= longest else [*ids[: longest - 1], ids[-1]]


def _open(folder: Path, threads: int) -> tuple[Any, Any]:
    import onnxruntime  # noqa: PLC0415 - help must not wait for it

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # the arena would keep the longest batch's memory for ever
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # the cores are shared with speech
    options.log_severity_level = 3
    try:
        tokenizer = _tokenizer((folder / TOKENIZER).read_bytes())
        session = onnxruntime.InferenceSession(str(folder / GRAPH), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # both libraries raise bare exceptions of their own
        raise ModelProblem(f"{folder} cannot be opened ({type(error).__name__}). Prepare it again.") from error
    return tokenizer, session


_tokenizers: dict[str, Any] = {}


def _tokenizer(described: bytes) -> Any:
    """The tokenizer that these bytes describe: one in memory, of 280 MB, for all embedders that have the same."""
    from tokenizers import Tokenizer  # noqa: PLC0415 - help must not wait for it

    digest = hashlib.sha256(described).hexdigest()
    if digest not in _tokenizers:
        tokenizer = Tokenizer.from_buffer(described)
        tokenizer.no_padding()
        tokenizer.no_truncation()
        _tokenizers[digest] = tokenizer
    return _tokenizers[digest]


def _digest(folder: Path) -> str:
    mark = read_mark(folder)
    if mark is not None:
        return mark.digest
    whole = "".join(sha256_of(folder / name) for name in (GRAPH, TOKENIZER, SETTINGS))
    return hashlib.sha256(whole.encode()).hexdigest()


class MappedEmbedder:
    """The vectors of ``base``, mapped as a city's articles taught (:mod:`models.adapting.adapted_folder`)."""

    def __init__(self, base: SentenceEmbedder, learned: VectorMap, name: str) -> None:
        self.base = base
        self.map = learned
        self.dimension = base.dimension + 1  # the map's shared number
        self.fingerprint = f"{name}/{base.fingerprint.replace('/', '-')}/{learned.digest}"

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions, float32 ``[n, dimension]``."""
        return self.map.of_queries(self.base.embed_queries(texts))

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of what is searched, float32 ``[n, dimension]``."""
        return self.map.of_passages(self.base.embed_passages(texts))


class SentenceTransformerEmbedder:
    """Any sentence-transformers folder or hub name, at full precision. Brings torch: for training and evaluation."""

    def __init__(self, source: Path | str) -> None:
        self._model = load_sentence_transformer(source)
        self._query_prefix, self._passage_prefix = prefixes(self._model)
        self.dimension = int(self._model.get_embedding_dimension() or 0)
        self.fingerprint = f"{Path(str(source)).name}/torch/{_weights_digest(self._model)[:12]}"

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions, float32 ``[n, dimension]``."""
        return self._embed(texts, self._query_prefix)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of what is searched, float32 ``[n, dimension]``."""
        return self._embed(texts, self._passage_prefix)

    def _embed(self, texts: Sequence[str], prefix: str) -> Vectors:
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        vectors = self._model.encode(
            [prefix + text.strip() for text in texts],
            prompt="",
            batch_size=_ROWS,
            normalize_embeddings=True,
            convert_to_numpy=True,
            show_progress_bar=False,
        )
        return np.asarray(vectors, np.float32)


def _weights_digest(model: Any) -> str:
    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.contiguous().cpu().numpy().tobytes())
    return digest.hexdigest()


def load_embedder(spec: str, models_dir: Path, threads: int = 1) -> SentenceEmbedder:
    """The embedder that ``spec`` names.

    Empty: the default prepared one. ``hashing``: the baseline without weights. The name of a folder in ``models_dir``,
    a path, or a hub name: an exported folder is served through ONNX Runtime; a sentence-transformers one too where its
    export is in ``models_dir`` (``hotline models prepare FOLDER``), and otherwise through torch.

    Raises ModelProblem with what to do where there is no such embedder.
    """
    if spec == "hashing":
        return HashingEmbedder()
    if not spec:
        return OnnxEmbedder(require(DEFAULT_EMBEDDER, models_dir), threads)
    folder = models_dir / spec if "/" not in spec and (models_dir / spec).is_dir() else Path(spec)
    if (folder / SETTINGS).is_file():
        return _exported(folder, threads)
    name = folder.resolve().name if folder.is_dir() else spec.replace("/", "--")
    exported = models_dir / f"{name}-onnx-{DEFAULT_PRECISION}"
    if state_of(exported) is State.READY:
        return OnnxEmbedder(exported, threads)
    return SentenceTransformerEmbedder(folder if folder.is_dir() else spec)


def _exported(folder: Path, threads: int) -> SentenceEmbedder:
    """An exported embedder, with the map that it was adapted by if there is one."""
    plain = OnnxEmbedder(folder, threads)
    if not (folder / MAP).is_file():
        return plain
    return MappedEmbedder(plain, VectorMap.load(folder / MAP, plain.dimension), folder.resolve().name)
