/**
 * Policy passages that may answer the citizen: quoted verbatim, with their source, each decided by the agent.
 *
 * Cards change while people talk, but never under a hand: while the pointer or the focus is on one, nothing leaves and
 * nothing moves; what is new goes below.
 */
import { action, caseOfKey, citationOf, editor, followUp, heading, original, quoted, source, struck, sureness, unmarked, warnings } from "./answer-parts.js";
import { layOut } from "./card-layout.js";
import { ReportedLines, told } from "./reported-lines.js";
import { byId, fill, h } from "./dom.js";
import { openFor } from "./event-fold.js";
import { t } from "./i18n.js";
import { atMost } from "./typing.js";
import { UsedAnswers } from "./used-answers.js";

/** @typedef {import("./types.js").Made} Made */
/** @typedef {import("./types.js").Citation} Citation */
/**
 * @typedef {object} Acts
 * @property {(decision: any) => Promise<boolean>} decide
 * @property {(suggestion: string, act: "read" | "edit" | "close") => void} touch
 * @property {(suggestion: string, label: string) => Promise<boolean>} choose a case
 * @property {(suggestion: string, kind: "outdated" | "wrong", note: string) => Promise<boolean>} report to whoever keeps the article
 * @property {(decision: string, edited: boolean) => Promise<boolean>} takeBack an adopted answer
 * @property {(title: string) => void} lapsed tell those who hear the screen
 */

export class AnswerCards {
  /** @param {Acts} acts */
  constructor(acts) {
    this.acts = acts;
    this.host = byId("answers");
    this.count = byId("answers-count");
    this.note = byId("answers-one");
    /** @type {Map<string, Card>} cards stay the same elements, so that focus and a draft stay too */
    this.cards = new Map();
    this.used = new UsedAnswers(acts.takeBack);
    this.reported = new ReportedLines(() => this.update(this.appeal, this.area));
    /** @type {import("./event-fold.js").Appeal | null} */
    this.appeal = null;
    this.area = "";
    /** The card that somebody turned to: it is open, instead of the first. */
    this.turnedTo = "";
    this.first = "";
    this.host.addEventListener("focusin", (/** @type {Event} */ event) => this.turn(/** @type {Element} */ (event.target)));
    new ResizeObserver(() => this.layOut()).observe(this.host);
    const settle = () => queueMicrotask(() => this.update(this.appeal, this.area));
    this.host.addEventListener("pointerleave", settle);
    this.host.addEventListener("focusout", settle);
  }

  clear() {
    this.cards.clear();
    this.used.clear();
    this.reported.clear();
    this.appeal = null;
    this.host.replaceChildren();
    this.count.textContent = "";
    this.note.hidden = true;
    this.count.hidden = false;
  }

  /** @param {import("./event-fold.js").Appeal | null} appeal @param {string} [area] of the call */
  update(appeal, area = "") {
    const other = appeal?.id !== this.appeal?.id;
    this.appeal = appeal;
    this.area = area;
    const undecided = appeal ? openFor(appeal, "answer") : [];
    const open = appeal?.order ? [] : undecided; // what is filed is decided no more
    const taken = appeal?.answers ?? [];
    const wanted = open.map((made) => this.card(made));
    const used = this.used.of(appeal);
    const reported = this.reported.of(appeal);
    const lapsed = appeal?.order ? [] : [...(appeal?.lapsed.values() ?? [])].map((made) => this.lapsedCard(made));
    const leftOut = undecided.length > open.length && h("p", { class: "empty", i18n: ["answers_left_out", { n: undecided.length }] });
    const nothing = !undecided.length && !used.length && !lapsed.length && h("p", { class: "empty", i18n: appeal ? "no_answers" : "no_call" });
    const shown = this.kept(wanted, other || Boolean(appeal?.order));
    this.place([...reported, ...this.amid(shown, lapsed), ...used, leftOut, nothing].filter(Boolean));
    this.count.textContent = appeal ? t("answers_count", { open: open.length, used: taken.length }) : "";
    this.note.hidden = !appeal?.oneArticle || Boolean(appeal.order);
    this.count.hidden = !this.note.hidden; // beside the search there is room for one of them
    this.layOut();
  }

