"""A router on disk: JSON and NumPy arrays, no pickle, every file with its digest.

``router.json`` says what it is and holds the digests of the others; its own digest is the version. ``encoder/`` is
there where the router has an encoder of its own. ``card.md`` and ``evaluation.json`` are for people and are written
beside it.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from models.department_classifier import DepartmentClassifier, Embedder
from models.errors import ModelProblem
from models.routers.arrays import history_arrays, history_cuts, history_from, pool_arrays, pool_from
from models.routers.stored import DESCRIPTION, FIGURES, check_files, version_in, version_of
from models.routing.category_history import HistoryExpert
from models.routing.cold_start import DutyMatcher
from models.routing.features import WordGrams
from models.routing.learned_heads import LearnedHeads
from models.routing.matter_transfer import MatterTransfer
from models.routing.seen_orders import SeenOrders
from models.sentence_embedder import OnnxEmbedder
from models.weights.prepared_folder import sha256_of
from models.weights.whole_folder import replacing, settle

FORMAT = "hotline-department-classifier"
FORMAT_VERSION = 1
ENCODER = "encoder"
CATEGORIES = "categories.json"
CARD = "card.md"
_USUAL = "usual."
_SEEN = "seen.fingerprints"


def save_router(
    classifier: DepartmentClassifier, folder: Path, *, evaluation: Mapping[str, Any] | None = None, card: str = ""
) -> DepartmentClassifier:
    """Write ``folder`` whole or not at all, even if killed, and give the classifier its version.

    Raises ModelProblem where ``folder`` holds something else, or where the disk refuses; what was there stays then.
    """
    if folder.exists() and not (folder / DESCRIPTION).is_file() and (not folder.is_dir() or any(folder.iterdir())):
        raise ModelProblem(f"{folder} exists and is not a router. Name a new folder, or empty that one.")
    try:
        with replacing(folder) as fresh:
            version = _write(classifier, fresh)
            (fresh / FIGURES).write_text(_json(dict(evaluation or {})), encoding="utf-8")
            (fresh / CARD).write_text(card, encoding="utf-8")
    except OSError as error:
        raise ModelProblem(
            f"The router could not be written to {folder} ({error.strerror}). Free some space or name another folder."
        ) from error
    own = None if classifier.encoder_folder is None else folder / ENCODER
    return replace(classifier, version=version, encoder_folder=own)


def load_router(folder: Path, embedder: Embedder) -> DepartmentClassifier:
    """Read and check a stored router. Raises ModelProblem saying what is wrong with it."""
    settle(folder)
    before = version_of(folder)
    try:
        found = _loaded(folder, embedder)
    except ModelProblem:
        if version_of(folder) == before:
            raise
    else:
        if version_of(folder) == before:
            return found
    return _loaded(folder, embedder)  # it was replaced while it was read, and parts of two make no router


def _loaded(folder: Path, embedder: Embedder) -> DepartmentClassifier:
    description, version = _description(folder)
    try:
        check_files(folder, description["files"])
        own = folder / ENCODER if description.get("own_encoder") else None
        if own is not None:
            embedder = OnnxEmbedder(own)
        _check_embedder(folder, description["embedder"], embedder)
        return _assembled(folder, description, embedder, version, own)
    except (KeyError, ValueError, TypeError, AttributeError, OSError) as error:
        raise ModelProblem(
            f"The router in {folder} cannot be read ({type(error).__name__}). Train it again."
        ) from error


def _check_embedder(folder: Path, stored: Mapping[str, Any], embedder: Embedder) -> None:
    if stored["fingerprint"] != embedder.fingerprint or stored["dimension"] != embedder.dimension:
        raise ModelProblem(
            f"The router in {folder} was trained with the embedder {stored['fingerprint']}, and "
            f"{embedder.fingerprint} is in use. "
            "Train it again with this embedder, or configure the one it was trained with."
        )


def _write(classifier: DepartmentClassifier, folder: Path) -> str:
    arrays: dict[str, npt.NDArray[Any]] = {}
    if classifier.heads is not None and classifier.grams is not None and classifier.pool is not None:
        arrays |= {f"heads.{name}": value for name, value in classifier.heads.arrays().items()}
        arrays |= pool_arrays(classifier.pool)
        arrays["grams.idf"] = classifier.grams.idf
        (folder / "grams.json").write_text(_json(list(classifier.grams.places)), encoding="utf-8")
    if classifier.duties is not None:
        duties = classifier.duties
        arrays |= {"duties.vectors": duties.vectors, "duties.mean": duties.mean, "duties.idf": duties.grams.idf}
        if duties.usual is not None:
            arrays |= {f"{_USUAL}{name}": value for name, value in duties.usual.arrays().items()}
        (folder / "duty_grams.json").write_text(_json(list(duties.grams.places)), encoding="utf-8")
    if classifier.history is not None:
        arrays |= history_arrays(classifier.history)
        paths = [list(path) for path in classifier.history.history.paths]
        (folder / CATEGORIES).write_text(_json(paths), encoding="utf-8")
    if classifier.seen is not None:
        arrays[_SEEN] = classifier.seen.fingerprints
    if classifier.encoder_folder is not None:
        shutil.copytree(classifier.encoder_folder, folder / ENCODER)
    np.savez(folder / "weights.npz", allow_pickle=False, **arrays)
    description = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "learned": classifier.learned,
        "duties": _duties(classifier.duties),
        "threshold": classifier.threshold,
        "likely_cut": classifier.likely_cut,
        "history": history_cuts(classifier.history),
        "longest": classifier.grams.longest if classifier.grams else None,
        "embedder": {
            "fingerprint": classifier.embedder.fingerprint,
            "dimension": classifier.embedder.dimension,
        },
        "own_encoder": classifier.encoder_folder is not None,
        "plain": classifier.plain,
        "data_digest": classifier.data_digest,
        "created": classifier.created,
        "files": {str(p.relative_to(folder)): sha256_of(p) for p in sorted(folder.rglob("*")) if p.is_file()},
    }
    raw = _json(description).encode()
    (folder / DESCRIPTION).write_bytes(raw)
    return version_in(raw)


def _description(folder: Path) -> tuple[dict[str, Any], str]:
    if not folder.is_dir():
        raise ModelProblem(f"There is no router in {folder}. Train one: hotline train routing --out {folder} …")
    try:
        raw = (folder / DESCRIPTION).read_bytes()
        found = json.loads(raw)
    except FileNotFoundError as error:
        raise ModelProblem(
            f"{folder} is not a router: it has no router.json. Name a folder that hotline train routing has written."
        ) from error
    except (OSError, ValueError) as error:
        raise ModelProblem(f"{folder}/router.json cannot be read. Train the router again.") from error
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise ModelProblem(
            f"{folder} holds a model of another kind. Name a folder that hotline train routing has written."
        )
    if found.get("format_version") != FORMAT_VERSION:
        raise ModelProblem(f"The router in {folder} was written by another release of this program. Train it again.")
    return found, version_in(raw)


def _assembled(
    folder: Path, description: Mapping[str, Any], embedder: Embedder, version: str, own_encoder: Path | None
) -> DepartmentClassifier:
    with np.load(folder / "weights.npz", allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    grams, heads, pool = None, None, None
    if description["learned"]:
        grams = _grams(folder / "grams.json", arrays["grams.idf"], description["longest"])
        heads = LearnedHeads.from_arrays(
            {name.removeprefix("heads."): value for name, value in arrays.items() if name.startswith("heads.")}
        )
        pool = pool_from(arrays, description.get("platt"))
    return DepartmentClassifier(
        learned=tuple(description["learned"]),
        grams=grams,
        heads=heads,
        pool=pool,
        duties=_matcher(folder, description["duties"], arrays),
        threshold=description["threshold"],
        embedder=embedder,
        data_digest=description["data_digest"],
        created=description["created"],
        version=version,
        encoder_folder=own_encoder,
        plain=description.get("plain", 0),
        likely_cut=description.get("likely_cut", 0.0),
        history=_history(folder, description.get("history"), arrays),
        seen=SeenOrders(arrays[_SEEN]) if _SEEN in arrays else None,
    )


def _history(
    folder: Path, cuts: Mapping[str, float] | None, arrays: Mapping[str, npt.NDArray[Any]]
) -> HistoryExpert | None:
    if cuts is None:
        return None
    return history_from(json.loads((folder / CATEGORIES).read_text(encoding="utf-8")), cuts, arrays)


def _duties(duties: DutyMatcher | None) -> dict[str, list[str]] | None:
    if duties is None:
        return None
    found: dict[str, list[str]] = {label: [] for label in duties.labels}
    for phrase, owner in zip(duties.phrases, duties.owner, strict=True):
        found[duties.labels[int(owner)]].append(phrase)
    return found


def _matcher(
    folder: Path, duties: Mapping[str, list[str]] | None, arrays: Mapping[str, npt.NDArray[Any]]
) -> DutyMatcher | None:
    if duties is None:
        return None
    grams = _grams(folder / "duty_grams.json", arrays["duties.idf"], WordGrams.longest)
    phrases = tuple(phrase for own in duties.values() for phrase in own)
    counts = [len(own) for own in duties.values()]
    known = {name.removeprefix(_USUAL): value for name, value in arrays.items() if name.startswith(_USUAL)}
    usual = MatterTransfer.from_arrays(known) if known else None
    vectors, mean = arrays["duties.vectors"], arrays["duties.mean"]
    return DutyMatcher.assembled(tuple(duties), counts, phrases, vectors, mean, grams, usual)


def _grams(path: Path, idf: npt.NDArray[np.float32], longest: int) -> WordGrams:
    known: list[str] = json.loads(path.read_text(encoding="utf-8"))
    return WordGrams({gram: place for place, gram in enumerate(known)}, idf, longest)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)
