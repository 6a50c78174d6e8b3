/** A draft of what was withdrawn as wrong: what was wrong with it, and a maker's word that it was put right. */
import { h } from "./dom.js";
import { dateAndTime, person } from "./format.js";
import { t } from "./i18n.js";
import { atMost } from "./typing.js";

/** @typedef {import("./knowledge-client.js").Full} Full */

const MOST_REPORTS = 5;

/** Whether somebody has yet to answer for the draft. @param {Full | null} full */
export function isUnanswered(full) {
  return Boolean(full?.concern && !full.concern.confirmed);
}

/**
 * @param {Full} full
 * @param {(note: string) => void} confirm
 */
export function concernOf(full, confirm) {
  const { concern } = full;
  if (!concern) return false;
  const { confirmed } = concern;
  const told = { n: concern.number, by: person(concern.withdrawn_by), at: dateAndTime(concern.withdrawn_at), reason: concern.reason };
  return h(
    "div",
    { class: `concern ${confirmed ? "answered" : "fault"}`, role: confirmed ? null : "alert", data: { key: "concern" } },
    h("p", {}, t("knowledge.concern", told), " ", h("strong", {}, t(concern.same_text ? "knowledge.concern.same" : "knowledge.concern.changed"))),
    concern.reports.length > 0 && h("ul", {}, ...concern.reports.slice(0, MOST_REPORTS).map(reported)),
    confirmed ? h("p", {}, t("knowledge.concern.confirmed", { by: person(confirmed.by), at: dateAndTime(confirmed.at), note: confirmed.note })) : full.version.state === "draft" && formOf(confirm),
  );
}

/** @param {import("./knowledge-client.js").Report} report */
function reported(report) {
  return h("li", {}, `${t(`knowledge.report.${report.kind}`)} · ${report.passage_id} · ${dateAndTime(report.at)}${report.note ? t("colon") + report.note : ""}`);
}

/** @param {(note: string) => void} confirm */
function formOf(confirm) {
  const text = atMost(h("input", { type: "text", id: "corrected-note", required: true, data: { key: "corrected-note" } }), 500);
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (text.value.trim()) confirm(text.value.trim());
  };
  return h("form", { on: { submit } }, h("label", { for: "corrected-note", i18n: "knowledge.corrected.note" }), text, h("button", { class: "primary", data: { key: "corrected" }, i18n: "knowledge.corrected" }));
}
