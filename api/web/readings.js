/** Names that drafts read otherwise than they were heard: each is written out once, where a person decides about it. */
import { openFor } from "./event-fold.js";

/** @typedef {import("./types.js").Slot} Slot */
/** @typedef {{heard: string, read: string}} Read */

/** Fields in which a name is decided about, the one first that asks for nothing but the name. */
const DECIDED_IN = /** @type {Slot[]} */ (["place", "title", "summary"]);

/**
 * What was heard where the draft of a field has a name that sounds like it, unless another field says so already, or a
 * person has let the name stand in one.
 * @param {import("./event-fold.js").Appeal} appeal
 * @param {Slot} slot
 * @returns {Read[]}
 */
export function readingsAt(appeal, slot) {
  const before = DECIDED_IN.includes(slot) ? DECIDED_IN.slice(0, DECIDED_IN.indexOf(slot)) : DECIDED_IN;
  const told = before.flatMap((other) => readingsOf(appeal, other)).map(({ read }) => read);
  const settled = DECIDED_IN.map((other) => said(appeal.confirmed[other]?.value));
  return readingsOf(appeal, slot).filter(({ read }) => !told.includes(read) && !settled.some((text) => text.includes(read)));
}

/**
 * @param {import("./event-fold.js").Appeal} appeal
 * @param {Slot} slot
 * @returns {Read[]}
 */
function readingsOf(appeal, slot) {
  if (appeal.confirmed[slot]) return [];
  const reasons = openFor(appeal, slot).at(-1)?.suggestion.choices[0].reasons ?? [];
  const found = reasons.map(({ text }) => /^(?:听到|说了)“(.*)”，(?:按读音理解为|音近)“(.*)”$/.exec(text));
  return found.flatMap((pair) => (pair ? [{ heard: pair[1], read: pair[2] }] : []));
}

/** @param {any} value of a field: words, or a place */
function said(value) {
  return typeof value === "string" ? value : Object.values(value ?? {}).join("");
}
