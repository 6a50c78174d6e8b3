/** What is true of a call now: a fold over its events, as copilot/state.py does it. No screen in here. */
import { dateAndTime } from "./format.js";

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
 * @property {string} mergedInto the appeal that took over its words; empty while it is worked on
 * @property {Slot[]} leftOut fields of an appeal merged into this one that said something else
 * @property {Map<string, Lapsed>} lapsed cards that the library no longer backs, until somebody puts them away
 * @property {Reported[]} reported cards that somebody said are outdated or wrong, the latest last
 * @property {boolean} oneArticle whether an emergency leaves room for the cards of one article only
 * @property {(import("./types.js").Confirmed & {back: {by: string, at: string}})[]} takenBack answers that were adopted once
 */

/** @typedef {"withdrawn" | "ended" | "changed"} Why the library no longer backs something */
/** @typedef {Made & {why: Why}} Lapsed */
/** @typedef {{report_id: string, kind: "outdated" | "wrong", by: string, at: string, citation: import("./types.js").Citation}} Reported */
/** @typedef {{passages: string[], changed: string[], at: string}} LapsedResults of one search by hand */

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
    this.arrangement = 0; // counts the times that words went from one appeal to another
    /** @type {Map<string, import("./types.js").Hint>} questions whether it is another matter */
    this.hints = new Map();
    /** @type {Map<string, Made>} every answer card that ever was */
    this.cards = new Map();
    /** @type {Map<string, LapsedResults>} by search */
    this.lapsedResults = new Map();
  }

  /** The appeals that are worked on. */
  get liveAppeals() {
    return [...this.appeals.values()].filter((appeal) => !appeal.mergedInto);
  }

  /** The question about an appeal that nobody has answered yet. @param {string} appealId */
  hintFor(appealId) {
    const appeal = this.appeals.get(appealId);
    if (!appeal || appeal.order || appeal.mergedInto) return undefined;
    return [...this.hints.values()].find((hint) => hint.appeal_id === appealId && this.isAbout(hint));
  }

  /** Whether the words of a hint are still with its appeal. @param {import("./types.js").Hint} hint */
  isAbout(hint) {
    const utterance = this.utterances.find((said) => said.utterance_id === hint.utterance_id);
    return utterance !== undefined && partsOf(utterance).some((p) => p.start <= hint.start && hint.start < p.end && p.appeal_id === hint.appeal_id);
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

  /**
   * @param {string} id
   * @returns {Appeal}
   */
  appeal(id) {
    let appeal = this.appeals.get(id);
    if (!appeal) {
      appeal = { id, cue: "", open: new Map(), confirmed: {}, answers: [], rejected: [], order: null, mergedInto: "", leftOut: [], lapsed: new Map(), reported: [], oneArticle: false, takenBack: [] };
      this.appeals.set(id, appeal);
    }
    return appeal;
  }
}

/** The slots without which no order can be filed, as copilot/session.py has them. */
const REQUIRED = /** @type {Slot[]} */ (["department", "kind", "title", "summary"]);

/**
 * What was said in parts, each about one appeal; also where it is one part.
 * @param {import("./types.js").Utterance} utterance
 * @returns {import("./types.js").Part[]}
 */
