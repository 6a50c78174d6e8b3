/** One department of an edition: read, or edited field by field. Each field is sent when it is left. */
import { fieldWords } from "./catalogue-changes.js";
import { h } from "./dom.js";
import { hasWords, t } from "./i18n.js";

/** @typedef {import("./catalogue-client.js").Row} Row */
/** @typedef {import("./catalogue-client.js").Duty} Duty */
/** @typedef {object | ((document: import("./catalogue-client.js").Document) => object)} Step an edit, or how to make it when its turn comes */
/** @typedef {(...edits: Step[]) => void} Edit sends edits of the draft */

const DATES = new Set(["effective_from", "effective_to"]);
const KINDS = ["functional", "district", "street", "utility"];
const FIRST = ["area", "telephone", "aliases", "effective_from", "effective_to"];

/**
 * @param {Row} row
 * @param {{editable: boolean, isNew: boolean, edit: Edit, areas: string[]}} given
 * @returns {HTMLElement[]}
 */
export function departmentSheet(row, given) {
  const others = Object.keys(row).filter((field) => !["name", "duties", ...FIRST].includes(field));
  return [
    head(row, given),
    h("div", { class: "fields" }, ...[...FIRST, ...others].map((field) => fieldOf(row, field, given))),
    h("datalist", { id: "areas" }, ...given.areas.map((area) => h("option", { value: area }))),
    ...row.duties.map((duty, place) => dutyOf(row, duty, place + 1, given)),
    given.editable && addDuty(row, given.edit),
  ].filter(Boolean);
}

/** @param {Row} row @param {{editable: boolean, isNew: boolean, edit: Edit}} given */
function head(row, { editable, isNew, edit }) {
  if (!editable) return h("div", { class: "sheet-head" }, h("h3", {}, row.name));
  const rename = (/** @type {string} */ name) => name && name !== row.name && edit({ do: "rename_department", department: row.name, name });
  return h(
    "div",
    { class: "sheet-head" },
    input({ value: row.name, key: "name", label: t("catalogue.field.name"), send: rename }),
    isNew && h("button", { type: "button", i18n: "catalogue.remove", on: { click: () => edit({ do: "remove_department", department: row.name }) } }),
  );
}

/**
 * @param {Row} row
 * @param {string} field
 * @param {{editable: boolean, edit: Edit}} given
 */
function fieldOf(row, field, { editable, edit }) {
  const value = row[field];
  const send = (/** @type {unknown} */ changed) => edit({ do: "change_department", department: row.name, fields: { [field]: changed === "" ? null : changed } });
  const label = h("span", {}, fieldWords(field));
  if (!editable) return h("label", {}, label, h("span", { class: "value" }, plain(field, value)));
  if (field === "kind") return h("label", {}, label, choose(KINDS, String(value ?? ""), "catalogue.kind.", send));
  if (Array.isArray(value) || field === "aliases") {
    const split = (/** @type {string} */ text) => send(text.split(/[、,，;；\n]/).map((part) => part.trim()).filter(Boolean));
    return h("label", {}, label, input({ value: (value ?? []).join("、"), key: field, send: split }));
  }
  const list = field === "area" ? "areas" : null;
  return h("label", {}, label, input({ value: String(value ?? ""), key: field, type: DATES.has(field) ? "date" : "text", list, send }));
}

/** @param {string} field @param {unknown} value */
function plain(field, value) {
  const text = Array.isArray(value) ? value.join("、") : String(value ?? "");
  return field === "kind" && hasWords(`catalogue.kind.${text}`) ? t(`catalogue.kind.${text}`) : text || "—";
}

/**
 * A field that sends what it holds when it is left, or on Enter.
 * @param {{value: string, key: string, send: (value: string) => void, type?: string, list?: string | null, label?: string}} given
 */
export function input({ value, key, send, type = "text", list = null, label }) {
  const element = h("input", {
    type,
    value,
    list,
    "aria-label": label,
    data: { key },
    on: {
      change: sending(value, () => element.value.trim(), send),
      keydown: (/** @type {KeyboardEvent} */ event) => event.key === "Enter" && !event.isComposing && element.blur(),
    },
  });
  return element;
}

/**
 * @param {string} value
 * @param {string} key
 * @param {(value: string) => void} send
 * @param {string} [label]
 */
