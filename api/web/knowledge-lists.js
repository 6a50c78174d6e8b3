/** What agents reported, and what ends soon: lists that lead to the article. */
import { h } from "./dom.js";
import { dateAndTime, person } from "./format.js";
import { t } from "./i18n.js";
import { knowledgeApi } from "./knowledge-client.js";
import { atMost } from "./typing.js";

/** @typedef {import("./knowledge-client.js").Report} Report */
/** @typedef {import("./knowledge-client.js").Reminder} Reminder */

const OUTCOMES = ["corrected", "withdrawn", "right"];

/**
 * @param {Report[]} reports
 * @param {{open: ((id: string) => void) | null, answered: (report: Report) => void, problem: (error: unknown) => void}} given
 * @returns {HTMLElement}
 */
export function reportList(reports, given) {
  if (reports.length === 0) return h("p", { class: "empty", i18n: "knowledge.reports.none" });
  return h("ul", { class: "reports" }, ...reports.map((report) => reportLine(report, given)));
}

/**
 * The reports, and where there are more than are listed how to see them.
 * @param {{reports: Report[], total: number}} found
 * @param {Parameters<typeof reportList>[1]} given
 */
export function reportSheet({ reports, total }, given) {
  const more = total > reports.length && h("p", { class: "empty", i18n: ["knowledge.reports.more", { n: reports.length, total }] });
  return [reportList(reports, given), more];
}

/**
 * @param {Report} report
 * @param {{open: ((id: string) => void) | null, answered: (report: Report) => void, problem: (error: unknown) => void}} given
 */
function reportLine(report, given) {
  const open = given.open;
  return h(
    "li",
    { class: report.answer ? "answered" : "" },
    h("span", { class: `tag ${report.kind}` }, t(`knowledge.report.${report.kind}`)),
    h("strong", {}, report.owner),
    open
      ? h("button", { type: "button", class: "link", data: { key: `report-${report.call_id}-${report.report_id}` }, on: { click: () => open(report.article_id) } }, report.title ?? report.article_id)
      : null,
    h("span", { class: "count" }, report.version ? `${t("knowledge.version_n", { n: report.version })} · ${report.passage_id}` : report.passage_id),
    h("small", {}, `${person(report.by)} ${dateAndTime(report.at)}`),
    report.note && h("p", { class: "said" }, report.note),
    report.answer ? answerOf(report.answer) : answerForm(report, given),
  );
}

/** @param {{outcome: string, note: string, by: string, at: string}} answer */
function answerOf(answer) {
  return h("p", { class: "answer" }, h("span", { class: "tag" }, t(`knowledge.outcome.${answer.outcome}`)), " ", answer.note, " ", h("small", {}, `${person(answer.by)} ${dateAndTime(answer.at)}`));
}

/**
 * @param {Report} report
 * @param {{answered: (report: Report) => void, problem: (error: unknown) => void}} given
 */
function answerForm(report, { answered, problem }) {
  const key = `${report.call_id}-${report.report_id}`;
  const outcome = h("select", { i18nAttr: { "aria-label": "knowledge.outcome" }, data: { key: `outcome-${key}` } });
  for (const value of OUTCOMES) outcome.append(h("option", { value }, t(`knowledge.outcome.${value}`)));
  const note = atMost(h("input", { type: "text", i18nAttr: { placeholder: "knowledge.outcome.note", "aria-label": "knowledge.outcome.note" }, data: { key: `note-${key}` } }), 500);
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    try {
      answered(await knowledgeApi.answer(report, { outcome: outcome.value, note: note.value.trim() }));
    } catch (error) {
      problem(error);
    }
  };
  outcome.addEventListener("change", () => (note.required = outcome.value === "right"));
  return h("form", { class: "answering", on: { submit } }, outcome, note, h("button", { i18n: "knowledge.outcome.answer" }));
}

/**
 * @param {Reminder[]} reminders
 * @param {(id: string) => void} open
 * @returns {HTMLElement}
 */
export function reminderTable(reminders, open) {
  if (reminders.length === 0) return h("p", { class: "empty", i18n: "knowledge.reminders.none" });
  const columns = ["days", "article", "owner", "last_day", "follows"];
  return h(
    "table",
    { class: "history reminders" },
    h("thead", {}, h("tr", {}, ...columns.map((name) => h("th", { scope: "col", i18n: `knowledge.reminder.${name}` })))),
    h("tbody", {}, ...reminders.map((reminder) => reminderRow(reminder, open))),
  );
}

/** @param {Reminder} reminder @param {(id: string) => void} open */
function reminderRow(reminder, open) {
  const link = (/** @type {string} */ id, /** @type {string} */ words) => h("button", { type: "button", class: "link", data: { key: `ends-${id}` }, on: { click: () => open(id) } }, words);
  const left = reminder.days_left < 0 ? t("knowledge.reminder.ended", { n: -reminder.days_left }) : t("knowledge.reminder.left", { n: reminder.days_left });
  return h(
    "tr",
    { class: reminder.needs_work ? "pressing" : "" },
    h("td", {}, h("span", { class: `tag within-${reminder.within}` }, left)),
    h("td", {}, link(reminder.article_id, reminder.title), h("small", {}, ` ${reminder.document_number}`)),
    h("td", {}, reminder.owner),
    h("td", {}, reminder.last_day),
    h("td", {}, follows(reminder, link)),
  );
}

/**
 * @param {Reminder} reminder
 * @param {(id: string, words: string) => HTMLElement} link
 */
function follows(reminder, link) {
  const { successor, coming, draft } = reminder;
  const day = reminder.follows_on ?? "";
  if (successor) return h("span", {}, link(successor, reminder.successor_title || successor), h("small", {}, ` ${reminder.successor_number} ${t("knowledge.reminder.successor", { day })}`));
  if (coming) return h("span", {}, t("knowledge.reminder.coming", { n: coming.number, day }));
  if (draft) return h("span", {}, t("knowledge.reminder.draft", { n: draft.number, by: person(draft.made_by) }));
  return h("strong", { class: "fault", i18n: "knowledge.reminder.nothing" });
}
