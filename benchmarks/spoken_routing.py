"""What helps routing when words are misheard: misheard copies to learn from, owners of found passages, names put right.

    python -m benchmarks.spoken_routing [--misheard 0.2]

Five folds of the sample city's appeals by near-duplicate group. Each held-out appeal is ranked as written and with a
share of its characters replaced by homophones, then with the names put right that are recognised by their sound; by
the router alone and blended with the owners of found passages.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from copilot.assembly import assemble_city, assemble_embedder, assemble_retriever
from copilot.routing import blended
from copilot.settings import load_settings
from evaluation import sample
from evaluation.homophones import Homophones
from evaluation.routing.router_making import duties_of
from knowledge_base.sounds_alike.sound_correction import SoundCorrector
from knowledge_base.sounds_alike.spoken_terms import spoken_terms
from knowledge_base.tables import read_csv
from models.training.examples import Examples, group_folds
from models.training.routing import train

DAY = date(2026, 11, 22)
WEIGHTS = (0.0, 0.5, 1.0, 2.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--misheard", type=float, default=0.2)
    rate = parser.parse_args().misheard
    settings = load_settings()
    city = assemble_city(settings)
    embedder = assemble_embedder(settings)
    retriever = assemble_retriever(settings, city, embedder)
    duties = duties_of(city.catalogue)
    rows = read_csv(sample.appeals(), ["text", "dept_label", "dup_group"])
    texts, labels = [r["text"] for r in rows], [r["dept_label"] for r in rows]
    homophones = Homophones([*texts, *(a.text for a in city.library.articles)])
    heard = [homophones.misheard(t, rate, seed=7) for t in texts]
    corrector = SoundCorrector(spoken_terms(city.library.passages(), city.catalogue, city.gazetteer))
    said = {"written": texts, "misheard": heard, "put right": [corrector.read(t) for t in heard]}
    copies = [homophones.misheard(t, rate, seed=8) for t in texts]
    groups = [r["dup_group"] for r in rows]
    folds = group_folds(
        np.unique(labels, return_inverse=True)[1], np.unique(groups, return_inverse=True)[1], folds=5, seed=0
    )

    def owners(text: str) -> list[tuple[str, float]]:
        found = retriever.search(text, day=DAY, area=city.gazetteer.city)
        return [(hit.passage.owner, hit.probability) for hit in found]

    owned = {kind: [owners(t) for t in source] for kind, source in said.items()}
    for name, augmented in (("as written", False), ("and misheard", True)):
        results: dict[tuple[str, float], list[tuple[bool, bool, float]]] = {}
        for fold in range(5):
            kept = np.flatnonzero(folds != fold)
            extra = [copies[i] for i in kept] if augmented else []
            again = [*kept, *kept] if augmented else [*kept]
            examples = Examples(
                [*(texts[i] for i in kept), *extra], [labels[i] for i in again], [groups[i] for i in again]
            )
            router = train(examples, embedder, duties, lambda *_: None, created="").classifier
            out = np.flatnonzero(folds == fold)
            for kind, source in said.items():
                rankings = router.rank_many([source[i] for i in out], limit=6)
                for weight in WEIGHTS:
                    for i, ranking in zip(out, rankings, strict=True):
                        plain = [(c.label, c.probability) for c in ranking.choices]
                        merged = blended(plain, owned[kind][i], weight)
                        results.setdefault((kind, weight), []).append(judged(merged, labels[i]))
        show(name, results)


def show(name: str, results: Mapping[tuple[str, float], list[tuple[bool, bool, float]]]) -> None:
    for (kind, weight), outcomes in results.items():
        first, three, probability = (np.array(column) for column in zip(*outcomes, strict=True))
        print(
            f"trained {name:12}  {kind:9}  owners x {weight:.1f}  first {first.mean():.3f}  "
            f"three {three.mean():.3f}  promised {probability.mean():.3f}  n {len(first)}",
            flush=True,
        )


def judged(ranking: Sequence[tuple[str, float]], gold: str) -> tuple[bool, bool, float]:
    names = [name for name, _ in ranking]
    return names[0] == gold, gold in names[:3], ranking[0][1]


if __name__ == "__main__":
    main()
