/** The agent's desk: one call from the first sound to the filed order. Read this first; the panels are beside it. */
import { useAgentKeys } from "./agent-keys.js";
import { AnswerCards } from "./answer-cards.js";
import { AppealTools } from "./appeal-tools.js";
import { api, ApiError, persistently } from "./api-client.js";
import { CallPanel } from "./call-panel.js";
import { announce, enterDesk, newId, pageIsReady, showProblem } from "./desk-frame.js";
import { byId } from "./dom.js";
import { EmergencyBanner } from "./emergency-banner.js";
import { CallView } from "./event-fold.js";
import { clock, slotText } from "./format.js";
import { onLanguage, t } from "./i18n.js";
import { LibrarySearch } from "./library-search.js";
import { LiveCall } from "./live-call.js";
import { OrderForm } from "./order-form.js";
import { RecordingPlayer } from "./recording-player.js";
import { RoutingPanel } from "./routing-panel.js";
import { Transcript } from "./transcript.js";

const CALLS_EVERY = 15000; // ms

class AgentDesk {
  constructor() {
    /** @type {CallView | null} */
    this.view = null;
    this.callId = "";
    this.appealId = "1";
    /** @type {LiveCall | null} */
    this.live = null;
    this.connection = "closed";
    /** @type {import("./slot-editors.js").City} */
    this.city = { districts: [], departments: [], categories: [] };
    /** @type {any[]} */
    this.recordings = [];
    /** @type {any[]} */
    this.calls = [];
    this.drawing = false;
    this.player = new RecordingPlayer({ onEnd: () => this.draw() });
    this.banner = new EmergencyBanner();
    this.transcript = new Transcript();
    const decide = (/** @type {any} */ decision) => this.decide(this.appealId, decision);
    const lapsed = (/** @type {string} */ title) => announce(t("card.lapsed_said", { title }));
    this.answers = new AnswerCards({
      decide,
      touch: (card, act) => void this.touch(card, act),
      choose: (card, label) => this.atCard(card, "case", { choice_id: newId(), case: label }),
      report: (card, kind, note) => this.atCard(card, "report", { report_id: newId(), kind, note }),
      takeBack: (decision, edited) => this.takeBack(decision, edited),
      lapsed,
    });
    this.library = new LibrarySearch({ decide, lapsed, attempt: (act) => this.attempt(act) });
    this.routing = new RoutingPanel({ city: this.city, decide });
    this.form = new OrderForm({ city: this.city, decide: (id, d) => this.decide(id, d), file: (id) => this.file(id) });
    this.panel = new CallPanel({
      play: (recording, district) => this.begin(recording, district),
      goOn: () => void this.goOn(),
      hangUp: () => this.hangUp(),
      finish: () => this.finish(),
      mute: (muted) => this.player.mute(muted),
      openCall: (id) => this.openCall(id),
      selectAppeal: (id) => this.selectAppeal(id),
      openAppeal: () => this.openAppeal(),
    });
    this.appeals = new AppealTools({
      rearrange: (wish) => this.rearrange(wish),
      decline: (hint) => this.decline(hint),
      selectAppeal: (id) => this.selectAppeal(id),
    });
  }

  async start() {
    const [departments, areas, recordings, taxonomy] = await Promise.all([api.departments(), api.areas(), api.recordings(), api.taxonomy()]);
    this.city.departments = departments.departments ?? departments;
    this.city.districts = areas.districts ?? [];
    this.city.categories = taxonomy.categories ?? [];
    this.recordings = recordings.recordings ?? [];
    this.panel.offer(this.recordings, this.city.districts);
    await this.refreshCalls();
    const asked = new URLSearchParams(location.hash.slice(1)).get("call");
    if (asked) this.openCall(asked);
    else this.draw();
    window.setInterval(() => this.tick(), 500);
    window.setInterval(() => void this.refreshCalls(), CALLS_EVERY);
  }

  // -- the call -------------------------------------------------------------------------------------------------------

  /** @param {string} recording @param {string} district */
  async begin(recording, district) {
    await this.attempt(async () => {
      this.panel.play.disabled = true;
      await this.player.load(recording);
      const call = await api.startCall({ channel: "recording", recording, ...(district ? { district } : {}) });
      this.openCall(call.call_id, true);
      void this.refreshCalls();
    });
    this.panel.play.disabled = false;
  }

  /** A tab was closed or reloaded while a recording played: the rest of it, from where the service had heard. */
  async goOn() {
    await this.attempt(async () => {
      await this.player.load(this.view?.call?.recording ?? "");
      this.openCall(this.callId, true);
    });
  }

