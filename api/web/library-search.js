/**
 * The library searched by hand: a panel over the work order, opened by a key, beside cards and transcript that go on.
 *
 * What it finds is adopted like a suggested card; where the same passage lies open as a card, that card is decided.
 */
import { action, caseOfKey, editor, followUp, heading, original, quoted, source, struck, warnings } from "./answer-parts.js";
import { api, persistently } from "./api-client.js";
import { announce, newId } from "./desk-frame.js";
import { byId, fill, h } from "./dom.js";
import { openFor, whyLapsed } from "./event-fold.js";
import { bindText, t } from "./i18n.js";
import { isTyping } from "./typing.js";

/** @typedef {import("./types.js").LookedUp} LookedUp */
/** @typedef {import("./types.js").Citation} Citation */
/** @typedef {import("./event-fold.js").Appeal} Appeal */
/** @typedef {import("./event-fold.js").LapsedResults} LapsedResults */
/** @typedef {import("./event-fold.js").Why} Why */
/**
 * @typedef {object} Acts
 * @property {(decision: any) => Promise<boolean>} decide
 * @property {(title: string) => void} lapsed tell those who hear the screen
 * @property {(act: () => Promise<void>) => Promise<boolean>} attempt
 */

export class LibrarySearch {
  /** @param {Acts} acts */
  constructor(acts) {
    this.acts = acts;
    this.panel = byId("library-search");
    this.input = byId("library-query");
    this.host = byId("library-results");
    this.scope = byId("library-scope");
    this.callId = "";
    this.area = "";
    /** @type {Appeal | null} */
    this.appeal = null;
    /** The search that is shown. */
    this.searchId = "";
    /** @type {Result[]} */
    this.results = [];
    /** What the library no longer backs, by search. @type {Map<string, LapsedResults>} */
    this.lapsed = new Map();
    /** @type {HTMLElement | null} where the person was */
    this.before = null;
    byId("library-open").addEventListener("click", () => this.open());
    byId("library-close").addEventListener("click", () => this.close());
    byId("library-form").addEventListener("submit", (/** @type {Event} */ event) => {
      event.preventDefault();
      void this.search();
    });
    this.panel.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.key(event));
    document.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.escape(event));
    byId("order-form").addEventListener("focusin", () => this.hide()); // a key led into the form that lies beneath
  }

  get shown() {
    return !this.panel.hidden;
  }

  open() {
    const active = document.activeElement;
    if (!this.panel.contains(active)) this.before = active instanceof HTMLElement ? active : null;
    this.panel.hidden = false;
    this.input.focus();
    this.input.select();
  }

  /** Back to where the person was. */
  close() {
    this.hide();
    if (this.before?.isConnected) this.before.focus();
  }

  hide() {
    this.panel.hidden = true;
  }

  /** Another call is shown, or none. */
  clear() {
    this.input.value = "";
    this.searchId = "";
    this.results = [];
    this.host.replaceChildren();
    this.hide();
  }

  /** @param {string} callId @param {Appeal | null} appeal @param {string} area @param {Map<string, LapsedResults>} [lapsed] */
  update(callId, appeal, area, lapsed = new Map()) {
    this.callId = callId;
    this.appeal = appeal;
    this.area = area;
    this.lapsed = lapsed;
    bindText(this.scope, callId ? "search.scope" : "search.scope_idle");
    this.updateResults();
  }

  updateResults() {
    for (const result of this.results) {
      const why = this.whyLapsed(result.whole);
      if (why && !result.why) this.acts.lapsed(result.whole.title);
      result.update(this.appeal, why);
    }
  }

  /** @param {Citation} citation @returns {Why | ""} */
  whyLapsed(citation) {
    const lapsed = this.lapsed.get(this.searchId);
    if (!lapsed?.passages.includes(citation.passage_id)) return "";
    return whyLapsed(citation, !lapsed.changed.includes(citation.passage_id), lapsed.at);
  }

  async search() {
    const query = this.input.value.trim();
    if (!query) return;
    const searchId = newId();
    this.searchId = searchId;
    fill(this.host, h("p", { class: "empty", role: "status", i18n: "search.busy" }));
    const done = await this.acts.attempt(async () => {
      const found = await this.ask(searchId, query);
      if (this.searchId === searchId) this.show(query, found.results, found.read_as); // an older answer may come late
    });
    if (!done && this.searchId === searchId) this.host.replaceChildren();
  }

  /** @param {string} searchId @param {string} query @returns {Promise<{results: LookedUp[], read_as: string}>} */
  async ask(searchId, query) {
    const { callId, appeal } = this;
    if (!callId || !appeal) return api.lookUpAlone({ query });
    const answer = await persistently(() => api.lookUp(callId, { search_id: searchId, appeal_id: appeal.id, query }));
    return answer.search;
  }

  /** @param {string} query @param {LookedUp[]} found @param {string} readAs what was looked up too, where anything */
  show(query, found, readAs) {
    this.results = found.map((one) => new Result(one, this.area, (result, quote) => this.take(result, quote)));
    const next = this.callId ? "search.nothing_next" : "search.nothing_idle";
    const nothing = [h("p", { class: "nothing", i18n: ["search.nothing", { query }] }), h("p", { class: "hint", i18n: next })];
    const head = h("p", { class: "hint", role: "status", i18n: ["search.found", { n: found.length }] });
    const also = readAs && h("p", { class: "hint", i18n: ["search.read_as", { query: readAs }] });
    fill(this.host, also, ...(found.length ? [head, ...this.results.map((result) => result.element)] : nothing));
    this.host.scrollTop = 0;
    announce(found.length ? t("search.found", { n: found.length }) : t("search.nothing", { query }));
    this.updateResults();
  }

  /**
   * @param {Result} result
   * @param {string} quote as it is, or edited
   * @returns {Promise<boolean>}
   */
  async take(result, quote) {
    const edited = quote !== result.citation.quote;
    const card = this.cardOf(result);
    const value = { ...result.whole, quote, case: result.chosen, follow_up: null, search_id: this.searchId };
    if (!card) return this.acts.decide({ slot: "answer", verdict: "amend", suggestion_id: null, value });
    return this.acts.decide({ slot: "answer", suggestion_id: card.suggestion_id, ...(edited ? { verdict: "amend", value } : { verdict: "accept" }) });
  }

  /** The open card of that passage; where it asks for a case, only with the same one chosen. @param {Result} result */
  cardOf({ whole, chosen }) {
    const open = this.appeal ? openFor(this.appeal, "answer") : [];
    return open.find((made) => {
      const { passage_id: passage, follow_up: asks } = made.suggestion.choices[0].value;
      return passage === whole.passage_id && (asks ? chosen && made.chosen?.case === chosen : !chosen);
    });
  }

  /** Its head says Esc: that closes it from anywhere that has no use of its own for the key. @param {KeyboardEvent} event */
  escape(event) {
    if (event.key !== "Escape" || !this.shown || event.defaultPrevented || event.isComposing || isTyping()) return;
    if (!document.querySelector("dialog[open]")) this.hide();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    const result = this.results.find((one) => one.element.contains(document.activeElement));
    if (event.key === "Escape" && !result?.editing) this.close();
    else if (event.key === "ArrowDown" && document.activeElement === this.input) this.results[0]?.element.focus();
    else if (result && !result.editing) return this.keyAt(result, event);
    else return;
    event.preventDefault();
  }

  /** @param {Result} result @param {KeyboardEvent} event */
  keyAt(result, event) {
    const at = this.results.indexOf(result);
    if (event.key === "ArrowDown") this.results[at + 1]?.element.focus();
    else if (event.key === "ArrowUp") (this.results[at - 1]?.element ?? this.input).focus();
    else if (event.target !== result.element || event.repeat) return;
    else if (event.code in KEYS) result.press(`[data-action="${KEYS[event.code]}"]`);
    else if (caseOfKey(event)) result.press(`.case:nth-of-type(${caseOfKey(event)})`);
    else return;
    event.preventDefault();
  }
}

