"""What an agent who searches the library by hand is listed, with and without what is less sure than a card.

    python -m benchmarks.hand_search

The sample's questions as they are typed, and its utterances without an answer, by five folds: the calibration is fitted
on four of them as written and asked of the fifth. A list is right where it holds an article that answers. Minutes.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from copilot.assembly import assemble_city, assemble_retriever
from copilot.hand_search import look_up
from copilot.settings import load_settings
from evaluation import sample
from evaluation.retrieval.sample_questions import examples
from knowledge_base import retriever as search
from knowledge_base.calibration import fit
from knowledge_base.library import Library
from knowledge_base.retriever import Example, Retriever

FOLDS = 5


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    settings = load_settings()
    city = assemble_city(settings)
    retriever = assemble_retriever(settings, city)
    asked = [*examples(sample.path("questions.jsonl")), *examples(sample.path("no_answer.jsonl"))]
    print("| listed from | right | first right | nothing | passages | without an answer: a list |")
    print("|---|---|---|---|---|---|")
    for least in (1.0, search.TYPED):
        search.TYPED = least
        print(f"| {'a card on' if least == 1.0 else least} | {row(retriever, city.library, asked)} |")


def row(retriever: Retriever, library: Library, asked: Sequence[Example]) -> str:
    """The figures of one bar over all folds."""
    shown: list[tuple[Example, list[str]]] = []
    for fold in range(FOLDS):
        learned = [judged for n, one in enumerate(asked) if n % FOLDS != fold for judged in retriever.judge(one)]
        retriever.calibration = fit(learned)
        for one in asked[fold::FOLDS]:
            assert one.day is not None
            found = look_up(retriever, library, one.question, day=one.day, area=one.area)
            shown.append((one, [hit.citation.article_id for hit in found]))
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