  /**
   * Show a call, from its first event on.
   * @param {string} id
   * @param {boolean} [play] send the loaded recording to it
   */
  openCall(id, play = false) {
    this.leave();
    this.callId = id;
    this.view = new CallView();
    this.appealId = "1";
    history.replaceState(null, "", `#call=${encodeURIComponent(id)}`);
    const { view } = this;
    const live = new LiveCall(id, () => view.seq, {
      hello: (hello) => this.hello(live, hello, play),
      event: (event) => this.happened(view, event),
      interim: (interim) => this.transcript.interim(interim),
      lag: (seconds) => this.behind(seconds),
      problem: (problem, from) => {
        showProblem(problem);
        if (from) this.player.refused(from);
      },
      state: (state) => this.connected(state),
    });
    this.live = live;
    live.open();
  }

  /** Close what belongs to the call that was shown. */
  leave() {
    this.live?.close();
    this.live = null;
    this.player.stop();
    this.view = null;
    this.callId = "";
    this.transcript.clear();
    this.answers.clear();
    this.library.clear();
    this.form.clear();
    this.panel.hideLag();
  }

  /**
   * @param {LiveCall} live
   * @param {{heard_until: Record<string, number>, ended: boolean}} hello
   * @param {boolean} play
   */
  hello(live, hello, play) {
    if (play && !hello.ended) {
      const heard = hello.heard_until ?? {};
      if (!this.player.playing && !live.over) this.player.start(live, Math.min(heard.citizen ?? 0, heard.agent ?? 0));
      this.player.hello(heard);
    }
    this.draw();
  }

  /** @param {"connecting" | "open" | "waiting" | "closed"} state */
  connected(state) {
    this.connection = state;
    if (state !== "open") this.player.interrupted();
    this.draw();
  }

  /**
   * @param {CallView} view
   * @param {import("./types.js").WireEvent} event
   */
  happened(view, event) {
    if (!view.apply(event) || view !== this.view) return;
    if (event.name === "appeal_opened" && view.appeals.size > 1 && !this.form.hasDrafts) this.appealId = event.data.appeal_id;
    if (event.name === "suggestion_made" && this.connection === "open") this.tell(event.data);
    if (event.name === "utterance_heard") this.player.lag = 0; // it is told again while there is any
    if (event.name === "urgency_flagged") this.banner.update(this.callId, view.urgencies);
    if (event.name === "call_ended") {
      this.player.stop();
      this.transcript.endInterims();
      void this.refreshCalls();
    }
    this.draw();
  }

  /** @param {import("./types.js").Made} made */
  tell(made) {
    const { slot, choices, abstained } = made.suggestion;
    const unsure = slot === "telephone" ? "in_part_said" : "please_judge";
    announce(t("new_suggestion", { slot: t(`slot.${slot}`), value: abstained ? t(unsure) : slotText(choices[0].value) }));
  }

  /** @param {number} seconds */
  behind(seconds) {
    this.player.lag = seconds;
    this.panel.showLag(seconds);
  }

  async hangUp() {
    const id = this.callId;
    await this.attempt(async () => {
      if (this.player.playing && this.live?.ready) this.player.finish();
      else await api.endCall(id);
      await this.catchUp();
    });
    this.draw();
  }

  /** The wrap-up is over: the agent is free again. */
  finish() {
    const open = this.view ? this.view.liveAppeals.filter((a) => !a.order && a.open.size) : [];
    if (open.length && !window.confirm(t("finish_unfiled", { n: open.length }))) return;
    this.leave();
    history.replaceState(null, "", location.pathname);
    this.draw();
    this.panel.recording.focus();
  }

  async openAppeal() {
    await this.attempt(async () => {
      await api.openAppeal(this.callId);
      await this.catchUp();
    });
  }

  /** Split, merge or move; the id makes a second arrival harmless. @param {object} wish */
  async rearrange(wish) {
    const whole = { change_id: newId(), ...wish };
    return this.attempt(async () => {
      await persistently(() => api.rearrange(this.callId, whole));
      await this.catchUp();
    });
  }

  /** @param {string} hint */
  async decline(hint) {
    const answer = { decision_id: newId() };
    return this.attempt(async () => {
      await persistently(() => api.decline(this.callId, hint, answer));
      await this.catchUp();
    });
  }

  /** @param {string} id */
  selectAppeal(id) {
    this.appealId = id;
    this.transcript.showAppeal(id);
    this.draw();
  }

  // -- what a person decides --------------------------------------------------------------------------------------------

  /**
   * @param {string} appealId
   * @param {object} decision
   * @returns {Promise<boolean>} whether the service acknowledged it
   */
  async decide(appealId, decision) {
    const whole = { decision_id: newId(), appeal_id: appealId, ...decision };
    return this.attempt(async () => {
      await persistently(() => api.decide(this.callId, whole));
      await this.catchUp();
    });
  }

