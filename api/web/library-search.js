/**
 * The library searched by hand: a panel over the work order, opened by a key, beside cards and transcript that go on.
 *
 * What it finds is adopted like a suggested card; where the same passage lies open as a card, that card is decided.
 */
import { action, heading, quoted, source, warnings } from "./answer-parts.js";
import { api, persistently } from "./api-client.js";
import { announce, newId } from "./desk-frame.js";
import { byId, fill, h } from "./dom.js";
import { openFor } from "./event-fold.js";
import { bindText, t } from "./i18n.js";

/** @typedef {import("./types.js").LookedUp} LookedUp */
/** @typedef {import("./event-fold.js").Appeal} Appeal */
/**
 * @typedef {object} Acts
 * @property {(decision: any) => Promise<boolean>} decide
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
    /** @type {HTMLElement | null} where the person was */
    this.before = null;
    byId("library-open").addEventListener("click", () => this.open());
    byId("library-close").addEventListener("click", () => this.close());
    byId("library-form").addEventListener("submit", (/** @type {Event} */ event) => {
      event.preventDefault();
      void this.search();
    });
    this.panel.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.key(event));
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

  /** @param {string} callId @param {Appeal | null} appeal @param {string} area */
  update(callId, appeal, area) {
    this.callId = callId;
    this.appeal = appeal;
    this.area = area;
    bindText(this.scope, callId ? "search.scope" : "search.scope_idle");
    for (const result of this.results) result.update(appeal);
  }

  async search() {
    const query = this.input.value.trim();
    if (!query) return;
    const searchId = newId();
    this.searchId = searchId;
    fill(this.host, h("p", { class: "empty", role: "status", i18n: "search.busy" }));
    const done = await this.acts.attempt(async () => {
      const found = await this.ask(searchId, query);
      if (this.searchId === searchId) this.show(query, found); // an older answer may come late
    });
    if (!done && this.searchId === searchId) this.host.replaceChildren();
  }

  /** @param {string} searchId @param {string} query @returns {Promise<LookedUp[]>} */
  async ask(searchId, query) {
    const { callId, appeal } = this;
    if (!callId || !appeal) return (await api.lookUpAlone({ query })).results;
    const answer = await persistently(() => api.lookUp(callId, { search_id: searchId, appeal_id: appeal.id, query }));
    return answer.search.results;
  }

  /** @param {string} query @param {LookedUp[]} found */
  show(query, found) {
    this.results = found.map((one) => new Result(one, this.area, (quote) => this.take(one, quote)));
    for (const result of this.results) result.update(this.appeal);
    const next = this.callId ? "search.nothing_next" : "search.nothing_idle";
    const nothing = [h("p", { class: "nothing", i18n: ["search.nothing", { query }] }), h("p", { class: "hint", i18n: next })];
    const head = h("p", { class: "hint", role: "status", i18n: ["search.found", { n: found.length }] });
    fill(this.host, ...(found.length ? [head, ...this.results.map((result) => result.element)] : nothing));
    this.host.scrollTop = 0;
    announce(found.length ? t("search.found", { n: found.length }) : t("search.nothing", { query }));
  }

  /**
   * @param {LookedUp} found
   * @param {string} quote as it is, or edited
   * @returns {Promise<boolean>}
   */
  async take({ citation }, quote) {
    const edited = quote !== citation.quote;
    const card = this.cardOf(citation.passage_id);
    const value = { ...citation, quote, search_id: this.searchId };
    if (!card) return this.acts.decide({ slot: "answer", verdict: "amend", suggestion_id: null, value });
    return this.acts.decide({ slot: "answer", suggestion_id: card.suggestion_id, ...(edited ? { verdict: "amend", value } : { verdict: "accept" }) });
  }

  /** The open card of that passage; not where it asks for a case first. @param {string} passage */
  cardOf(passage) {
    const open = this.appeal ? openFor(this.appeal, "answer") : [];
    return open.find(({ suggestion }) => suggestion.choices[0].value.passage_id === passage && !suggestion.choices[0].value.follow_up);
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
    else if (event.target === result.element && event.code in KEYS) result.press(KEYS[event.code]);
    else return;
    event.preventDefault();
  }
}

/** @type {Record<string, string>} */
const KEYS = { KeyA: "use", KeyE: "edit_and_use" };

/** One passage that was found. */
class Result {
  /** @param {LookedUp} found @param {string} area of the call @param {(quote: string) => Promise<boolean>} take */
  constructor({ citation, probability }, area, take) {
    this.citation = citation;
    this.take = take;
    this.editing = false;
    this.state = "";
    // Probabilities were learned from what citizens say: for a few words that somebody typed they say nothing.
    const how = probability === null ? "search.literal" : "search.meant";
    const sure = h("span", { class: "sure", i18n: how, i18nAttr: { title: `${how}_about` } });
    this.body = h("div", { class: "result-body" });
    this.footer = h("footer", {});
    this.element = h(
      "article",
      { class: "card result", tabindex: "0", "aria-label": citation.title, data: { passage: citation.passage_id } },
      h("header", {}, sure, h("h3", {}, heading(citation))),
      ...warnings(citation, area),
      this.body,
      source(citation),
      this.footer,
    );
    this.read();
  }

  /** Whether it can be adopted now, and says so. @param {Appeal | null} appeal */
  update(appeal) {
    const there = appeal?.answers.some((one) => /** @type {any} */ (one.value).passage_id === this.citation.passage_id);
    const state = there ? "taken" : appeal && !appeal.order ? "open" : "closed";
    if (state === this.state || this.editing) return;
    this.state = state;
    this.read();
  }

  read() {
    this.editing = false;
    fill(this.body, h("blockquote", {}, ...quoted(this.citation)));
    if (this.state === "taken") fill(this.footer, h("span", { class: "badge", i18n: "search.taken" }));
    else if (this.state === "open") fill(this.footer, action("use", "primary", "A", () => this.send(this.citation.quote)), action("edit_and_use", "", "E", () => this.edit()));
    else this.footer.replaceChildren();
  }

  edit() {
    this.editing = true;
    const text = h("textarea", { rows: 6, i18nAttr: { "aria-label": "quote_edited" } });
    text.value = this.citation.quote;
    const save = () => (text.value.trim() ? this.send(text.value.trim()) : text.focus());
    const back = () => {
      this.read();
      this.element.focus();
    };
    text.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      if (event.key === "Escape") back();
      if (event.key === "Enter" && event.ctrlKey) save();
    });
    fill(this.body, text, h("p", { class: "original" }, h("span", { class: "badge", i18n: "card.original" }), " ", this.citation.quote));
    fill(this.footer, action("use_edited", "primary", "Ctrl+Enter", save), action("undo", "", "Esc", back));
    text.focus();
  }

  /** @param {string} quote */
  async send(quote) {
    const buttons = [...this.footer.querySelectorAll("button")];
    for (const button of buttons) button.disabled = true;
    const done = await this.take(quote);
    for (const button of buttons) button.disabled = false;
    if (!done) return;
    this.editing = false;
    this.state = "taken";
    const elsewhere = document.activeElement !== document.body && !this.element.contains(document.activeElement);
    this.read();
    if (!elsewhere) this.element.focus(); // who has gone on to a card meanwhile is not called back
  }

  /** @param {string} name */
  press(name) {
    /** @type {HTMLButtonElement | null} */ (this.footer.querySelector(`[data-action="${name}"]`))?.click();
  }
}
