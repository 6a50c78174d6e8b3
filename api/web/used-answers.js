/** Answers that a person adopted, and those that were taken back: the work order quotes the first and not the second. */
import { heading, source } from "./answer-parts.js";
import { fill, h } from "./dom.js";
import { person, timeOfDay } from "./format.js";
import { t } from "./i18n.js";

/** @typedef {import("./types.js").Confirmed} Confirmed */
/** @typedef {import("./types.js").Citation} Citation */

export class UsedAnswers {
  /** @param {(decision: string, edited: boolean) => Promise<boolean>} takeBack */
  constructor(takeBack) {
    this.takeBack = takeBack;
    /** @type {Map<string, HTMLElement>} by decision: one that somebody opened stays open */
    this.elements = new Map();
    this.language = "";
  }

  clear() {
    this.elements.clear();
  }

  /** @param {import("./event-fold.js").Appeal | null} appeal @returns {HTMLElement[]} */
  of(appeal) {
    const language = document.documentElement.lang;
    if (language !== this.language) this.clear();
    this.language = language;
    if (!appeal) return [];
    const filed = Boolean(appeal.order);
    return [...appeal.answers.map((answer) => this.card(answer, filed)), ...appeal.takenBack.map(takenBackLine)];
  }

  /** @param {Confirmed} answer @param {boolean} filed */
  card(answer, filed) {
    const outdated = Boolean(answer.outdated && !filed);
    const key = `${answer.decision_id} ${filed} ${outdated} ${person(answer.by)}`;
    const known = this.elements.get(key);
    if (known) return known;
    const citation = /** @type {Citation} */ (answer.value);
    const footer = h("footer", {});
    const element = h(
      "details",
      { class: outdated ? "card used outdated" : "card used", data: { decision: answer.decision_id }, open: outdated },
      h("summary", {}, h("span", { class: "badge" }, t("state.used", { name: person(answer.by), time: timeOfDay(answer.at) })), " ", heading(citation), ...marks(citation)),
      outdated && h("p", { class: "lapsed-note", role: "alert", i18n: "answer.outdated" }),
      citation.case && h("p", { class: "hint", i18n: ["card.case", { case: citation.case }] }),
      h("blockquote", {}, citation.quote),
      citation.original && h("p", { class: "original" }, h("span", { class: "badge", i18n: "card.original" }), " ", citation.original),
      source(citation),
      footer,
    );
    if (!filed) this.offer(footer, answer);
    this.elements.set(key, element);
    return element;
  }

  /** @param {HTMLElement} footer @param {Confirmed} answer */
  offer(footer, answer) {
    const edited = Boolean(/** @type {Citation} */ (answer.value).original);
    const ask = () => (edited ? this.warn(footer, answer) : void this.send(footer, answer, false));
    fill(footer, button("answer.take_back", ask));
  }

  /** Wording of a person's own is not thrown away with one click. @param {HTMLElement} footer @param {Confirmed} answer */
  warn(footer, answer) {
    const keep = button("answer.keep", () => this.offer(footer, answer));
    fill(footer, h("p", { class: "hint", role: "status", i18n: "answer.edited_stays" }), keep, button("answer.take_edited_back", () => void this.send(footer, answer, true)));
    keep.focus();
  }

  /** @param {HTMLElement} footer @param {Confirmed} answer @param {boolean} edited */
  async send(footer, answer, edited) {
    for (const one of footer.querySelectorAll("button")) one.disabled = true;
    if (!(await this.takeBack(answer.decision_id, edited))) this.offer(footer, answer);
  }
}

/** How it came into the order, beside having been adopted. @param {Citation} citation */
export function marks(citation) {
  return [
    citation.search_id && h("span", { class: "badge", i18n: "search.by_hand" }),
    citation.original && h("span", { class: "badge", i18n: "card.edited" }),
  ];
}

/** @param {import("./event-fold.js").Appeal["takenBack"][number]} answer */
function takenBackLine(answer) {
  const { by, at } = answer.back;
  return h(
    "p",
    { class: "taken-back" },
    h("span", { class: "badge" }, t("answer.taken_back", { name: person(by), time: timeOfDay(at) })),
    " ",
    h("s", {}, heading(/** @type {Citation} */ (answer.value))),
    " ",
    h("span", { class: "hint", i18n: "answer.again" }),
  );
}

/** @param {string} words @param {() => void} act */
function button(words, act) {
  return h("button", { type: "button", i18n: words, data: { action: words }, on: { click: act } });
}