  /**
   * @param {string} card
   * @param {"case" | "report"} what
   * @param {object} body
   */
  async atCard(card, what, body) {
    const whole = { appeal_id: this.appealId, ...body };
    return this.attempt(async () => {
      await persistently(() => api.card(this.callId, card, what, whole));
      await this.catchUp();
    });
  }

  /** @param {string} decision that adopted an answer @param {boolean} edited whether wording of a person's own goes too */
  async takeBack(decision, edited) {
    const wish = { take_back_id: newId(), appeal_id: this.appealId, edited };
    return this.attempt(async () => {
      await persistently(() => api.takeBack(this.callId, decision, wish));
      await this.catchUp();
    });
  }

  /** A card is in a person's hand: nobody waits for the answer, and without one it only may move. @param {string} card @param {string} act */
  async touch(card, act) {
    const body = { touch_id: newId(), appeal_id: this.appealId, act };
    await api.card(this.callId, card, "touch", body).catch(() => {});
  }

  /** @param {string} appealId */
  async file(appealId) {
    const request = { request_id: newId(), appeal_id: appealId };
    await this.attempt(async () => {
      await persistently(() => api.file(this.callId, request));
      await this.catchUp();
      void this.refreshCalls();
    });
  }

  /** Fold in what the socket has not brought yet: after a decision the screen must not lag behind. */
  async catchUp() {
    const { view, callId } = this;
    if (!view) return;
    const { events } = await api.events(callId, view.seq);
    for (const event of events ?? []) this.happened(view, event);
  }

  /**
   * @param {() => Promise<void>} act
   * @returns {Promise<boolean>}
   */
  async attempt(act) {
    try {
      await act();
      return true;
    } catch (error) {
      showProblem(error);
      if (error instanceof ApiError && error.status === 409) await this.catchUp().catch(() => {});
      return false;
    }
  }

  // -- the screen -------------------------------------------------------------------------------------------------------

  async refreshCalls() {
    try {
      const answer = await api.calls();
      this.calls = answer.calls ?? [];
      this.drawCalls();
    } catch (error) {
      showProblem(error);
    }
  }

  /** @returns {"idle" | "talking" | "after" | "paused"} */
  get phase() {
    if (!this.view) return "idle";
    if (this.view.ended) return "after";
    const recorded = this.view.call?.channel === "recording";
    const stopped = recorded && !this.player.playing && !this.player.finished;
    return stopped && this.connection === "open" ? "paused" : "talking";
  }

  /** Draw once for all events of one turn. */
  draw() {
    if (this.drawing) return;
    this.drawing = true;
    queueMicrotask(() => {
      this.drawing = false;
      this.drawNow();
    });
  }

  drawNow() {
    const { view } = this;
    this.appealId = view?.appeals.get(this.appealId)?.mergedInto || this.appealId;
    const appeal = view?.appeals.get(this.appealId) ?? null;
    this.transcript.update(view?.utterances ?? [], view?.arrangement ?? 0);
    this.panel.update(view, this.phase);
    this.panel.showAppeals(view, this.appealId);
    this.appeals.update(view, this.appealId);
    this.answers.update(appeal, view?.call?.area ?? "");
    this.library.update(this.callId, appeal, view?.call?.area ?? "", view?.lapsedResults);
    this.routing.update(appeal);
    if (appeal) this.form.update(appeal, this.view?.dispatched.get(appeal.order?.number ?? ""));
    byId("order-appeal").textContent = appeal ? t("appeal_n", { n: appeal.id }) : "";
    this.banner.update(this.callId, view?.urgencies ?? []);
    this.drawCalls();
    this.tick();
  }

  drawCalls() {
    const title = (/** @type {string} */ id) => this.recordings.find((r) => r.id === id)?.title ?? id;
    this.panel.showCalls(this.calls, this.callId, title);
  }

  tick() {
    const broken = this.view && !this.view.ended && this.connection !== "open";
    const state = broken ? (this.connection === "closed" ? "closed" : "reconnecting") : this.phase;
    byId("call-state").textContent = t(`call_state.${state}`);
    byId("call-state").dataset.state = state;
    byId("clock").textContent = clock(this.player.secondsOf(this.view));
  }
}

if (await enterDesk()) {
  const desk = new AgentDesk();
  onLanguage(() => desk.draw());
  useAgentKeys(desk);
  window.addEventListener("beforeunload", (event) => desk.form.hasDrafts && event.preventDefault());
  await desk.start().catch(showProblem);
  pageIsReady();
}
