"""One call: hear, advise, decide, file. Read this first.

A :class:`CallSession` turns sound into utterances, utterances into suggestions, a person's decisions into confirmed
values, and confirmed values into a work order. Whatever happens is first appended to the journal and only then folded
into the state and returned to be shown, so nothing is ever shown that a crash could take back.

It is synchronous and reads no clock: ``at`` is given. One thread at a time; :mod:`api` holds a lock per call.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

import numpy as np
from numpy.typing import NDArray

from copilot.acts import known_appeal, refuse_other
from copilot.advising import advice, advice_while_speaking
from copilot.alarms import alarms
from copilot.allotment import asked_last, heard_parts, suspect
from copilot.call import Call, Hypothesis, Speaker, Utterance
from copilot.caller import carried_over
from copilot.card_events import AnswerTakenBack, CardTouched, CaseChosen, LibrarySearched
from copilot.card_renewal import answers_backing, renewals, results_backing
from copilot.cards_in_hand import Complaint, chosen, heard, reported, touched
from copilot.deciding import check, completed, outdated
from copilot.errors import BadInput, CallIsOver, Conflict, NotFound, StorageProblem
from copilot.events import (
    AnotherMatterDeclined,
    AppealOpened,
    CallEnded,
    CallStarted,
    Event,
    Recorded,
    SuggestionDecided,
    UtteranceHeard,
    WorkOrderFiled,
)
from copilot.filing import composed, filed_before, ready_to_file
from copilot.hand_search import searched, taken_back
from copilot.journal import Journal, recorded_once
from copilot.overhearing import Interim, Overhearing, overheard_situation
from copilot.ports import Copilot, Favouring, Recognizer
from copilot.rearranging import Wish, declined, rearranged
from copilot.state import CallState
from copilot.suggestion import Decision
from copilot.work_order import WorkOrder

_RECENT = 12
"""Sentences from which it is told what the talk is about now."""


class CallSession:
    """One call, from the first sound to the filed work order."""

    def __init__(self, copilot: Copilot, journal: Journal, state: CallState, call: Call) -> None:
        self._copilot = copilot
        self._journal = journal
        self._recognizers: dict[Speaker, Recognizer] = {}
        self._unrecorded: deque[tuple[Speaker, Hypothesis]] = deque()
        self._overhearing = Overhearing()
        self._behind = False
        self.call = call
        self.state = state

    @classmethod
    def begin(cls, copilot: Copilot, journal: Journal, call: Call, at: datetime) -> CallSession:
        """The telephone is answered."""
        session = cls(copilot, journal, CallState(), call)
        session._record([CallStarted(call), AppealOpened("1", cue="")], at)
        return session

    @classmethod
    def resume(cls, copilot: Copilot, journal: Journal, call_id: str) -> CallSession:
        """Take up a call from the journal, in this process or after a crash of another. Raises NotFound."""
        state = CallState.of(journal.read(call_id))
        if state.call is None:
            raise NotFound(f"There is no call {call_id}. Start one first.")
        return cls(copilot, journal, state, state.call)

    # -- hear ---------------------------------------------------------------------------------------------------------

    def listen(self, sample_rate: int, offsets: dict[Speaker, float] | None = None) -> None:
        """Open the ears: one recogniser per speaker. ``offsets`` say at which second each channel takes up again.

        Words behind them that the journal refused are let go of: they will be heard again.
        """
        self._refuse_if_over()
        if offsets is not None:
            kept = (item for item in self._unrecorded if item[1].start < offsets.get(item[0], 0.0))
            self._unrecorded = deque(kept)
        self._recognizers = {
            speaker: self._copilot.speech.recognizer(sample_rate, (offsets or {}).get(speaker, 0.0))
            for speaker in Speaker
        }
        self._favour()

    def hear(self, speaker: Speaker, samples: NDArray[np.int16], at: datetime) -> list[Interim | Recorded]:
        """Hear some sound of one speaker; what is now being said, and what has been said, to be shown in order.

        Raises Conflict where nobody listens (CallIsOver after the end) or where others were first each time,
        StorageProblem where nothing of it could be recorded. The sound need not come again: sentences are kept and
        recorded by the next ``hear``, ``record_kept`` or ``hang_up``.
        """
        self._refuse_if_over()
        if speaker not in self._recognizers:
            raise Conflict("This call is not being listened to. Send the audio format first.")
        self._unrecorded += [(speaker, hypothesis) for hypothesis in self._recognizers[speaker].accept(samples)]
        return self._understand(at)

    @property
    def keeps_words(self) -> bool:
        """Whether there are sentences that the journal has not taken yet."""
        return bool(self._unrecorded)

    def record_kept(self, at: datetime) -> list[Interim | Recorded]:
        """Try again to record the sentences that the journal refused. Raises StorageProblem where it still does."""
        return [] if self.state.ended else self._understand(at)

    def hang_up(self, seconds: float, at: datetime) -> list[Interim | Recorded]:
        """The call is over: close the ears, keep what was said last. Deciding and filing stay possible."""
        if self.state.ended:
            return []
        for speaker, recognizer in list(self._recognizers.items()):
            self._unrecorded += [(speaker, hypothesis) for hypothesis in recognizer.finish()]
            del self._recognizers[speaker]
        shown: list[Interim | Recorded] = []
        while self._unrecorded:
            shown += self._understand(at)
        shown += self._record([CallEnded(seconds)], at)
        return shown

    def read(self, text: str, at: datetime) -> list[Recorded]:
        """Take in a message that the citizen wrote; like a sentence that was heard, at the second the call is at.

        Raises BadInput for an empty one, CallIsOver after the end.
        """
        self._refuse_if_over()
        if not text.strip():
            raise BadInput("The message is empty. Send the citizen's words.")
        now = self.state.heard_until(Speaker.CITIZEN)
        said = Hypothesis(text, now, now, final=True)
        watched = recorded_once(lambda: self._watch(Speaker.CITIZEN, said, at))
        return watched + recorded_once(lambda: self._utter(Speaker.CITIZEN, said, at, written=True))

    def _understand(self, at: datetime) -> list[Interim | Recorded]:
        """Take in what was heard, in order. What cannot be recorded waits; raises the refusal if nothing got past."""
        shown: list[Interim | Recorded] = []
        while self._unrecorded:
            waiting = self._unrecorded.popleft()
            try:
                self._take_in(*waiting, at, shown)
            except (StorageProblem, Conflict):
                self._unrecorded = deque(item for item in (waiting, *self._unrecorded) if item[1].final)
                if not shown:
                    raise
                break
        return shown

    def _take_in(self, speaker: Speaker, heard: Hypothesis, at: datetime, shown: list[Interim | Recorded]) -> None:
        shown += recorded_once(lambda: self._watch(speaker, heard, at))
        if heard.final:
            shown += recorded_once(lambda: self._utter(speaker, heard, at))
        else:
            shown.append(Interim(speaker, heard.text, heard.start, heard.end))

    def _watch(self, speaker: Speaker, hypothesis: Hypothesis, at: datetime) -> list[Recorded]:
        """An emergency outranks everything: it does not wait for the end of the sentence."""
        signs = self._copilot.emergencies.signs(hypothesis.text) if speaker is Speaker.CITIZEN else ()
        new = [sign for sign in signs if sign.category not in self.state.urgent]
        if not new:
            return []
        opened, parts = heard_parts(self.state, speaker, hypothesis.text, self._copilot.topics)
        return self._record([*opened, *alarms(new, hypothesis, parts)], at)

    def _utter(self, speaker: Speaker, said: Hypothesis, at: datetime, *, written: bool = False) -> list[Recorded]:
        opened, parts = heard_parts(self.state, speaker, said.text, self._copilot.topics, written=written)
        utterance_id = f"u{len(self.state.utterances) + 1}"
        utterance = Utterance(utterance_id, speaker, said.text, said.start, said.end, parts[-1].appeal_id)
        utterance = replace(utterance.allot(parts), readings=() if written else self._copilot.readings(said.text))
        cases = heard(utterance, asked_last(self.state), self.state) if speaker is Speaker.CITIZEN else []
        recorded = self._record([*opened, UtteranceHeard(utterance), *cases], at)
        self._favour()
        return recorded

    def _favour(self) -> None:
        """Tell this call's recognisers which names to expect after what was said last."""
        hotwords = self._copilot.hotwords
        if hotwords is None or not self._recognizers:
            return
        names = hotwords.names([utterance.read_as for utterance in self.state.utterances[-_RECENT:]])
        for recognizer in self._recognizers.values():
            if isinstance(recognizer, Favouring):
                recognizer.favour(names)

    # -- advise -------------------------------------------------------------------------------------------------------

    def advise(self, utterance: Utterance, at: datetime) -> list[Recorded]:
        """Propose whatever the latest utterance makes worth proposing, for each appeal that it is about."""
        if utterance.speaker is not Speaker.CITIZEN:
            return []
        asked = [partial(self.advise_on, key, utterance.end, at) for key in utterance.appeals]
        return [record for ask in asked for record in recorded_once(ask)]

    def advise_on(self, appeal_id: str, heard_until: float, at: datetime) -> list[Recorded]:
        """Propose whatever is worth proposing for one appeal; nothing that is on the screen already."""
        if not self._has_words(appeal_id):
            return []
        shown = self.renew_cards(at, appeal_id)
        day = self.state.day_at(at)
        shown += self._record(advice(self._copilot.advisors, self.state, appeal_id, heard_until, day), at)
        shown += self._record(carried_over(self.state, heard_until), at)
        topics = self._copilot.topics
        hint = suspect(self.state, appeal_id, topics) if topics is not None else None
        return shown + self._record([hint] if hint is not None else [], at)

    @property
    def looks_up_while_speaking(self) -> bool:
        """Whether unfinished sentences are looked up."""
        return bool(self._copilot.while_speaking)

    def overhear(self, interim: Interim, at: datetime) -> list[Recorded]:
        """Look up a citizen's unfinished sentence, where enough of it is new; see :mod:`copilot.overhearing`.

        Words that surely announce a further matter open it here, as an emergency's do.
        """
        if self.state.ended or interim.speaker is not Speaker.CITIZEN or not self.looks_up_while_speaking:
            return []
        if interim.end <= self.state.heard_until(Speaker.CITIZEN):
            return []  # the sentence is over meanwhile
        if not self._overhearing.hear(interim.text, interim.start, interim.end):
            return []
        agreed, day = self._overhearing.agreed, self.state.day_at(at)
        situation, opened = overheard_situation(self.state, interim, agreed, self._copilot.readings, day)
        if situation is None:
            return []
        shown = self._record(opened, at) + self.renew_cards(at, situation.appeal_id)
        asked, believe = self._copilot.while_speaking, self._overhearing.believe
        return shown + self._record(advice_while_speaking(asked, self.state, situation, interim.end, believe), at)

    def renew_cards(self, at: datetime, appeal_id: str = "") -> list[Recorded]:
        """Put the present text in the place of open cards that the library no longer backs, or take them away.

        Of one appeal, or of all. A day that begins, an article that is withdrawn, changed or gone: nobody need say a
        word for it.
        """
        sources, day = self._copilot.sources, self.state.day_at(at)
        if sources is None:
            return []
        wanted = [appeal_id] if appeal_id else self.state.live_appeals()
        renewed = [one for key in wanted for one in self._record(renewals(self.state, key, sources, day), at)]
        backing = [event for key in wanted for event in answers_backing(self.state, key, sources, day)]
        results = [event for key in wanted for event in results_backing(self.state, key, sources, day)]
        return renewed + self._record([*backing, *results], at)

    def _has_words(self, appeal_id: str) -> bool:
        said = (u.text for u in self.state.words_of(appeal_id) if u.speaker is Speaker.CITIZEN)
        return any(said) and not self.state.appeals[appeal_id].merged_into

    # -- decide -------------------------------------------------------------------------------------------------------

    def decide(self, decision: Decision, at: datetime) -> list[Recorded]:
        """A person accepts, amends, rejects, or fills a slot by hand. Sending a decision twice changes nothing.

        Raises AnswerOutdated, after the card was renewed, where the library does not give the answer any more.
        """
        known = self.state.decisions.get(decision.decision_id)
        decision = completed(decision, self.state)
        if known is not None:
            refuse_other(known != decision, f"Decision {decision.decision_id}")
            return []
        check(decision, known_appeal(decision.appeal_id, self.state), self.state)
        refusal = outdated(decision, self._copilot.sources, self.state.day_at(at))
        if refusal is not None:
            self.renew_cards(at, decision.appeal_id)
            raise refusal
        return self._record([SuggestionDecided(decision)], at)

    def touch(self, touch: CardTouched, at: datetime) -> list[Recorded]:
        """A person takes an answer card in hand: it stays where it is. Twice changes nothing."""
        return self._record(touched(touch, self.state), at)

    def choose(self, choice: CaseChosen, at: datetime) -> list[Recorded]:
        """A person says which of a card's cases is the citizen's. Twice changes nothing."""
        return self._record(chosen(choice, self.state), at)

    def complain(self, complaint: Complaint, at: datetime) -> list[Recorded]:
        """A person says that a passage is out of date or wrong; its card goes. Twice changes nothing."""
        return self._record(reported(complaint, self.state), at)

    def look_up(self, search: LibrarySearched, at: datetime) -> list[Recorded]:
        """A person searched the library by hand; the cards stay as they are. Twice changes nothing.

        The library may have changed since it was searched: nobody would tell of that before it changes again.
        """
        recorded, sources = self._record(searched(search, self.state), at), self._copilot.sources
        if not recorded or sources is None:
            return recorded
        lapsed = results_backing(self.state, search.appeal_id, sources, self.state.day_at(at))
        return recorded + self._record(lapsed, at)

    def take_back(self, wish: AnswerTakenBack, at: datetime, *, edited: bool = False) -> list[Recorded]:
        """An adopted answer leaves the work order; one that a person edited only if that is meant. Twice is once."""
        return self._record(taken_back(wish, self.state, edited=edited), at)

    def open_appeal(self, at: datetime) -> list[Recorded]:
        """The agent says that the citizen turned to another matter."""
        self._refuse_if_over()
        return self._record([AppealOpened(str(len(self.state.appeals) + 1), cue="")], at)

    def rearrange(self, wish: Wish, at: datetime) -> list[Recorded]:
        """A person splits an appeal, merges two, or moves words from one to another. Twice changes nothing."""
        return self._record(rearranged(wish, self.state), at)

    def decline(self, answer: AnotherMatterDeclined, at: datetime) -> list[Recorded]:
        """A person says that it is still the same matter. Twice changes nothing."""
        return self._record(declined(answer, self.state), at)

    # -- file ---------------------------------------------------------------------------------------------------------

    def file(self, appeal_id: str, request_id: str, by: str, at: datetime) -> WorkOrder:
        """File the order of one appeal from what a person confirmed. The same ``request_id`` gives the same order."""
        before = filed_before(request_id, appeal_id, self.state)
        if before is not None:
            return before
        appeal = ready_to_file(appeal_id, self.state)
        number = self._journal.next_order_number(self.call.day)
        order = composed(appeal, self.call.call_id, number, by, at)
        self._record([WorkOrderFiled(request_id, order)], at)
        return order

    def _record(self, events: Sequence[Event], at: datetime) -> list[Recorded]:
        """First the journal, then the state. Raises Conflict where another process was first: the next try knows it."""
        if not events:
            return []
        self._refuse_if_behind()
        try:
            recorded = self._journal.append(self.call.call_id, events, at)
        except Conflict:
            self.catch_up()
            raise
        if recorded[0].seq > self.state.seq + 1:
            self.catch_up()
        if not self._behind:  # else folded in by the next step, with what came before: never past a hole
            for record in recorded:
                if record.seq > self.state.seq:
                    self.state.apply(record)
        return recorded

    def catch_up(self) -> None:
        """Fold in what others have recorded in this call since; what cannot be read now, before the next step."""
        try:
            self._read_on()
        except StorageProblem:  # what was recorded must not be said to have failed for it
            self._behind = True

    def level(self) -> None:
        """Fold in what could not be read when it was recorded. Raises StorageProblem where it still cannot."""
        if self._behind:
            self._read_on()

    @property
    def behind(self) -> bool:
        """Whether the journal is known to have more than the state."""
        return self._behind

    def _read_on(self) -> None:
        for record in self._journal.read(self.call.call_id, self.state.seq):
            self.state.apply(record)
        self._behind = False

    def _refuse_if_behind(self) -> None:
        """These events were made of a state that lacks some: of the whole one they may be others, or none."""
        if self._behind:
            self._read_on()
            raise Conflict(
                "More had been recorded in this call than could be read. Look at it and repeat the last step."
            )

    def _refuse_if_over(self) -> None:
        if self.state.ended:
            raise CallIsOver(
                f"Call {self.call.call_id} has ended. Its suggestions can still be decided and its order filed."
            )
