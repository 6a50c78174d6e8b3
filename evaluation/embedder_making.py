"""From a city's passages and questions to an adapted embedder's folder, or to the reason why there is none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from evaluation.confirmed_answers import ConfirmedAnswer
from evaluation.homophones import Homophones
from knowledge_base.index import searched_text
from knowledge_base.policy import Passage
from knowledge_base.splitting import SEPARATOR
from models.adapted_folder import save_adapted
from models.contrastive_questions import Teaching
from models.contrastive_tuning import ContrastivePlan
from models.embedder_adapting import Adapted, Confirmed, Curriculum, Progress, adapt
from models.manifest import Precision


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and the ids of the passages or articles (documents) that answer it."""

    question: str
    answers: frozenset[str]


@dataclass(frozen=True)
class Making:
    """What an adapted embedder is made from; ``library`` and ``created`` are for its record."""

    passages: Sequence[Passage]
    asked: Sequence[Asked]
    encoder: Path
    library: str
    created: str
    precision: Precision
    plan: ContrastivePlan | None = None


def make_embedder(making: Making, folder: Path, progress: Progress) -> Adapted:
    """Adapt and, where it is better on held-out articles, store in ``folder``; the gate says which.

    Raises ModelProblem where the encoder is none or there are too few articles; what was in ``folder`` stays then.
    """
    homophones = Homophones(passage.text for passage in making.passages)
    curriculum = Curriculum(
        teachings(making.passages),
        confirmed(making.passages, making.asked),
        homophones.misheard,
        making.plan or ContrastivePlan(),
    )
    adapted = adapt(making.encoder, curriculum, progress)
    if adapted.gate.passed:
        made_from = {
            "encoder": making.encoder.resolve().name,
            "library": making.library,
            "passages": len(making.passages),
            "created": making.created,
        }
        save_adapted(adapted, folder, making.precision, made_from, lambda d, t: progress("export", d, t))
    return adapted


def teachings(passages: Iterable[Passage]) -> list[Teaching]:
    """Passages as an embedder learns from them."""
    return [
        Teaching(p.article_id, tuple(filter(None, p.heading.split(SEPARATOR))), p.text, searched_text(p), p.keywords)
        for p in passages
    ]


def confirmed(passages: Sequence[Passage], asked: Iterable[Asked]) -> list[Confirmed]:
    """Questions with the numbers of the passages that answer them; those whose passages are gone are left out."""
    numbers: dict[str, list[int]] = {}
    for number, passage in enumerate(passages):
        for name in {passage.passage_id, passage.article_id}:
            numbers.setdefault(name, []).append(number)
    found = [Confirmed(a.question, tuple(sorted({n for i in a.answers for n in numbers.get(i, ())}))) for a in asked]
    return [one for one in found if one.passages]


def of_journal(answers: Iterable[ConfirmedAnswer], passages: Sequence[Passage]) -> list[Asked]:
    """What agents adopted, each question once: the passage, or any of its article where it was cut anew since."""
    known = {passage.passage_id for passage in passages}
    found: dict[str, set[str]] = {}
    for answer in answers:
        name = answer.passage_id if answer.passage_id in known else answer.article_id
        found.setdefault(answer.question, set()).add(name)
    return [Asked(question, frozenset(ids)) for question, ids in found.items()]
