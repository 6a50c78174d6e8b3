/** How the article on the screen stands, with the step that comes next for whoever looks. */
import { fill, h } from "./dom.js";
import { person } from "./format.js";
import { inLanguage, t } from "./i18n.js";
import { concernOf, isUnanswered } from "./knowledge-concern.js";
import { atMost } from "./typing.js";

/** @typedef {import("./knowledge-client.js").Full} Full */
/** @typedef {import("./knowledge-client.js").Detail} Detail */
/** @typedef {"begin" | "again" | "corrected" | "submit" | "approve" | "refuse" | "take-back" | "discard" | "withdraw"} StepName */
/** @typedef {"" | "submit" | "refuse" | "withdraw"} Form */
/**
 * @typedef {{detail: Detail, full: Full | null, today: string, me: string, form: Form,
 *   take: (step: StepName, more?: object) => void, open: (form: Form) => void, show: (where: "changes" | "current") => void}} Given
 */

/** Whoever took part in making a version may not check it. @param {Full} full @param {string} name */
export function isMaker(full, name) {
  const { made_by, submitted_by } = full.version;
  return [made_by, submitted_by, ...full.edits.map((edit) => edit.by)].includes(name);
}

/** The version that the screen shows unless somebody asks for another. @param {Detail} detail */
export function currentNumber({ article, versions }) {
  return (article.open ?? article.version ?? article.coming ?? versions[0])?.number;
}

/** @param {Element} host @param {Given} given */
export function drawBanner(host, given) {
  const { detail, full } = given;
  const state = full?.version.state ?? "published";
  const other = full !== null && full.version.number !== currentNumber(detail);
  host.className = `banner ${other ? "other" : state === "draft" || state === "review" ? "draft" : detail.article.standing}`;
  fill(
    host,
    h("p", { class: "about" }, about(given, other)),
    h("span", { class: "spacer" }),
    ...(given.form ? [formOf(given)] : steps(given, other)),
    full && full.faults.length > 0 && faults(full.faults),
    full && concernOf(full, (note) => given.take("corrected", { note })),
  );
}

/** @param {Given} given @param {boolean} other */
function about({ detail, full }, other) {
  const { article } = detail;
  const version = full?.version;
  if (!version) return t("knowledge.about.file", { standing: t(`knowledge.standing.${article.standing}`) });
  const places = { n: version.number, day: version.publish_on ?? "", by: person(version.submitted_by ?? version.made_by), reason: version.reason, revision: version.revision };
  if (version.state === "published" && !other) {
    if (article.coming?.number === version.number) return t("knowledge.about.coming", places);
    const until = article.last_day ? t("knowledge.until", { day: article.last_day }) : "";
    return t("knowledge.about.published", { ...places, standing: t(`knowledge.standing.${article.standing}`), until });
  }
  return t(`knowledge.about.${version.state === "published" ? "former" : version.state}`, places);
}

/** @param {Given} given @param {boolean} other */
function steps(given, other) {
  const { full, detail, take, open, show } = given;
  const state = full?.version.state;
  if (other && full) return [...ofAnother(given), press("knowledge.back", () => show("current"))];
  if (full && state === "draft") {
    const changes = countOf(full);
    return [
      discard(take),
      press(["knowledge.see_changes", { n: changes }], () => show("changes")),
      press("knowledge.submit", () => open("submit"), { class: "primary", disabled: full.faults.length > 0 || isUnanswered(full) }),
    ];
  }
  if (full && state === "review") return reviewSteps(given, full);
  if (full && (state === "refused" || state === "discarded")) return [press("knowledge.again", () => take("again"), { class: "primary" })];
  const gone = detail.article.standing === "withdrawn";
  return [
    gone ? null : press("knowledge.withdraw", () => open("withdraw")),
    press(gone ? "knowledge.restore" : "knowledge.begin", () => take("begin"), { class: "primary", disabled: detail.article.open !== null }),
  ].filter(Boolean);
}

