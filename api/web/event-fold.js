/** What is true of a call now: a fold over its events, as copilot/state.py does it. No screen in here. */
/** @typedef {import("./types.js").Made} Made */
/** @typedef {import("./types.js").Slot} Slot */

/**
 * One appeal as it stands.
 * @typedef {object} Appeal
 * @property {string} id
 * @property {string} cue what told that the citizen turned to another matter
 * @property {Map<string, Made>} open undecided suggestions by id, oldest first
 * @property {Partial<Record<Slot, import("./types.js").Confirmed>>} confirmed
 * @property {import("./types.js").Confirmed[]} answers policy passages taken over by a person
 * @property {{slot: Slot, suggestion_id: string, by: string, at: string, reason: string}[]} rejected
 * @property {import("./types.js").Order | null} order
 */

/** A call as it stands. `seq` is the last event folded in. */
export class CallView {
  constructor() {
    this.seq = 0;
    /** @type {import("./types.js").Call | null} */
    this.call = null;
    this.startedAt = "";
    this.ended = false;
    this.seconds = 0;
    /** @type {import("./types.js").Utterance[]} */
    this.utterances = [];
    /** @type {Map<string, Appeal>} */
    this.appeals = new Map();
    /** @type {(import("./types.js").Urgency & {at: string})[]} */
    this.urgencies = [];
    /** @type {Map<string, string>} order number -> department that it went out to */
    this.dispatched = new Map();
  }

  /**
   * Fold one more event in; one that was folded before changes nothing.
   * @param {{seq: number, at: string, name: string, data: any}} event
   * @returns {boolean} whether it was new
   */
  apply(event) {
    if (event.seq <= this.seq) return false;
    this.seq = event.seq;
    FOLDS[event.name]?.(this, event.data, event.at);
    return true;
  }

  /** The appeal that is being talked about: the one opened last. */
  get currentAppeal() {
    return [...this.appeals.keys()].at(-1) ?? "1";
  }

  /**
   * @param {string} id
   * @returns {Appeal}
   */
  appeal(id) {
    let appeal = this.appeals.get(id);
    if (!appeal) {
      appeal = { id, cue: "", open: new Map(), confirmed: {}, answers: [], rejected: [], order: null };
      this.appeals.set(id, appeal);
    }
    return appeal;
  }
}

/** The slots without which no order can be filed, as copilot/session.py has them. */
export const REQUIRED = /** @type {Slot[]} */ (["department", "kind", "title", "summary"]);

/**
 * The undecided suggestions of one slot, oldest first.
 * @param {Appeal} appeal
 * @param {Slot} slot
 * @returns {Made[]}
 */
export function openFor(appeal, slot) {
  return [...appeal.open.values()].filter((made) => made.suggestion.slot === slot);
}

/**
 * The required slots that nobody has confirmed yet.
 * @param {Appeal} appeal
 * @returns {Slot[]}
 */
export function missing(appeal) {
  return REQUIRED.filter((slot) => !appeal.confirmed[slot]);
}

/** @type {Record<string, (view: CallView, data: any, at: string) => void>} */
const FOLDS = {
  call_started(view, data, at) {
    view.call = data.call;
    view.startedAt = at;
  },
  appeal_opened(view, data) {
    view.appeal(data.appeal_id).cue = data.cue;
  },
  utterance_heard(view, data) {
    view.utterances.push(data.utterance);
  },
  urgency_flagged(view, data, at) {
    view.urgencies.push({ ...data, at });
  },
  suggestion_made(view, data) {
    const { open } = view.appeal(data.appeal_id);
    for (const old of data.supersedes ?? []) open.delete(old);
    open.set(data.suggestion_id, data);
  },
  suggestion_decided(view, data, at) {
    decide(view.appeal(data.decision.appeal_id), data.decision, at);
  },
  work_order_filed(view, data) {
    view.appeal(data.order.appeal_id).order = data.order;
  },
  routing_decided(view, data) {
    view.dispatched.set(data.number, data.department);
  },
  order_returned(view, data) {
    view.dispatched.delete(data.number);
  },
  call_ended(view, data) {
    view.ended = true;
    view.seconds = data.seconds;
  },
};

/**
 * @param {Appeal} appeal
 * @param {import("./types.js").Decision} decision
 * @param {string} at
 */
function decide(appeal, decision, at) {
  const { slot, suggestion_id, by } = decision;
  if (suggestion_id) appeal.open.delete(suggestion_id);
  const confirmed = { value: decision.value, decision_id: decision.decision_id, by, at, suggestion_id };
  if (decision.verdict === "reject") {
    appeal.rejected.push({ slot, suggestion_id: suggestion_id ?? "", by, at, reason: decision.reason ?? "" });
  } else if (slot === "answer") {
    appeal.answers.push(confirmed);
  } else {
    appeal.confirmed[slot] = confirmed;
  }
}
