"""``hotline evaluate replay``: recorded calls through the copilot that is served."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.progress import track
from rich.table import Table

from api.cli.output import console, write_json

if TYPE_CHECKING:
    from evaluation.calls.gold_calls import GoldCall
    from models.hearing.audio import Recording


def replay(
    calls: Annotated[Path, typer.Option(help="calls.jsonl with its sound files beside it.")],
    json: Annotated[Path | None, typer.Option("--json", help="Where to write the figures.")] = None,
    telephone: Annotated[bool, typer.Option("--telephone", help="Play the 8 kHz telephone version.")] = False,
    day: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day of the calls.")] = None,
    hearing: Annotated[
        Path | None,
        typer.Option(help="A folder that keeps what was heard: made at the first replay, used instead of ears later."),
    ] = None,
    at_the_end: Annotated[
        bool, typer.Option("--at-the-end", help="Look answers up at the end of a sentence only: the baseline.")
    ] = False,
    cpu: Annotated[
        bool, typer.Option("--cpu", help="Count the processor's time, not the clock's: on a machine that others use.")
    ] = False,
) -> None:
    """Replay recorded calls and judge what was suggested, and when."""
    from api.cli.building import build_apart
    from copilot.assembly import assemble
    from copilot.settings import load_settings
    from evaluation.calls.call_judgement import judge, summarise
    from evaluation.calls.card_timing import judge_cards, summarise_cards
    from evaluation.calls.gold_calls import load_calls
    from evaluation.calls.kept_hearing import heard_through
    from evaluation.calls.replay import replay as replay_call
    from models.errors import BadAudio

    gold_calls = load_calls(calls)
    settings = load_settings()
    build_apart(settings)
    assembly = assemble(settings)
    whole = replace(assembly.copilot, while_speaking=()) if at_the_end else assembly.copilot
    on = day.date() if day else _today()
    judged = []
    for gold in track(gold_calls, "Replaying calls", console=console):
        try:
            recording = _stereo(gold, telephone)
            kept = hearing / f"{gold.call_id}{'-8k' if telephone else ''}.json" if hearing else None
            with heard_through(whole, kept, process_time if cpu else perf_counter) as (copilot, stopwatch):
                replayed = replay_call(copilot, gold, recording, on, assembly.gazetteer.city, stopwatch)
        except BadAudio as error:
            raise BadAudio(f"Call {gold.call_id}: {error}") from error
        judged.append({**judge(gold, replayed), "answer_cards": judge_cards(gold, replayed)})
    figures: dict[str, Any] = {
        "telephone": telephone,
        "while_speaking": not at_the_end,
        "day": on.isoformat(),
        "versions": assembly.versions,
        "summary": summarise(judged),
        "answer_cards": summarise_cards([call["answer_cards"] for call in judged]),
        "calls": judged,
    }
    write_json(json, figures)
    _show(figures)
    _show_cards(figures["answer_cards"])


def _stereo(gold: GoldCall, telephone: bool) -> Recording:
    """The call's sound, both speakers apart. Raises BadAudio where they are not."""
    from models.errors import BadAudio
    from models.hearing.audio import by_speaker, read_recording

    recording = read_recording(gold.recording(telephone))
    try:
        by_speaker(recording)
    except BadAudio as error:  # its advice is for a command with --mono
        raise BadAudio(
            "Its file has one channel or the same sound on both, so citizen and agent cannot be told apart. "
            "Give a stereo file, left citizen, right agent."
        ) from error
    return recording


def _today() -> date:
    return datetime.now(ZoneInfo("Asia/Shanghai")).date()


def _show(figures: dict[str, Any]) -> None:
    from evaluation.retrieval.rank_measures import percentile

    table = Table(title="Replayed calls", show_lines=False)
    for heading in (
        "call",
        "CER citizen",
        "CER agent",
        "appeals",
        "department",
        "facts",
        "delay p95 s",
        "urgent",
        "RTF",
    ):
        table.add_column(heading, justify="left" if heading == "call" else "right")
    for call in figures["calls"]:
        delays = call["suggestion_delay_s"]
        table.add_row(
            f"{call['id']} {call['title']}",
            f"{call['character_error_rate']['citizen']:.3f}",
            f"{call['character_error_rate']['agent']:.3f}",
            f"{call['appeals']['heard']}/{call['appeals']['gold']}",
            " ".join(str(d["rank"] or "-") for d in call["departments"]),
            f"{call['facts']['suggested']}/{call['facts']['gold']}",
            f"{percentile(delays, 0.95):.2f}" if delays else "-",
            _alarm_words(call["urgent"]),
            f"{call['real_time_factor']:.2f}",
        )
    console.print(table)
    summary = figures["summary"]
    found = summary["splitting"]["boundary_f1"]
    boundaries = f" (boundary F1 {found})" if found is not None else ""
    console.print(
        f"{summary['calls']} calls: department within three for {summary['department_first_three']} of "
        f"{summary['appeals']} appeals (first: {summary['department_first']}); a gold fact suggested in "
        f"{summary['enquiries_with_a_gold_fact']} of {summary['enquiries']} enquiries; "
        f"as many appeals as there are in {summary['calls_with_as_many_appeals']} calls{boundaries}; "
        f"delay p50 {summary['suggestion_delay_s']['p50']} s, p95 {summary['suggestion_delay_s']['p95']} s; "
        f"urgent {summary['urgent_flagged']} of {summary['urgent_calls']}, false alarms {summary['false_alarms']}."
    )


def _show_cards(cards: dict[str, Any]) -> None:
    table = Table(title="Answer cards", show_lines=False)
    for heading in ("", "n", "first card right", "any card right", "before the turn ended", "s after it p50", "p95"):
        table.add_column(heading, justify="right" if heading else "left")
    for name in ("calls_of_enquiry", "enquiries_in_them", "all_questions"):
        row = cards[name]
        delay = row["after_the_turn_s"]
        counts = (row["n"], row["first_card_right"], row["any_card_right"], row["before_the_end"])
        table.add_row(name.replace("_", " "), *map(str, (*counts, delay["p50"], delay["p95"])))
    console.print(table)
    every = cards["all_questions"]
    console.print(
        f"Of {every['first_card_right']} right first cards {every['marked']} have a sentence marked, "
        f"and {every['mark_right']} of these state the fact."
    )
    rate, counts = cards["per_minute"], cards["cards"]
    console.print(
        f"Cards a minute: {rate['came']} came, {rate['left']} left undecided, {rate['moved']} were pushed down; "
        f"{counts['brief']} left within two seconds, {counts['on_small_talk']} came on small talk."
    )


def _alarm_words(urgent: dict[str, Any]) -> str:
    if not urgent["flagged"]:
        return "missed" if urgent["gold"] else ""
    return f"{urgent['after_first_words_s']:.1f} s" if urgent["gold"] else "false alarm"
