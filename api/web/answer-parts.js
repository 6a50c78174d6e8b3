/** The parts of an answer card: how a quotation, its source and how sure it is are shown. */
import { h } from "./dom.js";

/** @typedef {import("./types.js").Citation} Citation */
/** @typedef {import("./types.js").Made} Made */

/** What the card stands for now: the passage of the case that was chosen, or the whole. @param {Made} made @returns {Citation} */
export function citationOf(made) {
  const whole = /** @type {Citation} */ (made.suggestion.choices[0].value);
  const chosen = whole.follow_up?.cases.find((one) => one.label === made.chosen?.case);
  if (chosen) return chosen.citation;
  const sentence = made.standing ? made.standing.sentence : whole.sentence; // of what is asked now, perhaps none
  return { ...whole, sentence };
}

/** @param {Citation} citation */
export function heading(citation) {
  const inside = citation.heading.startsWith(citation.title) ? citation.heading.slice(citation.title.length) : citation.heading;
  const rest = inside.replace(/^[\s>›·/]+/, "");
  return rest ? `${citation.title} · ${rest}` : citation.title;
}

/** In a few words, which say what the figure means when they are pointed at. @param {number} probability */
export function sureness(probability) {
  const tenths = Math.min(9, Math.max(1, Math.floor(probability * 10 + 1e-9)));
  const grade = tenths >= 9 ? 3 : tenths >= 8 ? 2 : 1; // of the figure that is shown, else "7 in 10" is now likely and now not
  const whole = /** @type {[string, object]} */ ([`card.sure.${grade}`, { n: tenths }]);
  return h("span", { class: `sure sure-${grade}`, i18n: [`card.sure.short.${grade}`, { n: tenths }], i18nAttr: { title: whole } });
}

/** Where several sentences could be read out and none is marked, that is said. @param {Citation} citation */
export function unmarked({ quote, sentence }) {
  const several = quote.split(/[。！？；\n]/).filter((part) => part.trim()).length > 1;
  return !sentence && several && h("span", { class: "unmarked", i18n: "card.unmarked.short", i18nAttr: { title: "card.unmarked" } });
}

/** What must be seen before a word is read out. @param {Citation} citation @param {string} area of the call */
export function warnings(citation, area) {
  const narrower = citation.area && area && citation.area !== area && citation.area.startsWith(`${area}/`);
  return [
    citation.secrecy && citation.secrecy !== "public" && h("p", { class: "internal", i18n: "card.internal" }),
    narrower && h("p", { class: "only-in", i18n: ["card.only_in", { area: citation.area.split("/").at(-1) }] }),
  ];
}

/** Issuer, number, date, owner: what an agent needs to trust it. @param {Citation} citation */
export function source(citation) {
  const until = citation.effective_to && h("span", { i18n: ["source.until", { date: citation.effective_to }] });
  const link = /^https?:\/\//.test(citation.source_link ?? "") && citation.source_link;
  return h(
    "p",
    { class: "source" },
    [citation.issuer, citation.document_number].filter(Boolean).map((part) => `${part} · `).join(""),
    h("span", { i18n: ["source.from", { date: citation.effective_from }] }),
    until,
    " · ",
    h("span", { i18n: ["source.owner", { owner: citation.owner }] }),
    link && " · ",
    link && h("a", { href: link, target: "_blank", rel: "noopener noreferrer", i18n: "card.source_link" }),
  );
}

/**
 * The quote with the sentence that answers marked, and in it the words that match; what stands around that sentence is
 * hidden on a card that is not open.
 * @param {Citation} citation
 * @returns {(string | HTMLElement)[]}
 */
export function quoted({ quote, highlight, sentence }) {
  // the spans count code points, as Python does; a JavaScript string counts UTF-16 units
  const letters = [...quote];
  if (!sentence) return marked(letters, 0, letters.length, highlight);
  const [start, end] = sentence;
  return [
    h("span", { class: "around" }, letters.slice(0, start).join("")),
    h("strong", { class: "answering" }, ...marked(letters, start, end, highlight)),
    h("span", { class: "around" }, letters.slice(end).join("")),
  ];
}

