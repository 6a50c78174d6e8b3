"""From a city's passages and questions to an adapted embedder's folder, or to the reason why there is none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from evaluation.homophones import Homophones
from evaluation.retrieval.confirmed_answers import ConfirmedAnswer
from evaluation.retrieval.search import ranked_documents
from knowledge_base.articles.splitting import SEPARATOR
from knowledge_base.index.base import searched_text
from knowledge_base.index.making import make_index
from knowledge_base.policy import Passage
from knowledge_base.retriever import Retriever
from knowledge_base.search.everyday_terms import general_terms
from models.adapting.adapted_folder import save_adapted
from models.adapting.contrastive_gate import Gate, judge
from models.adapting.contrastive_questions import Teaching
from models.adapting.embedder_adapting import Adapted, Confirmed, Curriculum, Progress, adapt
from models.adapting.map_fitting import FittingPlan
from models.sentence_embedder import MappedEmbedder, OnnxEmbedder, SentenceEmbedder


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and the ids of the passages or articles (documents) that answer it."""

    question: str
    answers: frozenset[str]


@dataclass(frozen=True)
class Making:
    """What an adapted embedder is made from: ``library`` and ``created`` are for its record.

    ``regardless``: kept, to be measured, where search is not better with it too.
    """

    passages: Sequence[Passage]
    asked: Sequence[Asked]
    library: str
    created: str
    plan: FittingPlan = field(default_factory=FittingPlan)
    regardless: bool = False


@dataclass(frozen=True)
class Made:
    """What was learned, with its vectors' own gate, and the gate of search as it is served, which decides."""

    adapted: Adapted
    served: Gate


def make_embedder(
    making: Making, base: OnnxEmbedder, remembering: SentenceEmbedder, folder: Path, progress: Progress
) -> Made:
    """Adapt ``base`` and, where search is better with it, store in ``folder``; what was there stays otherwise.

    ``remembering`` is ``base`` with a memory. Raises ModelProblem where there are too few articles.
    """
    homophones = Homophones(passage.text for passage in making.passages)
    known = confirmed(making.passages, making.asked)
    curriculum = Curriculum(teachings(making.passages), known, homophones.misheard, making.plan)
    adapted = adapt(remembering, curriculum, progress)
    served = served_gate(making.passages, remembering, adapted, progress)
    if served.passed or making.regardless:
        made_from = {"library": making.library, "passages": len(making.passages), "created": making.created}
        save_adapted(adapted, served, base, folder, made_from, regardless=making.regardless)
    return Made(adapted, served)


def served_gate(
    passages: Sequence[Passage], remembering: SentenceEmbedder, adapted: Adapted, progress: Progress
) -> Gate:
    """The same questions asked of search as it is served, with either embedder: words and syllables know much already.

    Raises KnowledgeError where the disk refuses the two indexes, which are made for this and removed.
    """
    mapped = MappedEmbedder(remembering, adapted.learned, "adapted")
    asked, sides = adapted.examined, []
    with TemporaryDirectory(prefix="hotline-adapted-") as scratch:
        for number, embedder in enumerate((remembering, mapped)):
            index = make_index(Path(scratch) / str(number), passages, embedder, "held out")
            retriever = Retriever(index, embedder, terms=general_terms())
            ranks = []
            for place, one in enumerate(asked, start=1):
                ranks.append(_reciprocal(ranked_documents(retriever, one.question), one.articles))
                progress("deciding", number * len(asked) + place, 2 * len(asked))
            sides.append(np.array(ranks))
    names = {name: place for place, name in enumerate(sorted({min(one.articles) for one in asked}))}
    groups = np.array([names[min(one.articles)] for one in asked], dtype=np.int64)
    return judge(sides[0], sides[1], groups, adapted.gate.asked)


def _reciprocal(found: Sequence[str], right: frozenset[str]) -> float:
    return next((1.0 / rank for rank, article in enumerate(found, start=1) if article in right), 0.0)


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
