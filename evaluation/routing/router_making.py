"""From labelled orders or duties to a stored router with its figures and its card."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from evaluation.measures import Ints
from evaluation.routing.confusion_pairs import confusion_pairs
from evaluation.routing.evaluation import RoutingEvaluation
from evaluation.routing.figures import RoutingFigures, routing_figures
from evaluation.routing.giveaways import giveaways
from evaluation.routing.outcomes import Outcomes, outcomes_of_probabilities
from evaluation.routing.router_card import router_card
from evaluation.routing.slices import made_columns, slice_figures
from evaluation.routing.spoken_orders import compared
from knowledge_base.catalogue.catalogue import ResponsibilityCatalogue
from models.department_classifier import DepartmentClassifier, Embedder
from models.errors import ModelProblem
from models.routers.files import save_router
from models.routing.features import normalised
from models.training.routing import Examples, OutOfFold, Progress, Trained, train, train_from_duties

if TYPE_CHECKING:
    from models.training.tuned_training import Tuning

Duties = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class MadeRouter:
    """A stored router; ``figures`` are out of fold, of orders as they are; ``None`` where duties alone were given.

    ``told`` are the figures of orders with a category, once it is known; ``None`` where no history was learned.
    """

    classifier: DepartmentClassifier
    figures: RoutingFigures | None
    notes: tuple[str, ...]
    out_of_fold: OutOfFold | None = None
    told: RoutingFigures | None = None


def duties_of(catalogue: ResponsibilityCatalogue) -> dict[str, list[str]]:
    """Department → its duties and their phrases; departments without any are left out."""
    found = {
        department.name: list(
            dict.fromkeys(text for d in department.duties for text in (d.text, *d.phrases) if text.strip())
        )
        for department in catalogue.departments
    }
    return {name: phrases for name, phrases in found.items() if phrases}


def make_router(
    folder: Path,
    examples: Examples | None,
    duties: Duties | None,
    embedder: Embedder,
    progress: Progress,
    *,
    created: str,
    rounds: int = 1000,
    encoder: Path | str | None = None,
    unlabelled: Sequence[str] = (),
) -> MadeRouter:
    """Train, measure out of fold, and store in ``folder``. Raises ModelProblem; what was in ``folder`` stays then.

    With ``encoder``, a sentence-transformers folder, the router gets an encoder of its own, tuned on ``examples``.
    ``unlabelled`` are appeals beside ``examples``, which say how often each department is needed.
    """
    with TemporaryDirectory(prefix="hotline-encoder-") as scratch:
        tuning = _tuning(encoder, Path(scratch))
        trained = _trained(examples, duties, embedder, progress, created, tuning, unlabelled)
        return _stored(folder, trained, _evaluated(trained, examples, rounds), _told(trained, rounds), progress)


def _told(trained: Trained, rounds: int) -> RoutingFigures | None:
    """What the out-of-fold orders with a category come to when it is known."""
    held = trained.out_of_fold
    if held is None or held.history is None:
        return None
    rows, expert = held.history.rows, held.history.expert
    outcomes = outcomes_of_probabilities(held.labels, held.gold[rows], held.history.probabilities, expert.threshold)
    return routing_figures(outcomes, groups=held.groups[rows], rounds=rounds)


def _stored(
    folder: Path,
    trained: Trained,
    found: RoutingEvaluation | None,
    told: RoutingFigures | None,
    progress: Progress,
) -> MadeRouter:
    progress("figures", 1, 1)
    measured = {"how": _how(trained), **found.as_json()} if found else {"how": "not measured"}
    with_category = {"with_category": {"told": told.as_json()}} if told else {}
    evaluation = measured | with_category | {"notes": list(trained.notes)}
    card = router_card(trained.classifier, evaluation)
    stored = save_router(trained.classifier, folder, evaluation=evaluation, card=card)
    return MadeRouter(stored, found.figures if found else None, trained.notes, trained.out_of_fold, told)


def keep_evaluation(folder: Path, classifier: DepartmentClassifier, held_out: Mapping[str, Any]) -> None:
    """Store figures on held-out orders beside the router's own, and write its card anew. Raises ModelProblem."""
    path = folder / "evaluation.json"
    try:
        known = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        stored = {**known, "held_out": dict(held_out)}
        _put(path, json.dumps(stored, ensure_ascii=False, indent=1))
        _put(folder / "card.md", router_card(classifier, stored))
    except (OSError, ValueError) as error:
        raise ModelProblem(
            f"The figures could not be kept in {folder} ({type(error).__name__}). Check that you may write there."
        ) from error


def _put(path: Path, text: str) -> None:
    """Write in one step: a running service reads these files, and the router's own figures are in them."""
    partial = path.with_name(f".{path.name}")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


def _tuning(encoder: Path | str | None, scratch: Path) -> Tuning | None:
    if encoder is None:
        return None
    from models.training.tuned_training import Tuning  # noqa: PLC0415 - brings torch

    return Tuning(encoder, scratch)


def _how(trained: Trained) -> str:
    folds = 0 if trained.out_of_fold is None else len(set(trained.out_of_fold.folds.tolist()))
    return f"{folds}-fold by group, out of fold"


def _trained(
    examples: Examples | None,
    duties: Duties | None,
    embedder: Embedder,
    progress: Progress,
    created: str,
    tuning: Tuning | None,
    unlabelled: Sequence[str],
) -> Trained:
    if examples is not None:
        return train(examples, embedder, duties, progress, created=created, tuning=tuning, unlabelled=unlabelled)
    return train_from_duties(duties or {}, embedder, progress, created=created)


def _evaluated(trained: Trained, examples: Examples | None, rounds: int) -> RoutingEvaluation | None:
    """Figures of the orders as they are; of their misheard copies, where there are any, beside them."""
    held = trained.out_of_fold
    if held is None or examples is None:
        return None
    threshold = trained.classifier.threshold
    outcomes = outcomes_of_probabilities(held.labels, held.gold, held.probabilities, threshold)
    kept = [
        i for i, (t, d) in enumerate(zip(examples.texts, examples.labels, strict=True)) if normalised(t) and d.strip()
    ]
    if len(kept) != len(held.gold):  # trained on other rows than were given: examples could not be named
        return RoutingEvaluation(routing_figures(outcomes, groups=held.groups, rounds=rounds))
    copied = np.array([examples.misheard[i] > 0 if examples.misheard else False for i in kept])
    orders, copies = np.flatnonzero(~copied), np.flatnonzero(copied)
    rows = [kept[i] for i in orders.tolist()]
    ids = tuple(examples.keys[i] if examples.keys else f"#{i + 1}" for i in rows)
    texts, groups = [examples.texts[i] for i in rows], held.groups[orders]
    found = _looked_into(outcomes.at(orders), [examples.labels[i].strip() for i in rows], texts, groups, ids, rounds)
    if len(copies) != len(orders):
        return found
    rate = float(np.median([examples.misheard[kept[i]] for i in copies.tolist()]))
    return replace(found, spoken=compared(outcomes.at(orders), outcomes.at(copies), groups, rate, rounds=rounds))


def _looked_into(
    outcomes: Outcomes, labels: Sequence[str], texts: Sequence[str], groups: Ints, ids: Sequence[str], rounds: int
) -> RoutingEvaluation:
    return RoutingEvaluation(
        routing_figures(outcomes, groups=groups, rounds=rounds),
        confusion_pairs(outcomes, ids),
        slice_figures(outcomes, made_columns(texts, labels), groups),
        giveaways(outcomes, texts, labels, groups),
    )
