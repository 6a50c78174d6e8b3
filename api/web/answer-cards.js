/** Policy passages that may answer the citizen: quoted verbatim, with their source, each decided by the agent. */
import { byId, fill, h } from "./dom.js";
import { openFor } from "./event-fold.js";
import { person, timeOfDay } from "./format.js";
import { t } from "./i18n.js";

/** @typedef {import("./types.js").Made} Made */
/** @typedef {import("./types.js").Citation} Citation */

export class AnswerCards {
  /** @param {(decision: any) => Promise<boolean>} decide */
  constructor(decide) {
    this.decide = decide;
    this.host = byId("answers");
    this.count = byId("answers-count");
    /** @type {Map<string, HTMLElement>} cards stay the same elements, so that focus and a draft stay too */
    this.cards = new Map();
  }

  clear() {
    this.cards.clear();
    this.host.replaceChildren();
    this.count.textContent = "";
  }

  /** @param {import("./event-fold.js").Appeal | null} appeal */
  update(appeal) {
    const undecided = appeal ? openFor(appeal, "answer").reverse() : [];
    const open = appeal?.order ? [] : undecided; // what is filed is decided no more
    const taken = appeal?.answers ?? [];
    const wanted = open.map((made) => this.card(made));
    const used = taken.map((answer) => this.used(answer));
    const nothing = !undecided.length && !used.length;
    const leftOut = undecided.length > open.length && h("p", { class: "empty", i18n: ["answers_left_out", { n: undecided.length }] });
    for (const id of this.cards.keys()) if (!open.some((made) => made.suggestion_id === id)) this.cards.delete(id);
    this.place([...wanted, ...used, ...(leftOut ? [leftOut] : []), ...(nothing ? [h("p", { class: "empty", i18n: appeal ? "no_answers" : "no_call" })] : [])]);
    this.count.textContent = appeal ? t("answers_count", { open: open.length, used: taken.length }) : "";
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

  /** The card that holds an element. @param {Element | null} element */
  static at(element) {
    return /** @type {HTMLElement | null} */ (element?.closest(".card.suggested") ?? null);
  }

  /** @param {Made} made */
  card(made) {
    const known = this.cards.get(made.suggestion_id);
    if (known) return known;
    const citation = /** @type {Citation} */ (made.suggestion.choices[0].value);
    const card = h("article", { class: "card suggested", tabindex: "0", data: { suggestion: made.suggestion_id }, "aria-label": citation.title });
    this.cards.set(made.suggestion_id, card);
    this.read(card, made, citation);
    return card;
  }

  /**
   * @param {HTMLElement} card
   * @param {Made} made
   * @param {Citation} citation
   */
  read(card, made, citation) {
    const decide = (/** @type {object} */ decision) => () =>
      this.send(card, { slot: "answer", suggestion_id: made.suggestion_id, ...decision });
    fill(
      card,
      h("header", {}, h("span", { class: "badge", i18n: "state.suggested" }), h("h3", {}, heading(citation))),
      h("blockquote", {}, ...highlighted(citation)),
      source(citation),
      h(
        "footer",
        {},
        action("use", "primary", decide({ verdict: "accept" })),
        action("edit_and_use", "", () => this.edit(card, made, citation)),
        action("not_relevant", "", decide({ verdict: "reject", reason: "不相关" })),
        action("out_of_date", "", decide({ verdict: "reject", reason: "已过期" })),
      ),
    );
  }

  /**
   * @param {HTMLElement} card
   * @param {Made} made
   * @param {Citation} citation
   */
  edit(card, made, citation) {
    const text = h("textarea", { rows: 6, i18nAttr: { "aria-label": "quote_edited" } });
    text.value = citation.quote;
    const save = () => {
      const quote = text.value.trim();
      if (!quote) return text.focus();
      const changed = quote !== citation.quote;
      const decision = changed ? { verdict: "amend", value: { ...citation, quote, highlight: [] } } : { verdict: "accept" };
      return void this.send(card, { slot: "answer", suggestion_id: made.suggestion_id, ...decision });
    };
    const back = () => {
      this.read(card, made, citation);
      card.focus();
    };
    text.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => event.key === "Escape" && back());
    fill(
      card,
      h("header", {}, h("span", { class: "badge", i18n: "state.changed" }), h("h3", {}, heading(citation))),
      text,
      source(citation),
      h("footer", {}, action("use_edited", "primary", save), action("undo", "", back)),
    );
    text.focus();
  }

  /**
   * @param {HTMLElement} card
   * @param {object} decision
   */
  async send(card, decision) {
    const buttons = [...card.querySelectorAll("button")];
    for (const button of buttons) button.disabled = true;
    const next = /** @type {HTMLElement | null} */ (card.nextElementSibling ?? card.previousElementSibling);
    const hadFocus = card.contains(document.activeElement);
    const done = await this.decide(decision);
    if (!done) for (const button of buttons) button.disabled = false;
    else if (hadFocus) next?.focus();
  }

  /** @param {import("./types.js").Confirmed} answer */
  used(answer) {
    const citation = /** @type {Citation} */ (answer.value);
    return h(
      "details",
      { class: "card used" },
      h("summary", {}, h("span", { class: "badge" }, t("state.used", { name: person(answer.by), time: timeOfDay(answer.at) })), " ", heading(citation)),
      h("blockquote", {}, citation.quote),
      source(citation),
    );
  }
}

/**
 * @param {string} words
 * @param {string} look
 * @param {() => void} act
 */
function action(words, look, act) {
  return h("button", { type: "button", class: look, i18n: words, data: { action: words }, on: { click: act } });
}

/** @param {Citation} citation */
function heading(citation) {
  const inside = citation.heading.startsWith(citation.title) ? citation.heading.slice(citation.title.length) : citation.heading;
  const rest = inside.replace(/^[\s>›·/]+/, "");
  return rest ? `${citation.title} · ${rest}` : citation.title;
}

/** Issuer, number, date, owner: what an agent needs to trust it. @param {Citation} citation */
function source(citation) {
  const until = citation.effective_to && h("span", { i18n: ["source.until", { date: citation.effective_to }] });
  return h(
    "p",
    { class: "source" },
    [citation.issuer, citation.document_number].filter(Boolean).map((part) => `${part} · `).join(""),
    h("span", { i18n: ["source.from", { date: citation.effective_from }] }),
    until,
    " · ",
    h("span", { i18n: ["source.owner", { owner: citation.owner }] }),
  );
}

/**
 * The quote with the spans that match the question marked.
 * @param {Citation} citation
 * @returns {(string | HTMLElement)[]}
 */
function highlighted({ quote, highlight }) {
  // the spans count code points, as Python does; a JavaScript string counts UTF-16 units
  const letters = [...quote];
  const parts = [];
  let at = 0;
  for (const [start, end] of [...(highlight ?? [])].sort((a, b) => a[0] - b[0])) {
    if (start < at || end > letters.length || end <= start) continue;
    parts.push(letters.slice(at, start).join(""), h("mark", {}, letters.slice(start, end).join("")));
    at = end;
  }
  return [...parts, letters.slice(at).join("")];
}
