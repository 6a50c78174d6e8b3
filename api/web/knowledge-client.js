/** The articles of the knowledge base, as docs/wire.md has them. */
import { ask, reach, refusal, wasDone } from "./api-client.js";

/**
 * @typedef {{article_id: string, number: number, state: string, origin: string, base: number | null, revision: number,
 *   digest: string, title: string, owner: string, note: string, publish_on: string | null, made_by: string, made_at: string,
 *   submitted_by: string | null, submitted_at: string | null, checked_by: string | null, checked_at: string | null,
 *   reason: string, withdrawn_by: string | null, withdrawn_at: string | null, withdrawn_on: string | null}} Version
 * @typedef {{article_id: string, title: string, document_number: string, issuer: string, owner: string, area: string,
 *   secrecy: string, effective_from: string | null, last_day: string | null, standing: string, successor: string,
 *   version: Version | null, open: Version | null, coming: Version | null, refused: Version | null, reports: number}} Row
 * @typedef {Record<string, string | string[]>} Content
 * @typedef {{mark: "same" | "inserted" | "deleted", text: string}} Piece
 * @typedef {{mark: "same" | "inserted" | "deleted", pieces: Piece[]}} Paragraph
 * @typedef {{fields: {field: string, before: string, after: string}[], paragraphs: Paragraph[]}} Difference
 * @typedef {{message: string, chinese: string}} Said
 * @typedef {{version: Version, content: Content, faults: Said[], difference: Difference, searchable?: boolean,
 *   edits: {revision: number, at: string, by: string, fields: Content}[],
 *   passages: {passage_id: string, heading: string, text: string}[], concern: Concern | null}} Full
 * @typedef {{number: number, reason: string, withdrawn_by: string, withdrawn_at: string, same_text: boolean,
 *   confirmed: {by: string, at: string, note: string} | null, reports: Report[]}} Concern
 * @typedef {{call_id: string, report_id: string, article_id: string, passage_id: string, article_version: string,
 *   version?: number | null, title?: string, owner: string, kind: string, note: string, by: string, at: string,
 *   answer: null | {outcome: string, note: string, by: string, at: string}}} Report
 * @typedef {{article: Row, content: Content | null, versions: Version[], reports: Report[]}} Detail
 * @typedef {{today: string, total: number, articles: Row[], tally: Record<string, number>, owners: Record<string, number>,
 *   open_reports: number, reminders: number, problem: Said | null}} Listed
 * @typedef {{article_id: string, title: string, document_number: string, owner: string, last_day: string,
 *   days_left: number, within: number, successor: string, successor_title: string, successor_number: string, follows_on: string | null, coming: Version | null,
 *   draft: Version | null, needs_work: boolean}} Reminder
 * @typedef {{article_id: string, title: string, document_number: string, owner: string, effective_from: string,
 *   passages: number, standing: string, number: number | null, faults: Said[], reason: string, submitted?: boolean}} Arrived
 * @typedef {{name: string, applied: boolean, articles: Arrived[], understood: {field: string, value: string, words: string}[], findings: (Said & {grave: boolean})[],
 *   putBack?: boolean}} Upload `putBack` is what somebody ticked
 */

const segment = encodeURIComponent;
const at = (/** @type {string} */ id) => `/api/articles/${segment(id)}`;

export const knowledgeApi = {
  /** @param {Record<string, string>} filters @returns {Promise<Listed>} */
  list: (filters) => ask("GET", `/api/articles?${new URLSearchParams(filters)}`),
  /** @param {string} id @returns {Promise<Detail>} */
  article: (id) => ask("GET", at(id)),
  /** @param {string} id @param {number} number @returns {Promise<Full>} */
  version: (id, number) => ask("GET", `${at(id)}/versions/${number}`),
  /** @param {string} id @param {number} number @param {number} against @returns {Promise<Difference>} */
  difference: (id, number, against) => ask("GET", `${at(id)}/versions/${number}/difference?against=${against}`),
  /** @param {Content} fields @returns {Promise<Full>} */
  beginNew: (fields) => ask("POST", "/api/article-drafts", { fields }),
  /** @param {string} id @param {{note?: string, copy_of?: number}} wanted @returns {Promise<Full>} */
  begin: (id, wanted) => ask("POST", `${at(id)}/versions`, wanted),
  /**
   * @param {"edits" | "corrected" | "submit" | "approve" | "refuse" | "take-back" | "discard"} step
   * @param {Version} version as it is on the screen
   * @param {object} [more]
   * @returns {Promise<Full>}
   */
  step: (step, version, more) =>
    ask("POST", `${at(version.article_id)}/versions/${version.number}/${step}`, { revision: version.revision, ...more }),
  /** @param {string} id @param {{reason: string, because?: string, number?: number}} wanted @returns {Promise<Full>} */
  withdraw: (id, wanted) => ask("POST", `${at(id)}/withdraw`, wanted),
  /** @param {Record<string, string>} filters @returns {Promise<{reports: Report[], total: number, owners: Record<string, number>}>} */
  reports: (filters) => ask("GET", `/api/article-reports?${new URLSearchParams(filters)}`),
  /** @param {Report} report @param {{outcome: string, note: string}} answer @returns {Promise<Report>} */
  answer: (report, answer) => ask("POST", `/api/article-reports/${segment(report.call_id)}/${segment(report.report_id)}/answer`, answer),
  /** @returns {Promise<{today: string, reminders: Reminder[]}>} */
  reminders: () => ask("GET", "/api/article-reminders"),
  /** @param {number} days @returns {Promise<any>} */
  coverage: (days) => ask("GET", `/api/article-coverage?days=${days}`),

  /**
   * Read a file; `apply` makes drafts of what was read, with `putBack` of withdrawn articles too.
   * @param {File} file
   * @param {boolean} apply
   * @param {boolean} putBack
   * @returns {Promise<Upload>}
   */
  async upload(file, apply, putBack) {
    const address = `/api/article-uploads?name=${segment(file.name)}&apply=${apply}&put_back=${putBack}`;
    const headers = { Accept: "application/json", "Content-Type": "application/octet-stream" };
    const response = await reach(address, { method: "POST", headers, body: file, credentials: "same-origin" });
    if (!response.ok) throw refusal(response.status, await response.text());
    wasDone();
    return response.json();
  },
};

/** Whether both are one version, edited or not. @param {Version | null | undefined} one @param {Version} other */
export function isSame(one, other) {
  return one?.article_id === other.article_id && one.number === other.number;
}
