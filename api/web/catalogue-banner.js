/** What is in force and what is being made, with the step that comes next for whoever looks. */
import { fill, h } from "./dom.js";
import { person } from "./format.js";
import { inLanguage, t } from "./i18n.js";
import { standing } from "./catalogue-changes.js";
import { atMost } from "./typing.js";

/** @typedef {import("./catalogue-client.js").Full} Full */
/** @typedef {import("./catalogue-client.js").Overview} Overview */
/** @typedef {"begin" | "submit" | "approve" | "refuse" | "take-back" | "discard" | "withdraw" | "again"} StepName */
/** @typedef {(step: StepName, more?: object) => void} Take */
/** @typedef {(name: "current" | "changes" | "upload" | "export") => void} Go */

/** Whoever took part in making an edition may not check it. @param {Full} full @param {string} name */
export function isMaker(full, name) {
  const { made_by, submitted_by } = full.edition;
  return [made_by, submitted_by, ...full.edits.map((line) => line.by)].includes(name);
}

/**
 * @param {Element} host
 * @param {{full: Full, overview: Overview, me: string, form: "" | "submit" | "refuse", take: Take, go: Go,
 *   open: (form: "" | "submit" | "refuse") => void}} given
 */
export function drawBanner(host, given) {
  const { full, overview } = given;
  const current = overview.being_made ?? overview.in_force;
  const other = current !== null && full.edition.number !== current.number;
  host.className = `banner ${other ? "other" : full.edition.state}`;
  fill(
    host,
    h("p", { class: "about" }, about(full, overview, other)),
    ...overview.coming.map((edition) => h("p", { class: "hint" }, t("catalogue.coming", { n: edition.number, day: edition.effective_from }))),
    overview.router_follows ? null : h("p", { class: "hint", i18n: "catalogue.reading" }),
    h("span", { class: "spacer" }),
    ...(given.form ? [formOf(given)] : steps(given, other)),
    full.faults.length > 0 && faults(full.faults),
  );
}

/**
 * @param {Full} full
 * @param {Overview} overview
 * @param {boolean} other
 */
function about(full, overview, other) {
  const { edition } = full;
  if (other) return t("catalogue.looking", { n: edition.number, standing: standing(edition) });
  if (edition.state === "draft") return t("catalogue.draft", { n: edition.number, revision: edition.revision });
  if (edition.state === "submitted") {
    return t("catalogue.submitted", { n: edition.number, by: person(edition.submitted_by ?? ""), day: edition.effective_from });
  }
  return t("catalogue.in_force", { n: edition.number, day: overview.in_force?.effective_from ?? "" });
}

/**
 * @param {{full: Full, overview: Overview, me: string, take: Take, go: Go, open: (form: "" | "submit" | "refuse") => void}} given
 * @param {boolean} other
 */
function steps(given, other) {
  const { full, overview, me, take, go, open } = given;
  const { edition } = full;
  const load = [press("catalogue.export", () => go("export"))];
  if (other) return [...load, ...ofAnother(given), press("catalogue.back", () => go("current"))];
  if (edition.state === "draft") {
    return [
      press("catalogue.upload", () => go("upload")),
      ...load,
      discard(take),
      press(["catalogue.see_changes", { n: full.changes.length }], () => go("changes")),
      press("catalogue.submit", () => open("submit"), { class: "primary", disabled: full.faults.length > 0 || full.changes.length === 0 }),
    ];
  }
  if (edition.state !== "submitted") return [...load, press("catalogue.begin", () => take("begin"), { class: "primary", disabled: overview.being_made !== null })];
  const back = press("catalogue.take_back", () => take("take-back"));
  if (isMaker(full, me)) return [h("p", { class: "hint", i18n: "catalogue.not_yours" }), press(["catalogue.see_changes", { n: full.changes.length }], () => go("changes")), back];
  return [
    back,
    press(["catalogue.check", { n: full.changes.length }], () => go("changes")),
    press("catalogue.refuse", () => open("refuse")),
    press("catalogue.approve", () => take("approve"), { class: "primary" }),
  ];
}

/** @param {{full: Full, overview: Overview, take: Take}} given */
function ofAnother({ full, overview, take }) {
  const { edition } = full;
  const last = overview.coming[0] ?? overview.in_force;
  const again = ["refused", "discarded", "withdrawn"].includes(edition.state) && edition.base === last?.number && overview.being_made === null;
  return [again && press("catalogue.again", () => take("again")), edition.standing === "coming" && press("catalogue.withdraw", () => take("withdraw"))].filter(Boolean);
}

/**
 * @param {import("./i18n.js").Words} words
 * @param {() => void} act
 * @param {Record<string, unknown>} [more]
 */
function press(words, act, more = {}) {
  const key = typeof words === "string" ? words : words[0];
  return h("button", { type: "button", i18n: words, data: { key }, on: { click: act }, ...more });
}

/** Work is not thrown away by one press. @param {Take} take */
function discard(take) {
  let sure = false;
  const button = press("catalogue.discard", () => {
    if (sure) return take("discard");
    sure = true;
    button.textContent = t("catalogue.discard.sure");
    return undefined;
  });
  return button;
}

/** @param {{full: Full, overview: Overview, form: string, take: Take, open: (form: "" | "submit" | "refuse") => void}} given */
function formOf({ overview, form, take, open }) {
  const first = overview.coming[0]?.effective_from ?? overview.today;
  const day = h("input", { type: "date", name: "day", min: first, value: first, data: { key: `${form}-day` } });
  const text = atMost(h("input", { type: "text", name: "text", id: "step-text", required: form === "refuse", data: { key: `${form}-text` } }), 500);
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (form === "submit") take("submit", { effective_from: day.value || null, note: text.value.trim() });
    else take("refuse", { reason: text.value.trim() });
  };
  const fields = form === "submit" ? [h("label", {}, h("span", { i18n: "catalogue.submit.day" }), " ", day)] : [];
  return h(
    "form",
    { on: { submit } },
    ...fields,
    h("label", { for: "step-text", i18n: form === "submit" ? "catalogue.submit.note" : "catalogue.refuse.why" }),
    text,
    h("button", { class: "primary", i18n: form === "submit" ? "catalogue.submit" : "catalogue.refuse" }),
    press("orders.cancel", () => open("")),
  );
}

/** @param {Full["faults"]} found */
function faults(found) {
  return h("div", { class: "faults fault" }, t("catalogue.faults", { n: found.length }), h("ul", {}, ...found.map((fault) => h("li", {}, inLanguage(fault)))));
}
