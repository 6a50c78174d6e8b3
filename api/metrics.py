"""Prometheus figures of one running service. Counts, seconds and names of slots; never a word that was said."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from copilot.events import Recorded, SuggestionDecided, SuggestionMade, UrgencyFlagged, UtteranceHeard, WorkOrderFiled

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.5, 3.0, 6.0, 12.0)

router = APIRouter(tags=["around"])


class Metrics:
    """The figures, in a registry of their own, so that two services in one process do not meet."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.calls = Gauge("hotline_calls_in_memory", "Calls held in memory", registry=self.registry)
        self.listening = Gauge("hotline_calls_listening", "Calls whose sound is coming in", registry=self.registry)
        self.lag = Gauge(
            "hotline_lag_seconds", "Sound received and not yet understood, all calls", registry=self.registry
        )
        self.watchers = Gauge("hotline_watchers", "Sockets that watch a call", registry=self.registry)
        self.audio = self._counter("audio_seconds", "Seconds of sound understood", "speaker")
        self.hear = self._histogram("hear_seconds", "Time to understand a piece of sound")
        self.advise = self._histogram("advise_seconds", "Time to look for suggestions after a sentence")
        self.overhear = self._histogram("overhear_seconds", "Time to look for answers in the middle of a sentence")
        self.utterances = self._counter("utterances", "Finished sentences", "speaker")
        self.suggestions = self._counter("suggestions", "Suggestions made", "slot")
        self.decisions = self._counter("decisions", "Decisions taken", "slot", "verdict", "suggested")
        self.alarms = self._counter("alarms", "Emergencies flagged", "category")
        self.orders = self._counter("work_orders", "Work orders filed")
        self.challenged = self._counter("challenger_rankings", "Appeals that the challenger ranked in the shadow")
        self.errors = self._counter("errors", "Errors", "doing", "type")
        self.dropped = self._counter("watchers_dropped", "Watchers that were too slow")
        self.refused = self._counter("audio_refused", "Times that sound was refused because too much was waiting")

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"hotline_{name}", text, labels, registry=self.registry)

    def _histogram(self, name: str, text: str) -> Histogram:
        return Histogram(f"hotline_{name}", text, buckets=_SECONDS, registry=self.registry)

    def watch_rooms(self, calls: Callable[[], float], listening: Callable[[], float], lag: Callable[[], float]) -> None:
        """Read these when the figures are asked for, instead of keeping count."""
        self.calls.set_function(calls)
        self.listening.set_function(listening)
        self.lag.set_function(lag)

    def count(self, record: Recorded) -> None:
        """Count one event of a journal."""
        match record.event:
            case UtteranceHeard(utterance):
                self.utterances.labels(utterance.speaker.value).inc()
            case SuggestionMade(suggestion=suggestion):
                self.suggestions.labels(suggestion.slot.value).inc()
            case SuggestionDecided(decision):
                suggested = "yes" if decision.suggestion_id else "no"
                self.decisions.labels(decision.slot.value, decision.verdict.value, suggested).inc()
            case UrgencyFlagged(category=category):
                self.alarms.labels(category).inc()
            case WorkOrderFiled():
                self.orders.inc()
            case _:
                pass

    def error(self, doing: str, error: BaseException) -> None:
        """Count an error under what was being done."""
        self.errors.labels(doing, type(error).__name__).inc()


@router.get("/metrics", summary="Figures for Prometheus", response_class=Response)
async def metrics(request: Request) -> Response:
    """Text format of Prometheus. Counts and seconds only."""
    figures: Metrics = request.app.state.metrics
    return Response(generate_latest(figures.registry), media_type=CONTENT_TYPE_LATEST)
