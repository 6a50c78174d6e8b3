"""What each part of the router brings, and what serving it costs.

    python -m benchmarks.routing --data ORDERS.csv --label dept_label --group dup_group [--duties DUTIES.json]

Five folds by group of near-duplicates; every row is measured on the same folds. Intervals are 95 % bootstrap intervals
over groups. Embeddings are kept in --cache, so that a second run is quick.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from api.cli.train_routing import read_duties, read_examples
from copilot.settings import load_settings
from evaluation.routing import outcomes_of_probabilities, routing_figures
from models.calibration import abstention_threshold, cross_fitted
from models.department_classifier import DepartmentClassifier
from models.embedding_cache import CachedEmbedder
from models.learned_heads import HEADS
from models.router_files import save_router
from models.routing_training import OutOfFold, Trained, train
from models.sentence_embedder import load_embedder

NAMES = (*HEADS, "duties")


def main() -> None:
    options = _options()
    settings = load_settings()
    embedder = load_embedder(options.embedder or settings.embedder, settings.models_dir, 1)
    examples = read_examples(options.data, options.text, options.label, options.group)
    duties = read_duties(options.duties) if options.duties else None
    started = time.process_time()
    trained = train(examples, CachedEmbedder(embedder, options.cache), duties, lambda *_: None, created="benchmark")
    print(f"embedder {embedder.fingerprint}; training {time.process_time() - started:.0f} CPU s")
    held = trained.out_of_fold
    assert held is not None
    print("| heads | accuracy | macro-F1 | top 3 | coverage at 95 % | ECE |\n|---|---|---|---|---|---|")
    _baseline(examples.usable().texts, held)
    for heads in _choices(len(held.scores)):
        table = cross_fitted(held.scores[list(heads)], held.gold, held.folds)
        _row(" + ".join(NAMES[h] for h in heads), held, table)
    _serving(trained, examples.texts, embedder)


def _choices(heads: int) -> list[tuple[int, ...]]:
    alone = [(head,) for head in range(heads)]
    less_one = [tuple(h for h in range(heads) if h != left) for left in range(heads)]
    return [*alone, *less_one, tuple(range(heads))]


def _baseline(texts: Sequence[str], held: OutOfFold) -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 - with its model
    from sklearn.svm import LinearSVC  # noqa: PLC0415 - only the baseline needs it

    scores = np.full((len(texts), len(held.labels)), -9.0)
    for fold in np.unique(held.folds):
        rest, inside = np.flatnonzero(held.folds != fold), np.flatnonzero(held.folds == fold)
        grams = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True, min_df=2)
        model = LinearSVC(C=0.5).fit(grams.fit_transform([texts[i] for i in rest]), held.gold[rest])
        scores[np.ix_(inside, model.classes_)] = model.decision_function(grams.transform([texts[i] for i in inside]))
    table = np.exp(scores)
    _row("baseline: character TF-IDF, LinearSVC", held, table / table.sum(axis=1, keepdims=True))


def _row(name: str, held: OutOfFold, table: np.ndarray) -> None:
    threshold = abstention_threshold(table.max(axis=1), table.argmax(axis=1) == held.gold)
    outcomes = outcomes_of_probabilities(held.labels, held.gold, table, threshold)
    figures = routing_figures(outcomes, groups=held.groups, rounds=300)
    values = figures.as_json()
    cells = [
        f"{values[key]:.3f} ({figures.intervals[key][0]:.3f}–{figures.intervals[key][1]:.3f})"
        for key in ("accuracy", "macro_f1", "top3", "coverage_at_95")
    ]
    ece = "–" if name.startswith("baseline") else f"{figures.ece:.3f}"  # margins promise nothing
    print(f"| {name} | {' | '.join(cells)} | {ece} |", flush=True)


def _serving(trained: Trained, texts: Sequence[str], embedder: object) -> None:
    with tempfile.TemporaryDirectory() as folder:
        save_router(trained.classifier, Path(folder) / "router")
        size = sum(p.stat().st_size for p in (Path(folder) / "router").iterdir())
        before, started = _resident_mb(), time.process_time()
        router = DepartmentClassifier.load(Path(folder) / "router", embedder)  # type: ignore[arg-type]
        load, more = time.process_time() - started, _resident_mb() - before
        spent = []
        for text in texts[:300]:
            started = time.process_time()
            router.rank(text)
            spent.append(1000 * (time.process_time() - started))
    figures = {"folder_mb": size / 1e6, "load_cpu_s": load, "more_memory_mb": more}
    figures |= {"rank_cpu_ms_p50": float(np.median(spent)), "rank_cpu_ms_p95": float(np.quantile(spent, 0.95))}
    print(json.dumps({key: round(value, 2) for key, value in figures.items()}))


def _resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096 / 1e6


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--text", default="text")
    parser.add_argument("--label", default="dept_label")
    parser.add_argument("--group")
    parser.add_argument("--duties", type=Path)
    parser.add_argument("--embedder", default="", help="as HOTLINE_EMBEDDER; default the prepared one")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "routing-benchmark.sqlite")
    return parser.parse_args()


if __name__ == "__main__":
    main()