/** @type {Record<string, string>} */
const KEYS = { KeyA: "use", KeyE: "edit_and_use" };

/** One passage that was found. */
class Result {
  /** @param {LookedUp} found @param {string} area of the call @param {(result: Result, quote: string) => Promise<boolean>} take */
  constructor({ citation, probability }, area, take) {
    this.whole = citation;
    // Probabilities were learned from what citizens say: for a few words that somebody typed they say nothing.
    this.how = probability === null ? "search.literal" : "search.meant";
    this.area = area;
    this.take = take;
    this.editing = false;
    /** Label of the case that is the citizen's. */
    this.chosen = "";
    /** @type {"" | "open" | "taken" | "closed"} */
    this.state = "";
    /** @type {Why | ""} */
    this.why = "";
    this.element = h("article", { class: "card result", tabindex: "0", "aria-label": citation.title, data: { passage: citation.passage_id } });
    this.read();
  }

  /** What would be adopted: the passage of the case that was chosen, or the whole. @returns {Citation} */
  get citation() {
    return this.whole.follow_up?.cases.find(({ label }) => label === this.chosen)?.citation ?? this.whole;
  }

  /** Whether it can be adopted now, and says so. @param {Appeal | null} appeal @param {Why | ""} why it cannot be any more */
  update(appeal, why) {
    const passage = this.citation.passage_id;
    const there = appeal?.answers.some((one) => /** @type {any} */ (one.value).passage_id === passage);
    const state = there ? "taken" : appeal && !appeal.order ? "open" : "closed";
    if (why !== this.why) this.lapse(why);
    if (state === this.state || this.editing) return;
    this.state = state;
    if (!this.why) this.read();
  }

