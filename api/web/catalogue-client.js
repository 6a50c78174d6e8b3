/** The editions of the responsibility catalogue, as docs/wire.md has them. */
import { ask } from "./api-client.js";

/**
 * @typedef {{number: number, state: string, standing: string, origin: string, base: number | null, revision: number,
 *   digest: string, note: string, effective_from: string | null, made_by: string, made_at: string,
 *   submitted_by: string | null, submitted_at: string | null, checked_by: string | null, checked_at: string | null,
 *   reason: string}} Edition
 * @typedef {{text: string, legal_basis: string, phrases: string[]}} Duty
 * @typedef {{name: string, area?: string, telephone?: string, aliases?: string[], effective_from?: string,
 *   effective_to?: string, duties: Duty[], [field: string]: any}} Row
 * @typedef {{name: string, [field: string]: any}} Rule
 * @typedef {{departments: Row[], rules?: Rule[], [part: string]: any}} Document
 * @typedef {{kind: string, department: string, subject: string, before: string, after: string}} Change
 * @typedef {{number: number, revision: number, at: string, by: string, edits: {do: string, [field: string]: any}[]}} EditLine
 * @typedef {{edition: Edition, document: Document, faults: {message: string, chinese: string}[], changes: Change[], edits: EditLine[]}} Full
 * @typedef {{today: string, in_force: Edition | null, coming: Edition[], being_made: Edition | null,
 *   router_follows: boolean}} Overview
 */

const at = (/** @type {number} */ number) => `/api/catalogue/editions/${number}`;

export const catalogueApi = {
  /** @returns {Promise<Overview>} */
  overview: () => ask("GET", "/api/catalogue"),
  /** @returns {Promise<{editions: Edition[]}>} */
  editions: () => ask("GET", "/api/catalogue/editions"),
  /** @param {number} number @returns {Promise<Full>} */
  edition: (number) => ask("GET", at(number)),
  /** @param {{note?: string, copy_of?: number}} draft @returns {Promise<Full>} */
  begin: (draft) => ask("POST", "/api/catalogue/drafts", draft),
  /** @param {number} number @param {number} revision @param {object[]} edits @returns {Promise<Full>} */
  edit: (number, revision, edits) => ask("POST", `${at(number)}/edits`, { revision, edits }),
  /** @param {number} number @param {number} revision @param {object} document @returns {Promise<Full>} */
  upload: (number, revision, document) => ask("PUT", `${at(number)}/document`, { revision, document }),
  /**
   * @param {"submit" | "approve" | "refuse" | "take-back" | "discard" | "withdraw"} step
   * @param {Edition} edition as it is on the screen
   * @param {object} [more]
   * @returns {Promise<Full>}
   */
  step: (step, edition, more) => ask("POST", `${at(edition.number)}/${step}`, { revision: edition.revision, ...more }),
};
