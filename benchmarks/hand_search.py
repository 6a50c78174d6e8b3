"""What an agent who searches the library by hand is listed, with and without what is less sure than a card.

    python -m benchmarks.hand_search

The sample's questions as they are typed, and its utterances without an answer, by five folds: the calibration is fitted
on four of them as written and asked of the fifth. A list is right where it holds an article that answers. Then the same
with every tenth character another of the same sound, as pinyin input leaves them, with and without names put right.
Minutes.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace

from copilot.assembly import assemble_city, assemble_retriever, assemble_typed_names
from copilot.hand_search import look_up
from copilot.ports import TypedNames
from copilot.settings import load_settings
from evaluation import sample
from evaluation.homophones import Homophones
from evaluation.retrieval.sample_questions import examples
from knowledge_base import retriever as search
from knowledge_base.calibration import Calibration, fit
from knowledge_base.library import Library
from knowledge_base.retriever import Example, Retriever

FOLDS = 5
MISTYPED = 0.1


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    settings = load_settings()
    city = assemble_city(settings)
    retriever = assemble_retriever(settings, city)
    asked = [*examples(sample.path("questions.jsonl")), *examples(sample.no_answer())]
    names = assemble_typed_names(settings, city)
    judged = [retriever.judge(one) for one in asked]
    folds = [fit([j for n, of in enumerate(judged) if n % FOLDS != fold for j in of]) for fold in range(FOLDS)]
    print("| listed | right | first right | nothing | passages | without an answer: a list |")
    print("|---|---|---|---|---|---|")
    typed, search.TYPED = search.TYPED, 1.0
    print(f"| from a card on | {row(retriever, city.library, folds, asked, names)} |")
    search.TYPED = typed
    homophones = Homophones([article.text for article in city.library.articles])
    mistyped = [replace(one, question=homophones.misheard(one.question, MISTYPED, seed=1)) for one in asked]
    for what, questions in (("", asked), ("mistyped, ", mistyped)):
        for how, corrector in (("as typed", None), ("names put right", names)):
            print(f"| from {typed}, {what}{how} | {row(retriever, city.library, folds, questions, corrector)} |")
    changed = [sum(bool(names.slips(one.question)) for one in questions) for questions in (asked, mistyped)]
    print(f"\nA name is put right in {changed[0]} of {len(asked)} as typed, in {changed[1]} mistyped.")


def row(
    retriever: Retriever,
    library: Library,
    folds: Sequence[Calibration],
    typed: Sequence[Example],
    names: TypedNames | None,
) -> str:
    """The figures of ``typed``, each asked with the calibration of the fold that it is left out of."""
    shown: list[tuple[Example, list[str]]] = []
    for fold, calibration in enumerate(folds):
        retriever.calibration = calibration
        for one in typed[fold::FOLDS]:
            assert one.day is not None
            found = look_up(retriever, library, one.question, day=one.day, area=one.area, names=names)
            shown.append((one, [hit.citation.article_id for hit in found.results]))
    inside = [(one.articles, ids) for one, ids in shown if one.articles]
    outside = [ids for one, ids in shown if not one.articles]
    right = sum(not known.isdisjoint(ids) for known, ids in inside) / len(inside)
    first = sum(ids[:1] != [] and ids[0] in known for known, ids in inside) / len(inside)
    nothing = sum(not ids for _, ids in inside) / len(inside)
    passages = sum(len(ids) for _, ids in inside) / len(inside)
    listed = sum(bool(ids) for ids in outside)
    return f"{right:.3f} | {first:.3f} | {nothing:.3f} | {passages:.1f} | {listed} of {len(outside)}"


if __name__ == "__main__":
    main()