  /** @param {Element} element that got the focus */
  turn(element) {
    const id = AnswerCards.at(element)?.dataset.suggestion ?? "";
    if (!id || id === this.turnedTo) return;
    this.turnedTo = id;
    this.layOut();
  }

  /** One card is open, the first until somebody turns to another. A new first card is open again, but not under a hand. */
  layOut() {
    const first = this.host.querySelector(".card.suggested")?.dataset.suggestion ?? "";
    if (first !== this.first && !this.cards.get(this.turnedTo)?.inHand) this.turnedTo = "";
    this.first = first;
    layOut(this.host, this.turnedTo);
  }

  /**
   * The cards in their order; with a hand on one of them, as they are, and what is new below. In an emergency a pointer
   * that rests on a card does not keep it: what was taken away may say the opposite of what came.
   * @param {Card[]} wanted
   * @param {boolean} all whether everything goes anyway
   * @returns {HTMLElement[]}
   */
  kept(wanted, all) {
    const before = [...this.cards.values()].filter((card) => card.element.isConnected && !card.done && !card.why);
    const urgent = Boolean(this.appeal?.oneArticle);
    const inHand = (/** @type {Card} */ card) => (urgent && !wanted.includes(card) ? card.atWork : card.inHand);
    const held = !all && before.some(inHand);
    for (const card of this.cards.values()) card.element.classList.toggle("gone", !card.why && !wanted.includes(card));
    if (!held) {
      for (const [id, card] of this.cards) if (!card.why && !wanted.includes(card)) this.cards.delete(id);
      return wanted.map((card) => card.element);
    }
    before.sort((a, b) => (a.element.compareDocumentPosition(b.element) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
    const staying = before.filter((card) => inHand(card) || wanted.includes(card));
    return [...staying, ...wanted.filter((card) => !staying.includes(card))].map((card) => card.element);
  }

  /**
   * Leave cards that stay where they are: moving an element takes its focus away.
   * @param {HTMLElement[]} elements
   */
  place(elements) {
    for (const child of [...this.host.children]) if (!elements.includes(/** @type {HTMLElement} */ (child))) child.remove();
    elements.forEach((element, index) => {
      if (this.host.children[index] !== element) this.host.insertBefore(element, this.host.children[index] ?? null);
    });
  }

  /**
   * A card that lapsed stays where it is: what is below it now comes below it.
   * @param {HTMLElement[]} shown
   * @param {HTMLElement[]} lapsed
   */
  amid(shown, lapsed) {
    const all = [...shown];
    for (const element of lapsed) {
      let below = element.nextElementSibling;
      while (below && !shown.includes(/** @type {HTMLElement} */ (below))) below = below.nextElementSibling;
      all.splice(below ? all.indexOf(/** @type {HTMLElement} */ (below)) : all.length, 0, element);
    }
    return all;
  }

  /** @param {import("./event-fold.js").Lapsed} made */
  lapsedCard(made) {
    const card = this.cards.get(made.suggestion_id) ?? this.card(made);
    if (!card.why) this.acts.lapsed(citationOf(made).title);
    card.lapse(made.why, () => {
      this.appeal?.lapsed.delete(made.suggestion_id);
      this.cards.delete(made.suggestion_id);
      this.update(this.appeal, this.area);
    });
    return card.element;
  }

  /** The card that holds an element. @param {Element | null} element */
  static at(element) {
    return /** @type {HTMLElement | null} */ (element?.closest(".card.suggested") ?? null);
  }

  /** @param {Made} made */
  card(made) {
    let card = this.cards.get(made.suggestion_id);
    if (!card) {
      card = new Card(made, this.acts, () => this.area);
      this.cards.set(made.suggestion_id, card);
    }
    card.update(made);
    return card;
  }
}

/** One card: reading it, editing its quote, or saying that it is out of date. */
class Card {
  /** @param {Made} made @param {Acts} acts @param {() => string} area */
  constructor(made, acts, area) {
    this.made = made;
    this.acts = acts;
    this.area = area;
    this.shown = "";
    this.done = false;
    this.touched = false;
    /** Why the library no longer backs it. @type {import("./event-fold.js").Lapsed["why"] | ""} */
    this.why = "";
    this.putAway = () => {};
    /** @type {"reading" | "editing" | "reporting"} */
    this.mode = "reading";
    const { title } = citationOf(made);
    this.element = h("article", { class: "card suggested", tabindex: "0", data: { suggestion: made.suggestion_id }, "aria-label": title });
    this.element.addEventListener("focusin", () => this.touch());
    this.element.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.key(event));
  }

  /** Whether a person is at it. */
  get inHand() {
    return this.atWork || this.element.matches(":hover");
  }

  /** Whether a person writes in it, or has turned to it with a key or a click. */
  get atWork() {
    return this.mode !== "reading" || this.element.contains(document.activeElement);
  }

  /** @param {Made} made */
  update(made) {
    this.made = made;
    const state = JSON.stringify([made.standing, made.chosen, this.area()]);
    if (this.mode !== "reading" || state === this.shown) return;
    this.shown = state;
    this.read();
  }

  /**
   * It may be adopted no more. What somebody was writing stays to be read.
   * @param {import("./event-fold.js").Lapsed["why"]} why
   * @param {() => void} putAway
   */
  lapse(why, putAway) {
    if (this.why) return;
    this.why = why;
    this.putAway = putAway;
    this.drawLapsed();
  }

  drawLapsed() {
    const draft = this.mode === "editing" ? this.element.querySelector("textarea") : null;
    const hadFocus = this.element.contains(document.activeElement);
    const putAway = action("card.put_away", "", "Esc", () => this.putAway());
    this.mode = "reading";
    this.element.className = "card lapsed";
    fill(this.element, ...struck(citationOf(this.made), `card.lapsed.${this.why}`, draft, putAway));
    if (hadFocus) this.element.focus();
  }

  /** The copilot is told once: what is in a hand stays. */
  touch() {
    if (this.touched || this.done || this.why) return;
    this.touched = true;
    this.acts.touch(this.made.suggestion_id, "read");
  }

  read() {
    this.mode = "reading";
    const citation = citationOf(this.made);
    const narrowed = this.made.chosen?.case;
    fill(
      this.element,
      h("header", {}, this.badge(), narrowed ? null : unmarked(citation), h("h3", {}, narrowed && h("span", { class: "narrowed", i18n: ["card.case", { case: narrowed }] }), heading(citation))),
      h("p", { class: "gone-note", i18n: "card.gone" }),
      ...warnings(citation, this.area()),
      h("blockquote", {}, ...quoted(citation)),
      source(citation),
      this.followUp(),
      h(
        "footer",
        {},
        action("use", "primary", "A", () => this.send(this.acts.decide(this.decision({ verdict: "accept" })))),
        action("edit_and_use", "", "E", () => this.edit()),
        action("not_relevant", "", "X", () => this.send(this.acts.decide(this.decision({ verdict: "reject", reason: "不相关" })))),
        action("out_of_date", "", "G", () => this.report()),
      ),
    );
  }

  badge() {
    return sureness(this.made.standing?.probability ?? this.made.suggestion.choices[0].probability);
  }

  /** The question to ask, with the answers there are. */
  followUp() {
    const { suggestion, suggestion_id: key, chosen } = this.made;
    const choose = (/** @type {string} */ label) => void this.acts.choose(key, label);
    const citation = /** @type {Citation} */ (suggestion.choices[0].value);
    return followUp({ citation, chosen: chosen?.case ?? "", key, choose, heard: Boolean(chosen?.case && !chosen.by) });
  }

  /** @param {object} rest */
  decision(rest) {
    return { slot: "answer", suggestion_id: this.made.suggestion_id, ...rest };
  }

  edit() {
    this.mode = "editing";
    this.acts.touch(this.made.suggestion_id, "edit");
    const citation = citationOf(this.made);
    const save = (/** @type {string} */ quote) => {
      const value = { ...citation, quote, highlight: [], sentence: null, follow_up: null };
      void this.send(this.acts.decide(this.decision(quote === citation.quote ? { verdict: "accept" } : { verdict: "amend", value })));
    };
    const { text, footer } = editor(citation.quote, save, () => this.back());
    fill(
      this.element,
      h("header", {}, h("span", { class: "badge", i18n: "state.changed" }), h("h3", {}, heading(citation))),
      ...warnings(citation, this.area()),
      text,
      original(citation),
      source(citation),
      footer,
    );
    text.focus();
  }

  report() {
    this.mode = "reporting";
    const citation = citationOf(this.made);
    const note = atMost(h("input", { type: "text", i18nAttr: { placeholder: "card.report_note", "aria-label": "card.report_note" } }), 500);
    const report = (/** @type {"outdated" | "wrong"} */ kind) => told(this.acts.report(this.made.suggestion_id, kind, note.value.trim()), kind, citation.owner);
    const save = (/** @type {"outdated" | "wrong"} */ kind) => void (note.reportValidity() && this.send(report(kind)));
    note.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      if (event.isComposing) return;
      if (event.key === "Escape") this.back();
      else if (event.key === "Enter") save(event.ctrlKey ? "wrong" : "outdated");
      else return;
      event.preventDefault();
    });
    fill(
      this.element,
      h("header", {}, h("span", { class: "badge", i18n: "out_of_date" }), h("h3", {}, heading(citation))),
      h("blockquote", {}, ...quoted(citation)),
      note,
      source(citation),
      h("footer", {}, action("card.report_outdated", "primary", "Enter", () => save("outdated")), action("card.report_wrong", "", "Ctrl+Enter", () => save("wrong")), action("cancel", "", "Esc", () => this.back())),
    );
    note.focus();
  }

  back() {
    if (this.mode === "editing") this.acts.touch(this.made.suggestion_id, "close");
    this.shown = "";
    this.mode = "reading";
    this.update(this.made);
    this.element.focus();
  }

  /** The next card gets the focus at once, this one again if the service refuses. @param {Promise<boolean>} sent */
  async send(sent) {
    const buttons = [...this.element.querySelectorAll("button")];
    for (const button of buttons) button.disabled = true;
    const next = neighbour(this.element);
    const hadFocus = this.element.contains(document.activeElement) || document.activeElement === document.body;
    this.element.classList.replace("suggested", "sending");
    if (hadFocus) next?.focus();
    this.done = await sent;
    if (this.done) {
      this.mode = "reading";
      this.element.remove();
      return;
    }
    if (this.why) return this.drawLapsed();
    for (const button of buttons) button.disabled = false;
    this.element.classList.replace("sending", "suggested");
    if (hadFocus) this.element.focus();
  }

  /** Plain keys, while the card itself has the focus. @param {KeyboardEvent} event */
  key(event) {
    if (this.why && event.key === "Escape") {
      event.preventDefault();
      return this.putAway();
    }
    if (this.why || event.target !== this.element || event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return undefined;
    const press = (/** @type {string} */ name) => /** @type {HTMLButtonElement | null} */ (this.element.querySelector(name))?.click();
    const moves = { ArrowDown: this.element.nextElementSibling, ArrowUp: this.element.previousElementSibling };
    const keys = { KeyA: "use", KeyE: "edit_and_use", KeyX: "not_relevant", KeyG: "out_of_date" };
    const digit = caseOfKey(event);
    if (event.code in moves) /** @type {any} */ (moves)[event.code]?.focus();
    else if (!(event.code in keys) && !digit) return undefined;
    else if (event.repeat) return event.preventDefault(); // held down, it would decide the next card too, which has the focus by then
    else press(digit ? `.case:nth-of-type(${digit})` : `[data-action="${/** @type {any} */ (keys)[event.code]}"]`);
    return event.preventDefault();
  }
}

/** @param {Element} element @returns {HTMLElement | null} the card after it, else the one before it */
function neighbour(element) {
  const cards = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("#answers .card.suggested")]);
  const at = cards.indexOf(/** @type {HTMLElement} */ (element));
  return cards[at + 1] ?? cards[at - 1] ?? null;
}
