"""The model card of a router: what it is for, what it was made from, how good it is and on whom, what it must not do.

The headings are those of Mitchell et al., "Model Cards for Model Reporting" (FAT* 2019). Written from the figures that
are stored beside the router, so that card and figures cannot differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from models.department_classifier import DepartmentClassifier

_MEASURES = (
    ("accuracy", "first department right"),
    ("top3", "right one among the first three"),
    ("macro_f1", "macro F1"),
    ("coverage_at_95", "share that can be recommended at 95 % precision"),
    ("coverage_at_threshold", "share recommended at its own threshold"),
    ("precision_at_threshold", "precision of what is recommended"),
)
_MOST_PAIRS = 5
_CERTAIN = 1.0


def router_card(classifier: DepartmentClassifier, evaluation: Mapping[str, Any]) -> str:
    """Markdown; ``evaluation`` is the router's ``evaluation.json``, with ``held_out`` where one was kept."""
    measured = "accuracy" in evaluation
    held_out: Mapping[str, Any] = evaluation.get("held_out") or {}
    lines = [
        "# Department router",
        "",
        "Ranks the departments that may handle a citizen's appeal. It proposes; a person decides.",
        "",
        "## Details",
        "",
        f"- created: {classifier.created}",
        f"- departments: {len(classifier.labels)}, of which {len(classifier.learned)} learned from labelled orders",
        f"- embedder: {classifier.embedder.fingerprint}",
        f"- training data, SHA-256: {classifier.data_digest}",
        "- version: the first twelve digits of the SHA-256 of router.json; every suggestion records it",
        "",
        "## Intended use",
        "",
        "- For agents and dispatchers of one city's hotline, who confirm, change or reject each suggestion.",
        "- Not for dispatching without a person, not for judging citizens or departments, not for another city.",
        "- An emergency is told by other rules, which outrank it.",
        "",
        "## Training data",
        "",
        *_training(classifier, evaluation),
        "",
        "## Metrics",
        "",
        *(_figures(evaluation, f"Out of fold ({evaluation.get('how', '')})") if measured else _NOT_MEASURED),
        *(["", *_figures(held_out, f"Held out ({held_out.get('data', '')})")] if held_out else []),
        *_misheard(held_out.get("spoken") or evaluation.get("spoken")),
        *_with_category(held_out.get("with_category") or evaluation.get("with_category")),
        *_analyses(held_out or evaluation),
        "",
        "## Calibration and thresholds",
        "",
        *_calibration(classifier, held_out or evaluation),
        "",
        "## Limits",
        "",
        "- It knows the departments and the way of speaking of its training data; train again when duties move.",
        "- A department without labelled orders is ranked by its duties alone, which is far less certain.",
        "- Labels are what people decided; where they decided differently on like orders, no router is right on both.",
        "- The folder holds n-grams, averages and fingerprints of orders, no order itself; treat it like those.",
        *(f"- {note}" for note in evaluation.get("notes", ())),
    ]
    return "\n".join(lines) + "\n"


_NOT_MEASURED = ["Trained from duties alone and not measured. Label some orders and run `hotline evaluate routing`."]


def _training(classifier: DepartmentClassifier, evaluation: Mapping[str, Any]) -> list[str]:
    if not classifier.learned:
        return ["No labelled order: the duties of departments alone."]
    few = (evaluation.get("few_orders") or {}).get("labels", [])
    found = [f"- labelled orders: {evaluation.get('n', 'unknown')}, near-duplicates kept on one side of every split"]
    if few:
        found.append(f"- fewer than ten orders, so that their own figures say little: {'、'.join(few)}")
    if told := (evaluation.get("giveaways") or {}).get("given_away"):
        found.append(f"- {told} orders hold an operator's routing phrase or name the right department")
    return found


def _figures(evaluation: Mapping[str, Any], title: str) -> list[str]:
    head = [f"{title}, {evaluation['n']} orders, 95 % intervals:", "", "| measure | value | interval |"]
    rows = [_row(words, evaluation[name], evaluation["intervals"].get(name)) for name, words in _MEASURES]
    rows.append(_row("calibration error (ECE)", evaluation["ece"], None))
    rows.append(_row("baseline: always the commonest department", evaluation["baseline_accuracy"], None))
    return [*head, "|---|---|---|", *rows]


def _misheard(found: Mapping[str, Any] | None) -> list[str]:
    """What is left when a recogniser has heard the same orders."""
    if not found:
        return []
    heard, kept, precision = found["misheard"], found["coverage_at_threshold"][1], found["precision_at_threshold"][1]
    right = "" if precision is None else f", {precision:.1%} of them right"
    line = (
        f"The same orders with {found['characters_misheard']:.0%} of their characters misheard: accuracy "
        f"{heard['accuracy']:.3f}, top 3 {heard['top3']:.3f}; {kept:.1%} recommended at its own threshold{right}."
    )
    return ["", line]


def _with_category(found: Mapping[str, Any] | None) -> list[str]:
    """What a confirmed category adds: beside the figures, never instead of them."""
    if not found:
        return []
    told = found["told"]
    line = (
        f"With the category that a person chose known as well: accuracy {told['accuracy']:.3f}, top 3 "
        f"{told['top3']:.3f}, macro F1 {told['macro_f1']:.3f}. Whoever filed an order chose its category with the "
        "department in mind, so the figures above, by text alone, are the ones to go by."
    )
    return ["", line]


def _row(words: str, value: float | None, interval: Sequence[float] | None) -> str:
    span = f"{interval[0]:.3f} – {interval[1]:.3f}" if interval else ""
    return f"| {words} | {'not known' if value is None else f'{value:.3f}'} | {span} |"


def _analyses(evaluation: Mapping[str, Any]) -> list[str]:
    """By slice, the commonest mistakes, and what leaked, as far as it was looked at."""
    lines = []
    for one in evaluation.get("slices", ()):
        lines += ["", f"By {one['name']}:", "", "| value | orders | accuracy | interval |", "|---|---|---|---|"]
        lines += [
            f"| {p['value']} | {p['n']} | {p['accuracy']:.3f} | "
            f"{p['accuracy_interval'][0]:.3f} – {p['accuracy_interval'][1]:.3f} |"
            for p in one["parts"]
        ]
    if pairs := evaluation.get("confusion_pairs", ())[:_MOST_PAIRS]:
        named = "; ".join(f"{p['gold']} → {p['given']} ({p['count']})" for p in pairs)
        lines += ["", f"Commonest mistakes: {named}."]
    if leaks := evaluation.get("leaks"):
        without = leaks["without"]["accuracy"]
        said = "none are left" if without is None else f"accuracy {without:.3f}"
        lines += ["", f"Near-duplicates in the training table: {leaks['leaked']}; without them {said}."]
    return lines


def _calibration(classifier: DepartmentClassifier, evaluation: Mapping[str, Any]) -> list[str]:
    found = [f"- abstains below a probability of {min(classifier.threshold, _CERTAIN):.3f}"]
    if "accuracy" not in evaluation:
        return [*found, "- probabilities come from duties alone and were not checked on this city's orders"]
    kept = evaluation["at_abstention_threshold"]
    right = "" if kept["precision"] is None else f", and is right in {kept['precision']:.1%}"
    found.append(f"- from there on it recommends {kept['coverage']:.1%} of the orders{right}")
    found.append(
        f"- calibration error {evaluation['ece']:.3f}: the mean gap between what it promises and what comes true"
    )
    found.append("- measured at one time; look at later months with `hotline evaluate routing --month`")
    return found
