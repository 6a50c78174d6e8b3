"""What each part of the router brings, and what serving it costs.

    python -m benchmarks.routing --data ORDERS.csv --label dept_label --group dup_group [--duties DUTIES.json] [--tune]

Folds by group of near-duplicates, five for what is light and three for what is tuned; every order is scored by models
that saw neither it nor anything like it. Intervals are 95 % bootstrap intervals over groups; "gain" is the paired
difference in accuracy to the baseline. Embeddings are kept in --cache; --tune takes many minutes.
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
from evaluation.routing.comparison import paired, paired_bootstrap
from evaluation.routing.figures import routing_figures
from evaluation.routing.outcomes import Outcomes, outcomes_of_probabilities
from evaluation.routing.router_making import Duties
from models.baselines import HashingEmbedder
from models.embedding_cache import CachedEmbedder
from models.routers.files import load_router, save_router
from models.routing.calibration import abstention_threshold, cross_fitted
from models.routing.learned_heads import HEADS
from models.sentence_embedder import load_embedder
from models.training.routing import Examples, OutOfFold, Trained, train
from models.training.tuned_training import Tuning
from models.weights.manifest import TUNED_ENCODER

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
    rows = Rows(examples.usable().texts, _held(trained))
    rows.show_baseline()
    light = _held(trained).scores
    for heads in _choices(len(light)):
        rows.show(" + ".join(NAMES[h] for h in heads), light[list(heads)])
    _serving(trained, examples.texts, embedder)
    if options.tune:
        _tune(examples, settings.models_dir / TUNED_ENCODER, duties, rows)


def _tune(examples: Examples, encoder: Path, duties: Duties | None, rows: Rows) -> None:
    """The same orders with an encoder that was tuned for them."""
    started = time.process_time()
    with tempfile.TemporaryDirectory() as scratch:
        tuning = Tuning(encoder, Path(scratch))
        trained = train(examples, HashingEmbedder(), duties, lambda *_: None, created="benchmark", tuning=tuning)
        print(f"tuning {time.process_time() - started:.0f} CPU s")
        held = _held(trained)
        # Pooled on the folds that its encoders were tuned on; the light heads, of other folds, have no place beside it.
        tuned = Rows(examples.usable().texts, held, rows.baseline)
        for count in range(2, len(held.scores) + 1):
            tuned.show(" + ".join(("words", "tuned encoder", "duties")[:count]), held.scores[:count])
        tuned.show("tuned encoder", held.scores[1:2])
        _serving(trained, examples.texts, trained.classifier.embedder)


def _held(trained: Trained) -> OutOfFold:
    assert trained.out_of_fold is not None
    return trained.out_of_fold


def _choices(heads: int) -> list[tuple[int, ...]]:
    alone = [(head,) for head in range(heads)]
    less_one = [tuple(h for h in range(heads) if h != left) for left in range(heads)]
    return [*alone, *less_one, tuple(range(heads))]


class Rows:
    """Prints a line for each way to score the orders ``texts``, on the folds of ``held``."""

    def __init__(self, texts: Sequence[str], held: OutOfFold, baseline: Outcomes | None = None) -> None:
        self.held = held
        self._texts = texts
        self.baseline = baseline
        print("| heads | accuracy | gain | macro-F1 | top 3 | coverage at 95 % | ECE |\n|---|---|---|---|---|---|---|")

    def show_baseline(self) -> None:
        """Character TF-IDF with a linear SVM, of which margins but no probabilities come."""
        from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 - with its model
        from sklearn.svm import LinearSVC  # noqa: PLC0415 - only the baseline needs it

        held = self.held
        scores = np.full((len(self._texts), len(held.labels)), -9.0)
        for fold in np.unique(held.folds):
            rest, inside = np.flatnonzero(held.folds != fold), np.flatnonzero(held.folds == fold)
            grams = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True, min_df=2)
            model = LinearSVC(C=0.5).fit(grams.fit_transform([self._texts[i] for i in rest.tolist()]), held.gold[rest])
            found = model.decision_function(grams.transform([self._texts[i] for i in inside.tolist()]))
            scores[np.ix_(inside, model.classes_)] = found
        table = np.exp(scores)
        self.baseline = self._outcomes(table / table.sum(axis=1, keepdims=True))
        self._print("baseline: character TF-IDF, LinearSVC", self.baseline)

    def show(self, name: str, scores: np.ndarray) -> None:
        """``scores`` (heads, n, labels), pooled and calibrated on the folds."""
        self._print(name, self._outcomes(cross_fitted(scores, self.held.gold, self.held.folds)))

    def _outcomes(self, table: np.ndarray) -> Outcomes:
        threshold = abstention_threshold(table.max(axis=1), table.argmax(axis=1) == self.held.gold)
        return outcomes_of_probabilities(self.held.labels, self.held.gold, table, threshold)

    def _print(self, name: str, outcomes: Outcomes) -> None:
        figures = routing_figures(outcomes, groups=self.held.groups, rounds=300)
        values, intervals = figures.as_json(), figures.intervals
        cells = [
            f"{values[key]:.3f} ({intervals[key][0]:.3f}–{intervals[key][1]:.3f})"
            for key in ("accuracy", "macro_f1", "top3", "coverage_at_95")
        ]
        gain, ece = "–", "–"  # of the baseline: its margins promise nothing either
        if self.baseline is not None and outcomes is not self.baseline:
            pairs = paired(self.baseline, outcomes)
            found = paired_bootstrap(pairs, groups=self.held.groups, rounds=300)["accuracy"]
            low, high = found.interval
            gain, ece = f"{found.second - found.first:+.3f} ({low:+.3f}–{high:+.3f})", f"{figures.ece:.3f}"
        print(f"| {name} | {cells[0]} | {gain} | {' | '.join(cells[1:])} | {ece} |", flush=True)


def _serving(trained: Trained, texts: Sequence[str], embedder: object) -> None:
    with tempfile.TemporaryDirectory() as folder:
        save_router(trained.classifier, Path(folder) / "router")
        size = sum(p.stat().st_size for p in (Path(folder) / "router").rglob("*") if p.is_file())
        before, started = _resident_mb(), time.process_time()
        router = load_router(Path(folder) / "router", embedder)  # type: ignore[arg-type]
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
    parser.add_argument("--tune", action="store_true", help="also tune an encoder, for many minutes")
    parser.add_argument("--embedder", default="", help="as HOTLINE_EMBEDDER; default the prepared one")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "routing-benchmark.sqlite")
    return parser.parse_args()


if __name__ == "__main__":
    main()
