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
 * A button with the key that does the same.
 * @param {string} words
 * @param {string} look
 * @param {string} key
 * @param {() => void} act
 */
export function action(words, look, key, act) {
  return h("button", { type: "button", class: look, data: { action: words }, on: { click: act } }, h("span", { i18n: words }), " ", h("kbd", {}, key));
}
