/** One version of an article: read, or edited field by field; what it changes; what would be quoted; its history. */
import { input, sending } from "./catalogue-department.js";
import { wordsOf } from "./desk-frame.js";
import { h } from "./dom.js";
import { dateAndTime, person } from "./format.js";
import { hasWords, t } from "./i18n.js";

/** @typedef {import("./knowledge-client.js").Content} Content */
/** @typedef {import("./knowledge-client.js").Full} Full */
/** @typedef {import("./knowledge-client.js").Version} Version */
/** @typedef {import("./draft-edits.js").Unsaved} Unsaved */

const FIRST = ["title", "document_number", "issuer", "owner", "area", "effective_from", "effective_to", "supersedes", "keywords", "secrecy", "source_link"];
const LONG = new Set(["title", "keywords", "source_link", "supersedes", "cases"]);
const DATES = new Set(["effective_from", "effective_to"]);
/** Fields that are one of a few, with what each is called. @type {Record<string, Record<string, string>>} */
const CHOICES = {
  secrecy: { public: "knowledge.secrecy.public", internal: "knowledge.secrecy.internal", restricted: "knowledge.secrecy.restricted" },
  ownership: { "": "knowledge.ownership.yes", 否: "knowledge.ownership.no" },
};

/** @param {string} field */
export function fieldWords(field) {
  return hasWords(`knowledge.field.${field}`) ? t(`knowledge.field.${field}`) : field;
}

/**
 * @param {Content} saved
 * @param {{editable: boolean, owners: string[], areas: string[], edit: (fields: Content) => void, again: (field: string) => void, undo: (field: string) => void, unsaved: Unsaved}} given
 * @returns {HTMLElement[]}
 */
export function contentSheet(saved, given) {
  const content = { ...saved, ...Object.fromEntries(Object.entries(given.unsaved).map(([field, { value }]) => [field, value])) };
  const others = Object.keys(content).filter((field) => field !== "text" && !FIRST.includes(field));
  return [
    h("div", { class: "fields" }, ...[...FIRST, ...others].filter((f) => f in content).map((field) => fieldOf(field, content[field], given))),
    h("datalist", { id: "areas" }, ...given.areas.map((area) => h("option", { value: area }))),
    h("datalist", { id: "owners" }, ...given.owners.map((owner) => h("option", { value: owner }))),
    "text" in given.unsaved ? unsavedMark("text", given) : null,
    given.editable ? body(String(content.text ?? ""), given.edit) : h("div", { class: "article-text" }, ...lines(String(content.text ?? ""))),
  ].filter((part) => part !== null);
}

/**
 * That a field is not saved as it stands, with both ways on.
 * @param {string} field
 * @param {{again: (field: string) => void, undo: (field: string) => void, unsaved: Unsaved}} given
 */
function unsavedMark(field, { again, undo, unsaved }) {
  return h(
    "span",
    { class: "fault unsaved", data: { unsaved: field }, title: wordsOf(unsaved[field].error) },
    h("span", { i18n: "knowledge.unsaved" }),
    h("button", { type: "button", class: "link", i18n: "knowledge.unsaved.again", data: { key: `again-${field}` }, on: { click: () => again(field) } }),
    h("button", { type: "button", class: "link", i18n: "knowledge.unsaved.undo", data: { key: `undo-${field}` }, on: { click: () => undo(field) } }),
  );
}

/** @param {string} text */
function lines(text) {
  return text.split("\n").map((line) => h("p", {}, line));
}

/**
 * @param {string} field
 * @param {string | string[]} value
 * @param {{editable: boolean, edit: (fields: Content) => void, again: (field: string) => void, undo: (field: string) => void, unsaved: Unsaved}} given
 */
function fieldOf(field, value, given) {
  const { editable, edit } = given;
  const props = { class: LONG.has(field) ? "long" : "" };
  const label = h("span", {}, fieldWords(field), field in given.unsaved ? unsavedMark(field, given) : null);
  if (!editable) return h("label", props, label, shown(field, value));
  if (field in CHOICES) return h("label", props, label, choice(field, String(value), (chosen) => edit({ [field]: chosen })));
  if (Array.isArray(value)) {
    const split = (/** @type {string} */ text) => edit({ [field]: text.split(/[、,，;；\n]/).map((part) => part.trim()).filter(Boolean) });
    return h("label", props, label, input({ value: value.join("、"), key: field, send: split }));
  }
  const list = field === "area" ? "areas" : field === "owner" ? "owners" : null;
  const send = (/** @type {string} */ text) => edit({ [field]: text });
  return h("label", props, label, input({ value, key: field, type: DATES.has(field) ? "date" : "text", list, send }));
}