  /** What somebody was writing stays to be read. @param {Why | ""} why */
  lapse(why) {
    const draft = this.editing ? this.element.querySelector("textarea") : null;
    const hadFocus = this.element.contains(document.activeElement);
    this.why = why;
    this.editing = false;
    this.read();
    if (draft) fill(this.element, ...this.struck(draft));
    if (hadFocus) this.element.focus();
  }

  /** @param {HTMLTextAreaElement | null} draft */
  struck(draft) {
    return struck(this.citation, this.why === "changed" ? "search.lapsed.changed" : `card.lapsed.${this.why}`, draft);
  }

  read() {
    this.editing = false;
    this.element.classList.toggle("lapsed", this.why !== "");
    if (this.why) return fill(this.element, ...this.struck(null));
    const { citation, chosen, whole } = this;
    const choose = (/** @type {string} */ label) => {
      this.chosen = label;
      this.read();
    };
    return fill(
      this.element,
      this.header(citation),
      ...warnings(citation, this.area),
      chosen && h("p", { class: "hint", i18n: ["card.case", { case: chosen }] }),
      h("blockquote", {}, ...quoted(citation)),
      source(citation),
      followUp({ citation: whole, chosen, key: whole.passage_id, choose }),
      this.footer(),
    );
  }

  /** @param {Citation} citation */
  header(citation) {
    return h("header", {}, h("span", { class: "sure", i18n: this.how, i18nAttr: { title: `${this.how}_about` } }), h("h3", {}, heading(citation)));
  }

  footer() {
    if (this.state === "taken") return h("footer", {}, h("span", { class: "badge", i18n: "search.taken" }));
    if (this.state !== "open") return null;
    return h("footer", {}, action("use", "primary", "A", () => this.send(this.citation.quote)), action("edit_and_use", "", "E", () => this.edit()));
  }

  edit() {
    this.editing = true;
    const { citation } = this;
    const back = () => {
      this.read();
      this.element.focus();
    };
    const { text, footer } = editor(citation.quote, (quote) => void this.send(quote), back);
    fill(this.element, this.header(citation), ...warnings(citation, this.area), text, original(citation), source(citation), footer);
    text.focus();
  }

  /** @param {string} quote */
  async send(quote) {
    const buttons = [...this.element.querySelectorAll("button")];
    for (const button of buttons) button.disabled = true;
    const done = await this.take(this, quote);
    for (const button of buttons) button.disabled = false;
    if (!done) return;
    this.editing = false;
    this.state = "taken";
    const elsewhere = document.activeElement !== document.body && !this.element.contains(document.activeElement);
    this.read();
    if (!elsewhere) this.element.focus(); // who has gone on to a card meanwhile is not called back
  }

  /** @param {string} button */
  press(button) {
    /** @type {HTMLButtonElement | null} */ (this.element.querySelector(button))?.click();
  }
}
