/** A ranking of departments as rows: key, name, bar, probability, and the reasons. Agent's and dispatcher's desks share it. */
import { h } from "./dom.js";
import { likelihood, percent } from "./format.js";
import { reasons } from "./routing-reasons.js";

/**
 * @param {object} given
 * @param {import("./types.js").Choice[]} given.choices best first
 * @param {(choice: import("./types.js").Choice, rank: number) => void} [given.choose] absent: only to be read
 * @param {(rank: number) => string} [given.hint] the key that chooses a rank
 * @param {string} [given.marked] the department to be marked as chosen
 * @param {string} [given.mark] key of the words beside it
 * @param {boolean} [given.explained] whether the reasons are shown
 */
export function rankedChoices({ choices, choose, hint, marked, mark, explained = true }) {
  return h("ol", { class: "ranking" }, ...choices.map((choice, rank) => row({ choice, rank, choose, hint, marked, mark, explained })));
}

/** @param {any} given */
function row({ choice, rank, choose, hint, marked, mark, explained }) {
  const name = String(choice.value);
  const head = [
    h("span", { class: "name" }, name),
    marked === name && mark ? h("span", { class: "tag", i18n: mark }) : null,
    bar(choice.probability),
    h("span", { class: "percent" }, likelihood(choice.probability)),
    hint?.(rank) ? h("kbd", {}, hint(rank)) : null,
  ];
  const pick = choose
    ? h("button", { type: "button", class: "choice", data: { key: `rank-${rank}`, rank: String(rank) }, on: { click: () => choose(choice, rank) } }, ...head)
    : h("div", { class: "choice" }, ...head);
  return h("li", { class: marked === name ? "marked" : "" }, pick, explained && reasons(choice.reasons ?? [], name));
}

/** The number stands beside the bar; the bar is for the eye. @param {number} probability */
function bar(probability) {
  const inner = h("span", {});
  inner.style.width = percent(probability, 1);
  return h("span", { class: "bar", "aria-hidden": "true" }, inner);
}
