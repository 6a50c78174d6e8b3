"""How often the first card is wrong where a question was misheard or only half said, and what cards promise.

    python -m benchmarks.card_calibration

The sample's questions and its utterances without an answer, by five folds: the calibration is fitted on four, as
``hotline build`` fits it (as written, and misheard at 20 % by both channels), and asked of the fifth

* as written, and misheard at 10, 20 and 35 % by homophones and by a recogniser's mixed faults;
* cut to the first or the last third, without its nouns, and the same of what was misheard at 20 %.

A card is right where its article is among those that answer. Once without the signals of agreement between the channels
and of fluency, which is what there was before them, and once with them. Minutes of one processor.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from copilot.assembly import assemble_city, assemble_retriever
from copilot.settings import load_settings
from evaluation import sample
from evaluation.homophones import Homophones
from evaluation.mishearing import RecogniserFaults
from evaluation.retrieval.sample_questions import examples
from knowledge_base.calibration import DEFAULT, Calibration, Judged, fit
from knowledge_base.retriever import Example
from knowledge_base.words import nouns, strip_fillers

RATES = (0.1, 0.2, 0.35)
LEARNED_FROM = ("as written", "homophones 20 %", "recogniser 20 %")
FOLDS = 5
_SHORTEST = 4

Change = Callable[[str], str]
Case = tuple[str, int, bool, list[Judged]]


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    settings = load_settings()
    city = assemble_city(settings)
    retriever = assemble_retriever(settings, city, calibrated=DEFAULT)
    asked = [*examples(sample.path("questions.jsonl")), *examples(sample.no_answer())]
    changes = changes_of([article.text for article in city.library.articles])
    cases: list[Case] = []
    for name, number, example in variants(asked, changes):
        cases.append((name, number, bool(example.articles), retriever.judge(example)))
    print(f"{len(asked)} utterances, {len(cases)} ways to ask them, {FOLDS} folds")
    print("\nwithout agreement and fluency")
    report(changes, [(name, number, inside, [_poorer(j) for j in judged]) for name, number, inside, judged in cases])
    print("\nwith them")
    report(changes, cases)


def changes_of(texts: Sequence[str]) -> dict[str, Change]:
    """What happens to a question on its way, by name."""
    homophones, recogniser = Homophones(texts), RecogniserFaults(texts)
    found: dict[str, Change] = {"as written": str}
    for rate in RATES:
        found[f"homophones {100 * rate:.0f} %"] = partial(homophones.misheard, rate=rate, seed=1)
        found[f"recogniser {100 * rate:.0f} %"] = partial(recogniser.misheard, rate=rate, seed=1)
    cuts: dict[str, Change] = {"first third": first_third, "last third": last_third, "without nouns": without_nouns}
    found.update(cuts)
    for name, cut in cuts.items():
        found[f"{name}, misheard 20 %"] = partial(_misheard_and_cut, recogniser, cut)
    return found


def _misheard_and_cut(recogniser: RecogniserFaults, cut: Change, text: str) -> str:
    return cut(recogniser.misheard(text, 0.2, seed=2))


def first_third(text: str) -> str:
    said = strip_fillers(text)
    return said[: max(_SHORTEST, len(said) // 3)]


def last_third(text: str) -> str:
    said = strip_fillers(text)
    return said[-max(_SHORTEST, len(said) // 3) :]


def without_nouns(text: str) -> str:
    """Empty where that leaves too little, or everything."""
    left = said = strip_fillers(text)
    for noun in sorted(nouns(said), key=len, reverse=True):
        left = left.replace(noun, "")
    return left if left != said and len(left) >= _SHORTEST else ""


def variants(asked: Sequence[Example], changes: dict[str, Change]) -> Iterator[tuple[str, int, Example]]:
    for name, change in changes.items():
        for number, example in enumerate(asked):
            text = change(example.question)
            if text:
                yield name, number, replace(example, question=text)


def _poorer(judged: Judged) -> Judged:
    return replace(judged, signals=replace(judged.signals, ahead=0.0, apart=0.0, alike=0.0, fluent=0.0))


def report(changes: dict[str, Change], cases: Sequence[Case]) -> None:
    folds = np.random.default_rng(1).permutation(max(number for _, number, _, _ in cases) + 1) % FOLDS
    fitted: list[Calibration] = [
        fit([j for name, number, _, judged in cases if folds[number] != k and name in LEARNED_FROM for j in judged])
        for k in range(FOLDS)
    ]
    print("thresholds", *(f"{calibration.threshold:.2f}" for calibration in fitted))
    print(f"{'':32} {'n':>5} {'right':>6} {'wrong':>6} {'of cards right':>15} {'promised':>9} {'no answer':>13} card")
    for name in changes:
        mine = [case for case in cases if case[0] == name]
        inside = np.array([_first(case, fitted[folds[case[1]]]) for case in mine if case[2]])
        outside = np.array([_first(case, fitted[folds[case[1]]]) for case in mine if not case[2]])
        shown = inside[inside[:, 0] > 0]
        print(
            f"{name:32} {len(inside):5} {(inside[:, 0] * inside[:, 1]).mean():6.3f} "
            f"{(inside[:, 0] * (1 - inside[:, 1])).mean():6.3f} {shown[:, 1].mean():15.3f} {shown[:, 2].mean():9.3f} "
            f"{len(outside):13} {outside[:, 0].mean():.3f}"
        )


def _first(case: Case, calibration: Calibration) -> tuple[float, float, float]:
    """Whether there is a card, whether the first one is right, what it promises."""
    if not case[3]:
        return 0.0, 0.0, 0.0
    promised = calibration.probability(case[3][0].signals)
    return float(promised >= calibration.threshold), float(case[3][0].right), promised


if __name__ == "__main__":
    main()
