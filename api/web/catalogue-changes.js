/** What an edition changes, and which editions there were: lists to read before approving. */
import { h } from "./dom.js";
import { dateAndTime, person } from "./format.js";
import { hasWords, t } from "./i18n.js";

/** @typedef {import("./catalogue-client.js").Change} Change */
/** @typedef {import("./catalogue-client.js").Edition} Edition */
/** @typedef {import("./catalogue-client.js").Full} Full */

/** The words of a field of a department. @param {string} field */
export function fieldWords(field) {
  return hasWords(`catalogue.field.${field}`) ? t(`catalogue.field.${field}`) : field;
}

/** @param {Change[]} changes @returns {HTMLElement} */
export function changeList(changes) {
  if (changes.length === 0) return h("p", { class: "empty", i18n: "catalogue.change.none" });
  return h("ul", { class: "changes" }, ...changes.map(changeLine));
}

/** @param {Change} change */
function changeLine(change) {
  const subject = change.kind === "field_changed" ? fieldWords(change.subject) : change.subject;
  const where = [change.department, subject].filter(Boolean).join(" · ");
  return h(
    "li",
    {},
    h("span", { class: `kind ${change.kind.split("_").at(-1)}` }, t(`catalogue.change.${change.kind}`)),
    h(
      "span",
      {},
      h("strong", {}, where),
      " ",
      change.before && h("del", {}, change.before),
      change.before && change.after ? " → " : "",
      change.after && h("ins", {}, change.after),
    ),
  );
}

/** @param {Edition} edition */
export function standing(edition) {
  return t(`catalogue.standing.${edition.standing}`);
}

/**
 * Every edition, the latest first; a press shows it.
 * @param {Edition[]} editions
 * @param {number} shown
 * @param {(number: number) => void} choose
 * @returns {HTMLElement}
 */
export function historyTable(editions, shown, choose) {
  const columns = ["edition", "standing", "from", "made", "submitted", "checked", "note"];
  return h(
    "table",
    { class: "history" },
    h("thead", {}, h("tr", {}, ...columns.map((name) => h("th", { scope: "col", i18n: `catalogue.history.${name}` })))),
    h("tbody", {}, ...editions.map((edition) => row(edition, edition.number === shown, choose))),
  );
}

/**
 * @param {Edition} edition
 * @param {boolean} current
 * @param {(number: number) => void} choose
 */
function row(edition, current, choose) {
  const made = edition.origin === "imported" ? t("catalogue.history.imported") : signed(edition.made_by, edition.made_at);
  const cells = [
    standing(edition),
    edition.effective_from ?? "",
    made,
    signed(edition.submitted_by, edition.submitted_at),
    signed(edition.checked_by, edition.checked_at),
    edition.reason || edition.note,
  ];
  const open = h("button", { type: "button", data: { key: `edition-${edition.number}` }, on: { click: () => choose(edition.number) } }, t("catalogue.edition", { n: edition.number }));
  return h("tr", { "aria-current": current ? "true" : null }, h("td", {}, open), ...cells.map((cell) => h("td", {}, cell)));
}

/** @param {string | null} name @param {string | null} at */
function signed(name, at) {
  return name && at ? `${person(name)} ${dateAndTime(at)}` : "";
}

/** Who edited what, the latest first. @param {Full} full @returns {HTMLElement} */
export function editList(full) {
  const lines = [...full.edits].reverse().map((line) =>
    h("li", {}, h("span", { class: "kind" }, `${dateAndTime(line.at)}`), h("span", {}, h("strong", {}, person(line.by)), " ", line.edits.map(told).join("；"))),
  );
  return h(
    "section",
    {},
    h("h3", {}, t("catalogue.history.edits", { n: full.edition.number })),
    lines.length ? h("ul", { class: "changes" }, ...lines) : h("p", { class: "empty", i18n: "catalogue.history.no_edits" }),
  );
}

/** @param {{do: string, [field: string]: any}} edit */
function told(edit) {
  const subject = edit.department ?? edit.name ?? edit.rule?.name ?? "";
  const detail = edit.phrase ?? edit.text ?? (edit.do === "rename_department" ? edit.name : "") ?? "";
  return [t(`catalogue.do.${edit.do}`), subject, detail].filter(Boolean).join(" ");
}
