/** The rules of dispatch of an edition: read, or edited field by field. */
import { area, choose, input } from "./catalogue-department.js";
import { fill, h } from "./dom.js";
import { hasWords, t } from "./i18n.js";

/** @typedef {import("./catalogue-client.js").Rule} Rule */
/** @typedef {import("./catalogue-department.js").Edit} Edit */

// In the order in which a person thinks of a rule; what a rule has beside these follows.
const FIELDS = ["cues", "unless", "lead", "co_departments", "legal_basis", "route", "level", "helped_by", "area", "weight", "way", "script", "hand_over", "note", "effective_from", "effective_to"];
const LISTS = new Set(["cues", "unless", "co_departments"]);
const NUMBERS = new Set(["weight"]);
const DATES = new Set(["effective_from", "effective_to"]);
const LEVELS = ["city", "district", "street"];
/** @type {Record<string, [string, string[]]>} terms: what the keys of their words begin with, and the terms; the first is the usual one */
const TERMS = { route: ["catalogue.route.", ["order", "out_of_scope"]], level: ["catalogue.level.", LEVELS], helped_by: ["catalogue.level.", LEVELS] };
const MOST = 60;

/** @type {Set<string>} the rules that are unfolded stay so when the sheet is drawn again */
const unfolded = new Set();
let searched = "";

/**
 * @param {Rule[]} rules
 * @param {{editable: boolean, edit: Edit}} given
 * @returns {HTMLElement[]}
 */
export function ruleSheet(rules, given) {
  const list = h("div", {});
  const draw = () => {
    const found = rules.filter((rule) => JSON.stringify(rule).includes(searched)).slice(0, MOST);
    fill(list, ...found.map((rule) => ruleOf(rule, given)), found.length === 0 && h("p", { class: "empty", i18n: "catalogue.rule.none" }));
  };
  const search = h("input", {
    type: "search",
    value: searched,
    data: { key: "search-rules" },
    i18nAttr: { placeholder: "catalogue.rule.search", "aria-label": "catalogue.rule.search" },
    on: { input: () => ((searched = search.value.trim()), draw()) },
  });
  draw();
  return [h("div", { class: "sheet-head" }, search, given.editable && addRule(given.edit)), list];
}

/** @param {Edit} edit */
function addRule(edit) {
  const send = (/** @type {string} */ name) => {
    if (!name) return;
    unfolded.add(name);
    searched = name;
    edit({ do: "put_rule", rule: { name } });
  };
  const element = input({ value: "", key: "add-rule", label: t("catalogue.rule.add"), send });
  element.placeholder = t("catalogue.rule.add");
  return element;
}

/**
 * @param {Rule} rule
 * @param {{editable: boolean, edit: Edit}} given
 */
function ruleOf(rule, { editable, edit }) {
  const others = Object.keys(rule).filter((field) => field !== "name" && !FIELDS.includes(field));
  const fields = [...FIELDS, ...others].filter((field) => editable || !empty(rule[field]));
  // Made when its turn comes: the field before this one may still be on its way.
  const put = (/** @type {string} */ field, /** @type {unknown} */ value) =>
    edit((/** @type {import("./catalogue-client.js").Document} */ document) => {
      const { [field]: _, ...rest } = document.rules?.find((other) => other.name === rule.name) ?? rule;
      return { do: "put_rule", rule: empty(value) ? rest : { ...rest, [field]: value } };
    });
  const details = h(
    "details",
    { class: "rule", open: unfolded.has(rule.name), on: { toggle: () => (details.open ? unfolded.add(rule.name) : unfolded.delete(rule.name)) } },
    h("summary", { data: { key: `rule-${rule.name}` } }, h("strong", {}, rule.name), h("small", {}, [rule.lead, ...(rule.co_departments ?? [])].filter(Boolean).join(" + "))),
    h("div", { class: "fields" }, ...fields.map((field) => fieldOf(rule, field, editable, (value) => put(field, value)))),
    editable && h("p", {}, h("button", { type: "button", class: "quiet", i18n: "catalogue.rule.remove", on: { click: () => edit({ do: "remove_rule", name: rule.name }) } })),
  );
  return details;
}

/** @param {unknown} value */
function empty(value) {
  return value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
}

/**
 * @param {Rule} rule
 * @param {string} field
 * @param {boolean} editable
 * @param {(value: unknown) => void} send
 */
function fieldOf(rule, field, editable, send) {
  const value = rule[field];
  const words = hasWords(`catalogue.rule.${field}`) ? t(`catalogue.rule.${field}`) : field;
  const long = LISTS.has(field) || Array.isArray(value) || String(value ?? "").length > 30;
  return h("label", { class: long ? "long" : "" }, h("span", {}, words), editable ? editor(rule, field, send) : h("span", {}, plain(field, value)));
}

/** @param {string} field @param {unknown} value */
function plain(field, value) {
  const key = field in TERMS ? `${TERMS[field][0]}${value}` : "";
  return Array.isArray(value) ? value.join("；") : hasWords(key) ? t(key) : String(value);
}

/**
 * @param {Rule} rule
 * @param {string} field
 * @param {(value: unknown) => void} send
 */
function editor(rule, field, send) {
  const value = rule[field];
  const key = `${rule.name}-${field}`;
  if (LISTS.has(field) || Array.isArray(value)) {
    const lines = (/** @type {string} */ text) => send(text.split("\n").map((line) => line.trim()).filter(Boolean));
    const box = area((value ?? []).join("\n"), key, lines);
    box.placeholder = t("catalogue.rule.lines");
    return box;
  }
  if (field in TERMS) {
    const [begin, terms] = TERMS[field];
    return choose(terms, String(value || terms[0]), begin, send);
  }
  const type = DATES.has(field) ? "date" : "text";
  return input({ value: String(value ?? ""), key, type, send: (text) => send(NUMBERS.has(field) && text !== "" ? Number(text) : text) });
}