/** @param {Full} full */
export function countOf(full) {
  return full.difference.fields.length + full.difference.paragraphs.filter((p) => p.pieces.some((piece) => piece.mark !== "same")).length;
}

/** @param {Given} given @param {Full} full */
function reviewSteps({ me, take, open, show }, full) {
  const back = press("knowledge.take_back", () => take("take-back"));
  const look = press(["knowledge.see_changes", { n: countOf(full) }], () => show("changes"));
  if (isMaker(full, me)) return [h("p", { class: "hint", i18n: "knowledge.not_yours" }), look, back];
  return [back, look, press("knowledge.refuse", () => open("refuse")), press("knowledge.approve", () => take("approve"), { class: "primary", disabled: isUnanswered(full) })];
}

/** @param {Given} given */
function ofAnother({ detail, full, take, open }) {
  const state = full?.version.state ?? "";
  const coming = detail.article.coming?.number === full?.version.number;
  return [
    detail.article.open === null && state !== "draft" && state !== "review" && press("knowledge.again", () => take("again")),
    coming && press("knowledge.withdraw.coming", () => open("withdraw")),
  ].filter(Boolean);
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

/** Work is not thrown away by one press. @param {(step: StepName) => void} take */
function discard(take) {
  let sure = false;
  const button = press("knowledge.discard", () => {
    if (sure) return take("discard");
    sure = true;
    button.textContent = t("knowledge.discard.sure");
    return undefined;
  });
  return button;
}

/** @param {Given} given */
function formOf({ detail, full, today, form, take, open }) {
  const day = h("input", { type: "date", name: "day", min: today, id: "step-day", data: { key: `${form}-day` } });
  const text = atMost(h("input", { type: "text", name: "text", id: "step-text", required: form !== "submit", data: { key: `${form}-text` } }), 500);
  const because = kinds(detail);
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    const said = text.value.trim();
    if (form === "submit") take("submit", { publish_on: day.value || null, note: said });
    else if (form === "refuse") take("refuse", { reason: said });
    else take("withdraw", { because: because.value, reason: said, number: detail.article.coming?.number === full?.version.number ? full?.version.number : undefined });
  };
  const fields = form === "submit" ? [h("label", { i18nAttr: { title: "knowledge.submit.day.about" } }, h("span", { i18n: "knowledge.submit.day" }), " ", day)] : [];
  if (form === "withdraw") fields.push(because);
  const words = form === "submit" ? "knowledge.submit.note" : form === "refuse" ? "knowledge.refuse.why" : "knowledge.withdraw.why";
  const action = form === "submit" ? "knowledge.submit" : form === "refuse" ? "knowledge.refuse" : "knowledge.withdraw";
  return h(
    "form",
    { on: { submit } },
    ...fields,
    h("label", { for: "step-text", i18n: words }),
    text,
    h("button", { class: form === "withdraw" ? "danger" : "primary", i18n: action }),
    press("orders.cancel", () => open("")),
  );
}

/** Why an article is withdrawn; what agents reported of it stands first. @param {Detail} detail */
function kinds(detail) {
  const open = detail.reports.filter((report) => !report.answer).map((report) => report.kind);
  const likely = ["wrong", "outdated"].find((kind) => open.includes(kind)) ?? "other";
  const options = ["wrong", "outdated", "other"].map((kind) => h("option", { value: kind, selected: kind === likely }, t(`knowledge.because.${kind}`)));
  return h("select", { data: { key: "because" }, i18nAttr: { "aria-label": "knowledge.because" } }, ...options);
}

/** @param {import("./knowledge-client.js").Said[]} found */
function faults(found) {
  return h("div", { class: "faults fault" }, t("knowledge.faults", { n: found.length }), h("ul", {}, ...found.map((fault) => h("li", {}, inLanguage(fault)))));
}