/**
 * @param {string[]} letters
 * @param {number} from
 * @param {number} to
 * @param {[number, number][] | undefined} spans
 * @returns {(string | HTMLElement)[]}
 */
function marked(letters, from, to, spans) {
  const parts = [];
  let at = from;
  for (const [start, end] of [...(spans ?? [])].sort((a, b) => a[0] - b[0])) {
    if (start < at || end > to || end <= start) continue;
    parts.push(letters.slice(at, start).join(""), h("mark", {}, letters.slice(start, end).join("")));
    at = end;
  }
  return [...parts, letters.slice(at, to).join("")];
}

/**
 * The question to ask before the passage is quoted, with the answers there are; nothing where it holds for everybody.
 * @param {object} given
 * @param {Citation} given.citation the whole one
 * @param {string} given.chosen label of the case that was chosen
 * @param {string} given.key tells these buttons from those of another passage
 * @param {(label: string) => void} given.choose empty where the choice is taken back
 * @param {boolean} [given.heard] the copilot chose it, from what was said
 */
export function followUp({ citation, chosen, key, choose, heard = false }) {
  const asks = citation.follow_up;
  if (!asks) return null;
  const chips = asks.cases.map(({ label }, n) =>
    h(
      "button",
      { type: "button", class: "case", "aria-pressed": String(label === chosen), data: { case: label, key: `case-${key}-${n}` }, on: { click: () => choose(label === chosen ? "" : label) } },
      h("kbd", {}, String(n + 1)),
      ` ${label}`,
    ),
  );
  const hint = heard && h("span", { class: "hint", i18n: "card.case_heard" });
  return h("div", { class: "follow-up" }, h("p", {}, h("span", { class: "badge", i18n: "card.ask" }), " ", asks.question), h("div", { class: "cases" }, ...chips, hint));
}

/** Which of the cases a plain key means, counted from 1; nothing where it means none. @param {KeyboardEvent} event */
export function caseOfKey(event) {
  return /^(?:Digit|Numpad)([1-6])$/.exec(event.code)?.[1];
}

/**
 * A field with the quote in it, to be put into other words.
 * @param {string} quote
 * @param {(quote: string) => void} save told what was written, where anything was
 * @param {() => void} back
 * @returns {{text: HTMLTextAreaElement, footer: HTMLElement}}
 */
export function editor(quote, save, back) {
  const text = h("textarea", { rows: 5, i18nAttr: { "aria-label": "quote_edited" } });
  text.value = quote;
  const send = () => (text.value.trim() ? save(text.value.trim()) : text.focus());
  text.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.isComposing) return;
    if (event.key === "Escape") back();
    else if (event.key === "Enter" && event.ctrlKey) send();
    else return;
    event.preventDefault();
  });
  return { text, footer: h("footer", {}, action("use_edited", "primary", "Ctrl+Enter", send), action("cancel", "", "Esc", back)) };
}

/** What the library has, beside what a person makes of it. @param {Citation} citation */
export function original({ quote }) {
  return h("p", { class: "original" }, h("span", { class: "badge", i18n: "card.original" }), " ", quote);
}

/**
 * What is left of a passage that the library no longer backs: its name, struck; why; and what somebody was writing.
 * @param {Citation} citation
 * @param {string} why key of the words
 * @param {HTMLTextAreaElement | null} draft
 * @param {HTMLElement | null} [putAway]
 */
export function struck(citation, why, draft, putAway = null) {
  if (draft) draft.readOnly = true;
  return [
    h("header", {}, putAway, h("h3", {}, h("s", {}, heading(citation)))),
    h("p", { class: "lapsed-note", role: "alert", i18n: why }),
    draft && h("p", { class: "hint", i18n: "card.lapsed_draft" }),
    draft,
  ];
}

/**
 * A button with the key that does the same.
 * @param {string} words
 * @param {string} look
 * @param {string} key
 * @param {() => void} act
 */
export function action(words, look, key, act) {
  return h("button", { type: "button", class: look, data: { action: words }, on: { click: act } }, h("span", { i18n: words }), " ", h("kbd", {}, key));
}