export function area(value, key, send, label) {
  const rows = Math.min(8, Math.max(2, value.split("\n").length, Math.ceil(value.length / 60)));
  const element = h("textarea", { rows, "aria-label": label, data: { key }, on: { change: sending(value, () => element.value.trim(), send) } }, value);
  return element;
}

/**
 * What is put back while the other value is on its way is sent too: only what was sent last is not sent again.
 * @param {string} value that it began with
 * @param {() => string} now
 * @param {(value: string) => void} send
 */
export function sending(value, now, send) {
  let last = value;
  return () => {
    if (now() === last) return;
    last = now();
    send(last);
  };
}

/**
 * @param {string[]} options
 * @param {string} value
 * @param {string} words what the keys of their words begin with
 * @param {(value: string) => void} send
 */
export function choose(options, value, words, send) {
  const known = options.includes(value) || !value ? options : [value, ...options];
  const element = h(
    "select",
    { data: { key: words }, on: { change: () => send(element.value) } },
    ...known.map((option) => h("option", { value: option, selected: option === value }, hasWords(words + option) ? t(words + option) : option)),
  );
  return element;
}

/**
 * @param {Row} row
 * @param {Duty} duty
 * @param {number} number counted from 1
 * @param {{editable: boolean, edit: Edit}} given
 */
function dutyOf(row, duty, number, { editable, edit }) {
  const about = { department: row.name, duty: number };
  const basis = duty.legal_basis || t("catalogue.duty.no_basis");
  if (!editable) {
    return h(
      "section",
      { class: "duty" },
      h("p", {}, h("strong", {}, duty.text)),
      h("p", { class: "hint" }, t("catalogue.duty.basis"), t("colon"), basis),
      h("p", { class: "phrases" }, ...duty.phrases.map((phrase) => h("span", { class: "phrase" }, phrase))),
    );
  }
  const change = (/** @type {object} */ parts) => edit({ do: "change_duty", ...about, ...parts });
  return h(
    "section",
    { class: "duty" },
    h(
      "div",
      { class: "duty-head" },
      t("catalogue.duty", { n: number }),
      h("button", { type: "button", class: "quiet", i18n: "catalogue.duty.remove", data: { key: `remove-${number}` }, on: { click: () => edit({ do: "remove_duty", ...about }) } }),
    ),
    h("label", {}, h("span", { i18n: "catalogue.duty.text" }), area(duty.text, `text-${number}`, (text) => change({ text }))),
    h("label", {}, h("span", { i18n: "catalogue.duty.basis" }), input({ value: duty.legal_basis, key: `basis-${number}`, send: (legal_basis) => change({ legal_basis }) })),
    h("div", { class: "phrases" }, ...duty.phrases.map((phrase) => phraseOf(phrase, about, edit)), addPhrase(about, edit)),
  );
}

/**
 * @param {string} phrase
 * @param {object} about
 * @param {Edit} edit
 */
function phraseOf(phrase, about, edit) {
  const remove = () => edit({ do: "remove_phrase", ...about, phrase });
  return h("span", { class: "phrase" }, phrase, h("button", { type: "button", i18nAttr: { "aria-label": ["remove", { name: phrase }] }, on: { click: remove } }, "×"));
}

/**
 * @param {{department: string, duty: number}} about
 * @param {Edit} edit
 */
function addPhrase(about, edit) {
  const send = () => {
    const phrases = element.value.split(/[、,，;；]/).map((/** @type {string} */ part) => part.trim()).filter(Boolean);
    element.value = "";
    if (phrases.length) edit(...phrases.map((/** @type {string} */ phrase) => ({ do: "add_phrase", ...about, phrase })));
  };
  const element = h("input", {
    type: "text",
    data: { key: `phrase-${about.duty}` },
    i18nAttr: { placeholder: "catalogue.duty.add_phrase", "aria-label": "catalogue.duty.phrases" },
    on: { change: send, keydown: (/** @type {KeyboardEvent} */ event) => event.key === "Enter" && !event.isComposing && send() },
  });
  return element;
}

/** @param {Row} row @param {Edit} edit */
function addDuty(row, edit) {
  const send = (/** @type {string} */ text) => text && edit({ do: "add_duty", department: row.name, text });
  return h(
    "section",
    { class: "duty" },
    h("label", {}, h("span", { i18n: "catalogue.duty.add" }), input({ value: "", key: "add-duty", label: t("catalogue.duty.add"), send })),
  );
}
