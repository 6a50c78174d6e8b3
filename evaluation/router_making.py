"""From labelled orders or duties to a stored router with its figures and its card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evaluation.routing import RoutingFigures, outcomes_of_probabilities, routing_figures
from knowledge_base.catalogue import ResponsibilityCatalogue
from models.department_classifier import DepartmentClassifier, Embedder
from models.router_files import save_router
from models.routing_training import Examples, Progress, Trained, train, train_from_duties

Duties = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class MadeRouter:
    """A stored router; ``figures`` are out-of-fold, ``None`` where duties alone were given."""

    classifier: DepartmentClassifier
    figures: RoutingFigures | None
    notes: tuple[str, ...]


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
) -> MadeRouter:
    """Train, measure out of fold, and store in ``folder``. Raises ModelProblem; what was in ``folder`` stays then."""
    trained = _trained(examples, duties, embedder, progress, created)
    figures = _figures(trained, rounds)
    progress("figures", 1, 1)
    evaluation = (
        {"how": "5-fold by group, out of fold", "notes": list(trained.notes), **figures.as_json()}
        if figures
        else {"how": "not measured"}
    )
    card = router_card(trained.classifier, figures, trained.notes)
    return MadeRouter(save_router(trained.classifier, folder, evaluation=evaluation, card=card), figures, trained.notes)


def router_card(classifier: DepartmentClassifier, figures: RoutingFigures | None, notes: Sequence[str]) -> str:
    """The model card: what it is, what it was made from, how good it is, what it must not be used for."""
    lines = [
        "# Department router",
        "",
        "Ranks the departments that may handle a citizen's appeal. It proposes; a person decides.",
        "",
        f"- created: {classifier.created}",
        f"- departments: {len(classifier.labels)}, of which {len(classifier.learned)} learned from labelled orders",
        f"- embedder: {classifier.embedder.fingerprint}",
        f"- training data, SHA-256: {classifier.data_digest}",
        f"- abstains below a probability of {min(classifier.threshold, 1.0):.3f}",
        "",
        "## How good",
        "",
        *_card_figures(figures),
        "",
        "## Limits",
        "",
        "- It knows the departments and the way of speaking of its training data; train again when duties move.",
        "- A department without labelled orders is ranked by its duties alone, which is far less certain.",
        "- The folder holds n-grams and averages of orders, no order itself; treat it as the training data is treated.",
        *(f"- {note}" for note in notes),
    ]
    return "\n".join(lines) + "\n"


def _trained(
    examples: Examples | None, duties: Duties | None, embedder: Embedder, progress: Progress, created: str
) -> Trained:
    if examples is not None:
        return train(examples, embedder, duties, progress, created=created)
    return train_from_duties(duties or {}, embedder, progress, created=created)


def _figures(trained: Trained, rounds: int) -> RoutingFigures | None:
    held = trained.out_of_fold
    if held is None:
        return None
    threshold = trained.classifier.threshold
    outcomes = outcomes_of_probabilities(held.labels, held.gold, held.probabilities, threshold)
    return routing_figures(outcomes, groups=held.groups, rounds=rounds)


def _card_figures(figures: RoutingFigures | None) -> list[str]:
    if figures is None:
        return ["Trained from duties alone and not measured. Label some orders and run `hotline evaluate routing`."]
    values = figures.as_json()
    rows = [
        f"| {name} | {values[name]:.3f} | {low:.3f} – {high:.3f} |" for name, (low, high) in figures.intervals.items()
    ]
    rows.append(f"| ece | {figures.ece:.3f} | |")
    head = f"Out of fold (5 folds by group of near-duplicates), {figures.n} orders, 95 % bootstrap intervals:"
    return [head, "", "| measure | value | interval |", "|---|---|---|", *rows]
