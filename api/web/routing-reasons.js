/** Why a department is ranked: the duty with its legal basis, the words that weighed, past orders folded away. */
import { h } from "./dom.js";
import { t } from "./i18n.js";

/** @typedef {import("./types.js").Reason} Reason */

/** Lists of past orders that somebody unfolded: they stay so when the panel is drawn anew. @type {Set<string>} */
const unfolded = new Set();

/** @param {Reason[]} given @param {string} name of the department, for the keyboard's focus */
export function reasons(given, name) {
  if (!given.length) return null;
  const similar = given.filter((reason) => reason.kind === "similar");
  const lines = given.filter((reason) => reason.kind !== "similar").map((reason) => line(reason));
  return h("ul", { class: "reasons" }, ...lines, similar.length ? precedents(similar, name) : null);
}

/** @param {Reason} reason */
function line(reason) {
  if (reason.kind === "history") return past(reason);
  const said = reason.kind === "words" ? weighty(reason.text) : [reason.text];
  const source = reason.source ? h("small", { class: "basis" }, reason.source) : null;
  return h("li", {}, kind(reason.kind), h("span", { title: [reason.text, reason.source].filter(Boolean).join("\n") }, ...said, source));
}

/** How many past orders of the same category went there; the two numbers come as `81/87`. @param {Reason} reason */
function past({ text, source = "" }) {
  const [own, total] = source.split("/");
  const path = /（(.*)）过去/.exec(text)?.[1] ?? "";
  return h("li", {}, kind("history"), h("span", { title: text, i18n: ["history.text", { path, own, total }] }));
}

/** @param {string} code */
function kind(code) {
  return h("span", { class: "reason-kind", i18n: `why.${code}` });
}

/** The words come as one text with 、 between them. @param {string} text */
function weighty(text) {
  return text.split("、").map((word) => h("mark", {}, word));
}

/**
 * @param {Reason[]} given
 * @param {string} name
 */
function precedents(given, name) {
  const id = [name, ...given.map((reason) => reason.source)].join(" ");
  const summary = h("summary", { i18n: ["precedents.count", { n: given.length }], data: { key: `precedents-${name}` } });
  const details = h("details", { open: unfolded.has(id) }, summary, h("ol", {}, ...given.map((reason) => precedent(reason))));
  details.addEventListener("toggle", () => (details.open ? unfolded.add(id) : unfolded.delete(id)));
  return h("li", { class: "precedents" }, kind("similar"), details);
}

/** @param {Reason} reason */
function precedent({ text, source = "" }) {
  const filed = /-(\d{4})(\d{2})(\d{2})-/.exec(source);
  const day = filed ? t("precedents.day", { day: filed.slice(1).join("-") }) : "";
  return h("li", {}, h("span", {}, text), h("small", { class: "basis" }, [source, day].filter(Boolean).join(" · ")));
}