export function partsOf(utterance) {
  if (utterance.parts?.length) return utterance.parts;
  return [{ start: 0, end: [...utterance.text].length, appeal_id: utterance.appeal_id }];
}

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
    if (data.suggestion.slot === "answer") view.cards.set(data.suggestion_id, data);
  },
  cards_arranged(view, data, at) {
    const appeal = view.appeal(data.appeal_id);
    const { open, lapsed } = appeal;
    appeal.oneArticle = data.one_article ?? appeal.oneArticle;
    for (const id of data.lapsed ?? []) {
      const card = view.cards.get(id);
      if (card) lapsed.set(id, { ...card, why: whyLapsed(card.suggestion.choices[0].value, data.withdrawn.includes(id), at) });
    }
    for (const id of data.withdrawn) open.delete(id);
    for (const standing of data.shown) {
      const made = open.get(standing.suggestion_id);
      if (!made) continue;
      open.delete(standing.suggestion_id); // put back as the last: the order is that of the screen
      open.set(standing.suggestion_id, { ...made, standing });
    }
  },
  passage_reported(view, data, at) {
    const made = view.cards.get(data.suggestion_id);
    const { report_id, kind, by } = data;
    if (made) view.appeal(data.appeal_id).reported.push({ report_id, kind, by, at, citation: made.suggestion.choices[0].value });
  },
  results_lapsed(view, data, at) {
    view.lapsedResults.set(data.search_id, { ...data, at });
  },
  case_chosen(view, data) {
    const { open } = view.appeal(data.appeal_id);
    const made = open.get(data.suggestion_id);
    if (made) open.set(data.suggestion_id, { ...made, chosen: { case: data.case, by: data.by } });
  },
  suggestion_decided(view, data, at) {
    decide(view.appeal(data.decision.appeal_id), data.decision, at);
  },
  answers_outdated(view, data) {
    const appeal = view.appeal(data.appeal_id);
    appeal.answers = appeal.answers.map((one) => (data.decisions.includes(one.decision_id) ? { ...one, outdated: true } : one));
  },
  answers_backed_again(view, data) {
    const appeal = view.appeal(data.appeal_id);
    appeal.answers = appeal.answers.map((one) => (data.decisions.includes(one.decision_id) ? { ...one, outdated: false } : one));
  },
  answer_taken_back(view, data, at) {
    const appeal = view.appeal(data.appeal_id);
    const answer = appeal.answers.find((one) => one.decision_id === data.decision_id);
    appeal.answers = appeal.answers.filter((one) => one !== answer);
    if (answer) appeal.takenBack.push({ ...answer, back: { by: data.by, at } });
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
  appeals_rearranged(view, data) {
    for (const { utterance_id, parts } of data.allotted) {
      const said = view.utterances.find((utterance) => utterance.utterance_id === utterance_id);
      if (said) Object.assign(said, { parts, appeal_id: parts.at(-1).appeal_id });
    }
    for (const id of data.withdrawn) for (const appeal of view.appeals.values()) appeal.open.delete(id);
    if (data.act === "merge") merge(view.appeal(data.appeal_id), view.appeal(data.into), data);
    view.hints.delete(data.hint_id);
    view.arrangement += 1;
  },
  another_matter_suspected(view, data) {
    view.hints.set(data.hint_id, data);
  },
  another_matter_declined(view, data) {
    view.hints.delete(data.hint_id);
  },
  call_ended(view, data) {
    view.ended = true;
    view.seconds = data.seconds;
  },
};

/**
 * Why the library no longer backs what is quoted.
 * @param {import("./types.js").Citation} citation
 * @param {boolean} gone whether nothing took its place
 * @param {string} at
 * @returns {Why}
 */
export function whyLapsed({ effective_to: last }, gone, at) {
  if (!gone) return "changed";
  return last && dateAndTime(at).slice(0, 10) > last ? "ended" : "withdrawn";
}

/**
 * What a person had confirmed goes along, as far as the service said so.
 * @param {Appeal} from
 * @param {Appeal} into
 * @param {{into: string, kept?: string[], left_out?: Slot[]}} change
 */
function merge(from, into, { into: name, kept = [], left_out = [] }) {
  from.mergedInto = name;
  for (const [slot, confirmed] of Object.entries(from.confirmed)) {
    if (kept.includes(confirmed.decision_id)) into.confirmed[/** @type {Slot} */ (slot)] = confirmed;
  }
  into.answers.push(...from.answers.filter((answer) => kept.includes(answer.decision_id)));
  into.leftOut = [...new Set([...into.leftOut, ...left_out])];
}

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
    for (const settled of openFor(appeal, slot)) appeal.open.delete(settled.suggestion_id);
  }
}