/** @param {string} field @param {string | string[]} value */
function shown(field, value) {
  const text = Array.isArray(value) ? value.join("、") : value;
  if (field in CHOICES) return h("span", { class: "value" }, worded(field, text));
  if (field === "source_link" && /^https?:\/\//.test(text)) return h("a", { class: "value", href: text, target: "_blank", rel: "noreferrer" }, text);
  if (field === "effective_to" && !text) return h("span", { class: "value", i18n: "knowledge.no_end" });
  return h("span", { class: "value" }, text || "—");
}

/** @param {string} field @param {string} value @param {(chosen: string) => void} send */
function choice(field, value, send) {
  const select = h("select", { data: { key: field }, on: { change: () => send(select.value) } });
  for (const [one, words] of Object.entries(CHOICES[field])) select.append(h("option", { value: one, selected: one === value }, t(words)));
  return select;
}

/** @param {string} text @param {(fields: Content) => void} edit */
function body(text, edit) {
  const area = h("textarea", {
    rows: "18",
    class: "article-body",
    data: { key: "text" },
    i18nAttr: { "aria-label": "knowledge.field.text", placeholder: "knowledge.text.about" },
    on: { change: sending(text, () => area.value.trim(), () => edit({ text: area.value })) },
  });
  area.value = text;
  area.defaultValue = text;
  return area;
}

/**
 * Which version the shown one is compared with.
 * @param {Version[]} versions
 * @param {Version} shown
 * @param {number | null} against
 * @param {(number: number | null) => void} choose
 */
export function comparing(versions, shown, against, choose) {
  const select = h("select", { data: { key: "against" }, i18nAttr: { "aria-label": "knowledge.against" }, on: { change: () => choose(Number(select.value) || null) } });
  const others = versions.filter((version) => version.number !== shown.number);
  const first = shown.base === null ? t("knowledge.against.nothing") : t("knowledge.against.base", { n: shown.base });
  select.append(h("option", { value: "" }, first), ...others.map((version) => h("option", { value: String(version.number), selected: version.number === against }, t("knowledge.against.n", { n: version.number, state: t(`knowledge.state.${version.state}`) }))));
  return h("label", { class: "comparing" }, h("span", { i18n: "knowledge.against" }), " ", select);
}

/** What a version changes. @param {import("./knowledge-client.js").Difference} difference @returns {HTMLElement[]} */
export function differenceSheet(difference) {
  const fields = difference.fields.map((change) =>
    h(
      "li",
      {},
      h("span", { class: "kind" }, fieldWords(change.field)),
      h("span", {}, change.before && h("del", {}, worded(change.field, change.before)), change.before && change.after ? " → " : "", change.after && h("ins", {}, worded(change.field, change.after))),
    ),
  );
  const changed = difference.paragraphs.some((paragraph) => paragraph.pieces.some((piece) => piece.mark !== "same"));
  if (fields.length === 0 && !changed) return [h("p", { class: "empty", i18n: "knowledge.no_changes" })];
  return [h("ul", { class: "changes" }, ...fields), h("div", { class: "article-text difference" }, ...difference.paragraphs.map(paragraphOf))];
}

/** @param {string} field @param {string} value */
function worded(field, value) {
  const words = CHOICES[field]?.[value];
  return words ? t(words) : value;
}

const TAGS = { same: "span", inserted: "ins", deleted: "del" };

/** @param {import("./knowledge-client.js").Paragraph} paragraph */
function paragraphOf(paragraph) {
  const changed = paragraph.pieces.some((piece) => piece.mark !== "same");
  return h("p", { class: changed ? "changed" : "" }, ...paragraph.pieces.map((piece) => h(TAGS[piece.mark], {}, piece.text)));
}

/** What would be quoted. @param {Full} full @returns {HTMLElement[]} */
export function passageSheet(full) {
  if (full.passages.length === 0) return [h("p", { class: "empty", i18n: "knowledge.no_passages" })];
  return [
    h("p", { class: "hint", i18n: ["knowledge.passages.about", { n: full.passages.length }] }),
    ...full.passages.map((passage) => h("article", { class: "passage" }, h("h4", {}, passage.heading), ...lines(passage.text))),
  ];
}

/**
 * Every version, the latest first; a press shows it.
 * @param {Version[]} versions
 * @param {number | undefined} current
 * @param {(number: number) => void} choose
 * @param {Full | null} full
 * @returns {HTMLElement[]}
 */
export function historySheet(versions, current, choose, full) {
  if (versions.length === 0) return [h("p", { class: "empty", i18n: "knowledge.no_versions" })];
  const columns = ["version", "state", "from", "made", "submitted", "checked", "note"];
  const table = h(
    "table",
    { class: "history" },
    h("thead", {}, h("tr", {}, ...columns.map((name) => h("th", { scope: "col", i18n: `knowledge.history.${name}` })))),
    h("tbody", {}, ...versions.map((version) => row(version, version.number === current, choose))),
  );
  return [table, ...(full ? [editList(full)] : [])];
}

/** @param {Version} version @param {boolean} current @param {(number: number) => void} choose */
function row(version, current, choose) {
  const open = h("button", { type: "button", data: { key: `version-${version.number}` }, on: { click: () => choose(version.number) } }, t("knowledge.version_n", { n: version.number }));
  const made = version.origin === "library" ? t("knowledge.history.imported") : signed(version.made_by, version.made_at);
  const until = version.withdrawn_on ? ` — ${version.withdrawn_on}` : "";
  const cells = [
    t(`knowledge.state.${version.state}`),
    `${version.publish_on ?? ""}${until}`,
    made,
    signed(version.submitted_by, version.submitted_at),
    signed(version.checked_by, version.checked_at),
    version.reason || version.note,
  ];
  return h("tr", { "aria-current": current ? "true" : null }, h("td", {}, open), ...cells.map((cell) => h("td", {}, cell)));
}

/** @param {string | null} name @param {string | null} at */
export function signed(name, at) {
  return name && at ? `${person(name)} ${dateAndTime(at)}` : "";
}

/** What a maker said of a wording that had been withdrawn as wrong. @param {any} fields */
function answered(fields) {
  const note = fields.withdrawal_answered?.note;
  return note ? t("colon") + note : "";
}

/** @param {Full} full */
function editList(full) {
  const made = [...full.edits].reverse().map((edit) =>
    h("li", {}, h("span", { class: "kind" }, dateAndTime(edit.at)), h("span", {}, h("strong", {}, person(edit.by)), " ", Object.keys(edit.fields).map(fieldWords).join(t("list_separator")), answered(edit.fields))),
  );
  const title = h("h3", {}, t("knowledge.history.edits", { n: full.version.number }));
  return h("section", {}, title, made.length ? h("ul", { class: "changes" }, ...made) : h("p", { class: "empty", i18n: "knowledge.history.no_edits" }));
}
