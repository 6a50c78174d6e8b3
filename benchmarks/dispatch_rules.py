"""What the rules of dispatch add to the router, and what looking at them costs.

    python -m benchmarks.dispatch_rules

The sample city's appeals, each ranked by a router that has not seen it or its near duplicates (five folds), advised on
without and with the rules of the catalogue. Then the time to recognise matters, with the city's rules and with a
hundred times as many.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt

from copilot.appeal import Situation
from copilot.assembly import City, assemble_city, assemble_embedder
from copilot.call import Speaker, Utterance
from copilot.routing import RoutingAdvisor
from copilot.settings import load_settings
from copilot.suggestion import Slot
from evaluation import sample
from evaluation.measures import expected_calibration_error
from evaluation.routing.router_making import duties_of
from knowledge_base.catalogue.dispatch_rules import DispatchRule
from knowledge_base.catalogue.in_force import CatalogueInForce
from knowledge_base.catalogue.rule_book import RuleBook
from knowledge_base.tables import read_csv
from models.training.examples import Examples
from models.training.routing import train

DAY = date(2026, 11, 22)
COPIES = 100


@dataclass(frozen=True)
class Ranked:
    """One department of a held-out ranking."""

    label: str
    probability: float
    reasons: tuple[()] = ()


@dataclass(frozen=True)
class HeldOut:
    """The ranking of an appeal that the router was not trained on."""

    choices: tuple[Ranked, ...]
    abstained: bool
    likely: tuple[str, ...] = ()  # no set is promised for what folds said


@dataclass(frozen=True)
class HeldOutRouter:
    """Ranks the sample's appeals only, each as the router of its fold did."""

    rankings: Mapping[str, HeldOut]
    version: str = "held out"

    def rank(self, text: str, limit: int = 3) -> HeldOut:
        found = self.rankings[text]
        return HeldOut(found.choices[:limit], found.abstained)


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    settings = load_settings()
    city = assemble_city(settings)
    rows = read_csv(sample.appeals(), ["text", "dept_label", "dup_group"])
    texts = [row["text"] for row in rows]
    examples = Examples(texts, [row["dept_label"] for row in rows], [row["dup_group"] for row in rows])
    made = train(
        examples, assemble_embedder(settings), duties_of(city.catalogue), lambda *_: None, created=DAY.isoformat()
    )
    assert made.out_of_fold is not None
    threshold = made.classifier.threshold
    router = HeldOutRouter(
        {
            text: HeldOut(_ranked(made.out_of_fold.labels, p), bool(p.max() < threshold))
            for text, p in zip(texts, made.out_of_fold.probabilities, strict=True)
        }
    )
    ruleless = replace(city.catalogue, rules=())
    for name, catalogue in (("without rules", ruleless), ("with rules", city.catalogue)):
        advisor = RoutingAdvisor(router, CatalogueInForce(catalogue), gazetteer=city.gazetteer)
        print(name, _figures(advisor, texts, examples.labels, city))
    _cost(texts, city.catalogue.rules)


def _ranked(labels: Sequence[str], probabilities: npt.NDArray[np.float64]) -> tuple[Ranked, ...]:
    return tuple(Ranked(labels[i], float(probabilities[i])) for i in np.argsort(-probabilities))


def _figures(advisor: RoutingAdvisor, texts: Sequence[str], gold: Sequence[str], city: City) -> str:
    first, three, sure, likely = [], [], [], []
    for text, label in zip(texts, gold, strict=True):
        heard = Utterance("u1", Speaker.CITIZEN, text, 0, 1, "1")
        advice = advisor.advise(Situation("1", (heard,), DAY, city.gazetteer.city))
        made = next(s for s in advice if s.slot is Slot.DEPARTMENT)
        names = [choice.value for choice in made.choices]
        first.append(names[0] == label)
        three.append(label in names)
        sure.append(not made.abstained)
        likely.append(made.best.probability)
    right, recommended = np.array(first), np.array(sure)
    return (
        f"n={len(gold)} top-1 {right.mean():.4f} top-3 {np.mean(three):.4f} recommended {recommended.sum()} "
        f"of which right {right[recommended].mean():.4f} ECE {expected_calibration_error(np.array(likely), right):.4f}"
    )


def _cost(texts: Sequence[str], rules: Sequence[DispatchRule]) -> None:
    others = [_of_another_matter(rule, n) for n in range(COPIES) for rule in rules]
    for known in (rules, [*rules, *others]):
        book = RuleBook(known)
        book.recognise(texts[0])
        begun = time.process_time()
        for text in texts:
            book.recognise(text)
        print(f"{len(known)} rules: {1000 * (time.process_time() - begun) / len(texts):.2f} CPU ms per appeal")


def _of_another_matter(rule: DispatchRule, number: int) -> DispatchRule:
    """The rule with another first word in each cue, and the other words shared with all the rest."""
    strange = chr(0x4E00 + number * 37) + chr(0x4E00 + number * 53)
    cues = tuple(" ".join((strange + str(k), *cue.split()[1:])) for k, cue in enumerate(rule.cues))
    return replace(rule, name=f"{rule.name}{number}", cues=cues)


if __name__ == "__main__":
    main()
