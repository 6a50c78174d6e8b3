"""``hotline evaluate retrieval``: the right document found, and shown only where it is right, as it is served."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from api.cli.output import console, write_json
from evaluation.measures import wilson_interval
from evaluation.mishearing import ChannelName
from evaluation.retrieval.abstention import Mix

if TYPE_CHECKING:
    from api.cli.bars import Bars
    from api.cli.retrieval_sources import Searched
    from evaluation.retrieval.evaluation import Progress, RetrievalEvaluation, Wishes
    from evaluation.retrieval.marked_sentences import Marks
    from evaluation.retrieval.noise import Channel
    from evaluation.retrieval.search import Fields, Question

_STEPS = {
    "asking": "Asking {} questions",
    "outside": "Asking {} questions that have no answer",
    "lacking": "Asking {} of them without the articles that answer them",
    "words": "Asking them by their words alone",
    "drawing": "Drawing questions again and again",
    "timing": "Timing {} searches as served",
}


def retrieval(
    *,
    corpus: Annotated[
        Path | None,
        typer.Option(help="JSON lines, one document or part of one a line; without it, the library in force"),
    ] = None,
    queries: Annotated[Path | None, typer.Option(help="JSON lines, one question a line")] = None,
    sample: Annotated[
        bool, typer.Option("--sample", help="the sample city's questions, of its library in force")
    ] = False,
    output: Annotated[Path | None, typer.Option("--json", help="where the figures are written")] = None,
    doc_id: Annotated[str, typer.Option(help="field of the corpus: id; rows of one id are parts of it")] = "doc_id",
    doc_text: Annotated[str, typer.Option(help="field of the corpus: text")] = "text",
    doc_title: Annotated[str, typer.Option(help="field of the corpus: title, may be absent")] = "name",
    query_id: Annotated[str, typer.Option(help="field of the questions: id, may be absent")] = "qid",
    query_text: Annotated[str, typer.Option(help="field of the questions: text")] = "question",
    gold: Annotated[
        str, typer.Option(help="field of the questions: id or ids of the right documents")
    ] = "gold_doc_ids",
    embedder: Annotated[str, typer.Option(help="embedder to use; default: the configured one")] = "",
    out_of_scope: Annotated[
        Path | None, typer.Option(help="JSON lines of questions to which the corpus has no answer")
    ] = None,
    out_of_scope_text: Annotated[str, typer.Option(help="their field: text; default: as of the questions")] = "",
    mix: Annotated[Mix, typer.Option(help="how much they weigh where both are counted together")] = Mix.ONE_TO_ONE,
    misheard: Annotated[
        list[float] | None,
        typer.Option(min=0.0, max=0.9, help="ask again with this share of characters misheard; again for more"),
    ] = None,
    channel: Annotated[
        ChannelName, typer.Option(help="how: homophones alone, or the mixed faults of a real recogniser")
    ] = ChannelName.HOMOPHONES,
    slices: Annotated[
        list[str] | None, typer.Option("--slice", help="field of the questions to slice by; else the customary ones")
    ] = None,
    label: Annotated[
        str, typer.Option(help="name of this column; default: zero-shot or adapted, and the embedder")
    ] = "",
    per_question: Annotated[
        Path | None, typer.Option(help="where results go question by question, for retrieval-compare")
    ] = None,
    require: Annotated[
        list[str] | None,
        typer.Option(help="NAME=VALUE that must be reached, as hit@5=0.97 or fall:0.2=4; else exit code 1"),
    ] = None,
    keep: Annotated[
        bool, typer.Option(help="keep the figures of the library in force for the evaluation desk")
    ] = False,
    report: Annotated[Path | None, typer.Option(help="where the HTML report goes")] = None,
    rounds: Annotated[int, typer.Option(min=100, help="bootstrap rounds")] = 1000,
    latency: Annotated[bool, typer.Option(help="time searches as served, without remembered embeddings")] = True,
) -> None:
    """Ask every question: hit@1/5/10, MRR@10, nDCG@10, recall, cards, latency. Embeddings are remembered on disk."""
    from evaluation.gate import parse_demands
    from evaluation.retrieval.evaluation import Wishes
    from evaluation.retrieval.gate import RETRIEVAL
    from evaluation.retrieval.search import Fields
    from evaluation.retrieval.slices import CUSTOMARY, refuse_unknown

    demands = parse_demands(require or [], RETRIEVAL)
    names = Fields(doc_id, doc_text, doc_title, query_id, query_text, gold)
    queries, out_of_scope = _files(corpus, queries, out_of_scope, sample=sample, keep=keep)
    outside = _outside(
        out_of_scope, replace(names, query_text=out_of_scope_text or query_text), in_force=corpus is None
    )
    with ExitStack() as stack:
        bars, found = _searched(stack, corpus, queries, names, slices or CUSTOMARY, embedder, sample=sample)
        refuse_unknown(slices or (), found.questions)
        wishes = Wishes(outside, mix, misheard or [], _channel(channel, found) if misheard else None, rounds)
        evaluation = _evaluated(found, wishes, _steps(bars), latency=latency)
    training = "adapted" if "adapted" in found.about else "zero-shot"
    named = {"label": label or f"{training} {found.about['embedder']}", "channel": channel.value if misheard else ""}
    figures = evaluation.as_json() | named
    say(evaluation)
    write_json(output, figures)
    _write_others(found, evaluation, figures, per_question, report, keep=keep)
    _pass_gate(demands, figures)


def _files(
    corpus: Path | None, queries: Path | None, out_of_scope: Path | None, *, sample: bool, keep: bool
) -> tuple[Path, Path | None]:
    """The questions with and without an answer. Raises BadInput where options contradict one another."""
    from copilot.errors import BadInput
    from evaluation import sample as city

    if sample and (corpus or queries):
        raise BadInput(
            "--sample brings its own questions and asks the library in force. Leave out --corpus, --queries."
        )
    if keep and corpus:
        raise BadInput("--keep is for figures of the library in force. Leave out --corpus, or --keep.")
    if sample:
        return city.path("questions.jsonl"), out_of_scope or city.no_answer()
    if queries is None:
        raise BadInput("There is nothing to ask. Give --queries FILE, with --corpus FILE or of the library in force.")
    return queries, out_of_scope


def _outside(path: Path | None, names: Fields, *, in_force: bool) -> list[Question]:
    """Questions without an answer; those to the library in force are asked today in the whole city, unless they say."""
    from api.cli.retrieval_sources import placed_all
    from evaluation.retrieval.search import read_unanswerable

    if path is None:
        return []
    if not in_force:
        return read_unanswerable(path, names)
    return placed_all(read_unanswerable(path, replace(names, day="day", area="area")))


def _searched(
    stack: ExitStack,
    corpus: Path | None,
    queries: Path,
    names: Fields,
    slices: Sequence[str],
    embedder: str,
    *,
    sample: bool,
) -> tuple[Bars, Searched]:
    from api.cli.bars import Bars
    from api.cli.retrieval_sources import corpus_searched, library_searched
    from copilot.errors import BadInput

    if corpus is not None:
        bars = stack.enter_context(Bars())
        return bars, stack.enter_context(corpus_searched(corpus, queries, names, slices, embedder, bars))
    if embedder:
        raise BadInput("The library in force is searched with its own embedder. Leave out --embedder, or set it there.")
    found = library_searched(queries, names, slices, sample=sample)
    return stack.enter_context(Bars()), found


def _channel(name: ChannelName, found: Searched) -> Channel:
    from evaluation.homophones import Homophones
    from evaluation.mishearing import RecogniserFaults

    texts = [*found.texts, *(question.text for question in found.questions)]
    return Homophones(texts) if name is ChannelName.HOMOPHONES else RecogniserFaults(texts)


def _evaluated(found: Searched, wishes: Wishes, step: Progress, *, latency: bool) -> RetrievalEvaluation:
    from evaluation.retrieval.asking import ask, serving_times
    from evaluation.retrieval.baseline import baseline
    from evaluation.retrieval.evaluation import evaluate_questions
    from evaluation.retrieval.lacking import ask_lacking

    made = evaluate_questions(
        lambda questions, report: ask(found.asking, questions, report), found.questions, found.threshold, wishes, step
    )
    words = baseline(
        found.index, found.questions, made.values, wishes.rounds, lambda done, total: step("words", done, total)
    )
    lacking = ask_lacking(
        found.asking,
        found.index,
        found.questions,
        found.threshold,
        lambda done, total: step("lacking", done, total),
    )
    times = (
        serving_times(found.serving, found.questions, lambda done, total: step("timing", done, total))
        if latency
        else {}
    )
    return replace(made, baseline=words, lacking=lacking, latency=times, about=found.about, notes=found.notes)


def _steps(bars: Bars) -> Progress:
    """Progress that begins a bar of its own at each new step."""
    now = ""

    def report(step: str, done: int, total: int) -> None:
        nonlocal now
        if step != now:
            now = step
            bars.step(_STEPS.get(step, f"Asking them {step}").format(total))
        bars.advance(done, total)

    return report


def _write_others(
    found: Searched,
    evaluation: RetrievalEvaluation,
    figures: Mapping[str, Any],
    per_question: Path | None,
    report: Path | None,
    *,
    keep: bool,
) -> None:
    from evaluation.retrieval.results import results_of

    if per_question:
        kept = results_of(figures["label"], found.about, found.threshold, found.questions, evaluation.judged)
        write_json(per_question, kept.as_json())
    if keep:
        from copilot.settings import load_settings
        from evaluation.retrieval.kept import keep_report

        keep_report(load_settings().index_dir, figures)
        console.print("Kept beside the index: the evaluation desk shows it.")
    if report:
        from api.cli.evaluate_routing import write_page
        from evaluation.reports.retrieval_report import retrieval_report

        write_page(
            report, retrieval_report(evaluation, {"检索 searched": figures["label"], "数据 data": found.about["data"]})
        )


def _pass_gate(demands: Sequence[Any], figures: dict[str, Any]) -> None:
    from api.cli.evaluate_routing import pass_gate
    from evaluation.retrieval.gate import RETRIEVAL

    pass_gate(demands, figures, RETRIEVAL)


def say(evaluation: RetrievalEvaluation) -> None:
    """The figures in a table, and a sentence for each finding that must not be overlooked."""
    console.print(_table(evaluation))
    missing = evaluation.about.get("gold_not_in_corpus")
    if missing:
        console.print(f"{missing} questions name documents that the corpus does not have.")
    for words in _sentences(evaluation):
        console.print(words, markup=False)


def _table(evaluation: RetrievalEvaluation) -> Table:
    about, figures = evaluation.about, evaluation.figures
    table = Table(
        title=f"{len(evaluation.judged)} questions, {about['documents']} documents, {about['embedder']}",
        title_justify="left",
    )
    table.add_column("measure", no_wrap=True)
    misheard = (f"misheard {one.rate:.0%}" for one in evaluation.misheard)
    for heading in ("as written", "95 % interval", "BM25", *misheard):
        table.add_column(heading, justify="right")
    for name, value in figures.items():
        low, high = evaluation.intervals[name]
        heard = [f"{one.figures[name]:.3f}" for one in evaluation.misheard]
        words = f"{evaluation.baseline.figures[name]:.3f}" if evaluation.baseline else ""
        table.add_row(name, f"{value:.3f}", f"{low:.3f} – {high:.3f}", words, *heard)
    return table


def _sentences(evaluation: RetrievalEvaluation) -> list[str]:
    found = evaluation.abstention
    now = found.at_served
    cards = f"From a probability of {now.threshold:.2f} on, {now.shown:.1%} of the questions get a card"
    said = [f"{cards}; the first is right in {_share(now.first_right)} of them."]
    if found.outside:
        said.append(f"Of {found.outside} questions without an answer {_share(now.false_cards)} get a card.")
    if evaluation.lacking:
        low, high = evaluation.lacking.interval
        said.append(
            f"Asked without the articles that answer them, {evaluation.lacking.share:.1%} ({low:.1%} to {high:.1%}) "
            "get a card: of a neighbouring matter."
        )
    if found.halves and found.at_target:
        said.append(
            f"At no more than 5 % of those (from {found.at_target.threshold:.2f} on) {found.at_target.shown:.1%} of "
            f"the others get one; with the threshold found on the other half {found.halves.shown:.1%}, "
            f"and {_share(found.halves.false_cards)} of those without an answer."
        )
    said += _marks("As written", evaluation.marks)
    said += [
        f"Misheard at {one.rate:.0%}: hit@1 falls by {one.fall['hit@1']:.1f} points, hit@5 by {one.fall['hit@5']:.1f}."
        for one in evaluation.misheard
    ]
    said += [words for one in evaluation.misheard for words in _marks(f"Misheard at {one.rate:.0%}", one.marks)]
    if evaluation.latency:
        wall, cpu = (
            f"{evaluation.latency[f'{kind}p50']:.1f} / {evaluation.latency[f'{kind}p95']:.1f}" for kind in ("", "cpu_")
        )
        said.append(f"One search as served: {wall} ms (p50 / p95), {cpu} ms of processor time.")
    return [*said, *(f"Note: {note}" for note in evaluation.notes)]


def _marks(how: str, found: Marks | None) -> list[str]:
    """What is marked on the first cards, where it was judged."""
    if found is None or not found.cards:
        return []
    low, high = wilson_interval(found.right, found.marked)
    quoted, right = found.quoted / found.cards, found.right / max(1, found.marked)
    passages = f"{how}, {quoted:.1%} of {found.cards} first cards of a right article quote a passage that answers"
    marks = f"{found.marked} have a sentence marked, {right:.1%} of these the right one ({low:.1%} to {high:.1%})"
    return [f"{passages}; {marks}."]


def _share(value: float | None) -> str:
    return "none" if value is None else f"{value:.1%}"
