"""Whether leaving out words that say nothing costs the reasons their faithfulness.

    python -m benchmarks.routing_reasons [--texts 100]

Appeals of the sample city, ranked by the served router with reasons, once as if every word might be named and once
without the words of :mod:`models.routing.empty_words`: how many named words say nothing, and the figures of
:mod:`evaluation.routing.faithfulness`. The router may have been trained on these appeals; both columns are on the same
ones.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable
from dataclasses import replace

from copilot.assembly import assemble_embedder
from copilot.settings import load_settings
from evaluation import sample
from evaluation.routing.faithfulness import measure_faithfulness
from knowledge_base.tables import read_csv
from models.department_classifier import DepartmentClassifier
from models.routers.files import load_router
from models.routing import reasons as routing_reasons
from models.routing.empty_words import EMPTY_WORDS, says_something

SHORTEST = 2


def any_word(word: str) -> bool:
    """What might be named before."""
    return len(word) >= SHORTEST and any(letter.isalpha() for letter in word)


def report(name: str, classifier: DepartmentClassifier, texts: list[str], may_be_named: Callable[[str], bool]) -> None:
    vars(routing_reasons)["says_something"] = may_be_named  # no argument of the product: only this page needs both
    reasons = [r for ranking in classifier.rank_many(texts, reasons=True) for c in ranking.choices for r in c.reasons]
    named = [word for reason in reasons if reason.kind == "words" for word in reason.text.split("、")]
    empty = sum(word in EMPTY_WORDS for word in named)
    found = measure_faithfulness(classifier, texts)
    print(f"{name}: {empty} of {len(named)} named words say nothing; {found}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=100, help="how many appeals")
    wanted = parser.parse_args().texts
    settings = load_settings()
    router = load_router(settings.router_dir.resolve(), assemble_embedder(settings))
    classifier = replace(router, deletions=settings.reason_deletions)
    texts = [row["text"] for row in read_csv(sample.appeals(), ["text"])]
    chosen = random.Random(0).sample(texts, min(wanted, len(texts)))
    report("any word", classifier, chosen, any_word)
    report("words that say something", classifier, chosen, says_something)


if __name__ == "__main__":
    main()
