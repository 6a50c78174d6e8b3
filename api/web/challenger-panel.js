/** The router in service beside its challenger: the same calls, the difference with its interval, what to type. */
import { ask } from "./api-client.js";
import { figure, keepingUnfolded } from "./charts.js";
import { showProblem } from "./desk-frame.js";
import { fill, h } from "./dom.js";
import { count, percent } from "./format.js";
import { currentLanguage, onLanguage, t } from "./i18n.js";

/**
 * @typedef {{version: string, created: string, figures: Record<string, number>, asked: boolean}} Router
 * @typedef {{first: number, second: number, difference: number, interval: [number, number]}} Difference
 * @typedef {{monday: string, n: number, served: number, challenger: number}} Week
 * @typedef {object} Found as GET /api/challenger has it
 * @property {Router | null} served
 * @property {Router | null} challenger
 * @property {Router[]} former
 * @property {string} problem
 * @property {string} problem_zh
 * @property {number} ranked
 * @property {any} comparison
 * @property {{to_promote: number, to_decide: number | null}} missing
 * @property {string} promote
 * @property {string} roll_back
 */

const MEASURES = ["accuracy", "top3", "macro_f1", "precision_of_recommended", "share_recommended", "ece"];
const CHALLENGE = "hotline models challenge FOLDER";

/** Add the section to the page. @param {Element | null} main */
export async function addChallenger(main) {
  const section = h("section", { id: "challenger", "aria-labelledby": "challenger-heading" });
  main?.append(section);
  try {
    const found = await ask("GET", "/api/challenger");
    onLanguage(() => keepingUnfolded(section, () => draw(section, found)));
    draw(section, found);
  } catch (error) {
    showProblem(error);
  }
}

/**
 * @param {HTMLElement} section
 * @param {Found} found
 */
function draw(section, found) {
  fill(
    section,
    h("h2", { id: "challenger-heading" }, t("challenger.title")),
    h("p", { class: "hint" }, t("challenger.about")),
    found.problem ? h("p", { class: "few", role: "note" }, currentLanguage() === "zh" ? found.problem_zh : found.problem) : null,
    ...(found.challenger ? duel(found) : [h("p", {}, t("challenger.none"), " ", h("code", {}, CHALLENGE))]),
    found.former.length ? h("p", { class: "hint" }, t("challenger.roll_back", { n: found.former.length }), " ", h("code", {}, found.roll_back)) : null,
  );
}

/**
 * @param {Found} found
 * @returns {(HTMLElement | null)[]}
 */
function duel(found) {
  const routers = h("p", {}, name("challenger.served", found.served), " · ", name("challenger.rival", found.challenger));
  if (!found.comparison) return [routers, h("p", { class: "few" }, t("challenger.waiting", { n: count(found.ranked) }), " ", missing(found))];
  const compared = found.comparison;
  const chinese = currentLanguage() === "zh";
  return [
    routers,
    h("p", { class: "verdict" }, h("strong", {}, chinese ? compared.sentence_zh : compared.sentence)),
    found.missing.to_promote || found.missing.to_decide ? h("p", { class: "missing" }, missing(found)) : null,
    h("p", { class: "few", role: "note" }, chinese ? compared.caution_zh : compared.caution),
    h("div", { class: "figures" }, differences(found, compared), weeks(compared.weeks)),
    h("p", { class: "hint" }, disputes(compared.disputes)),
    h("p", {}, t("challenger.promote"), " ", h("code", {}, found.promote)),
  ];
}

/** How many orders are to be settled yet before the two can be told apart, or one promoted. @param {Found} found */
function missing({ missing: { to_promote: few, to_decide: more } }) {
  const parts = [few ? t("challenger.to_promote", { n: count(few) }) : "", more ? t("challenger.to_decide", { n: count(more) }) : ""];
  return parts.filter(Boolean).join(currentLanguage() === "zh" ? "" : " ");
}

/**
 * @param {string} words
 * @param {Router | null} router
 */
function name(words, router) {
  if (!router) return "—";
  const { accuracy, n } = router.figures;
  const offline = accuracy === undefined ? t("challenger.unmeasured") : t("challenger.offline", { accuracy: percent(accuracy, 1), n: n ?? "?" });
  const parts = [t(words, { version: router.version }), router.created, offline];
  if (!router.asked) parts.push(t("challenger.stale"));
  return parts.filter(Boolean).join(t("clause_separator"));
}

/**
 * @param {Found} found
 * @param {any} compared
 */
function differences(found, compared) {
  const first = compared.weeks[0]?.monday ?? "";
  const last = compared.weeks.at(-1)?.monday ?? "";
  const head = [t("challenger.measure"), found.served?.version ?? "—", found.challenger?.version ?? "—", t("challenger.difference")];
  const rows = MEASURES.filter((measure) => compared.differences[measure]).map((measure) => {
    /** @type {Difference} */
    const one = compared.differences[measure];
    const span = `${signed(one.difference)} (${signed(one.interval[0])} … ${signed(one.interval[1])})`;
    return [t(`challenger.${measure}`), percent(one.first, 1), percent(one.second, 1), span];
  });
  return figure({
    title: t("challenger.difference"),
    about: t("challenger.n", { n: count(compared.n), first, last }),
    picture: table(head, rows),
  });
}

/** @param {Week[]} list */
function weeks(list) {
  const head = [t("challenger.week"), t("challenger.orders"), t("challenger.served", { version: "" }), t("challenger.rival", { version: "" })];
  const rows = list.map((week) => [week.monday, count(week.n), share(week.served, week.n), share(week.challenger, week.n)]);
  return figure({ title: t("challenger.weeks"), about: t("n", { n: count(list.reduce((sum, week) => sum + week.n, 0)) }), picture: table(head, rows) });
}

/** @param {{n: number, with_served: number, with_challenger: number, with_neither: number}} apart */
function disputes(apart) {
  return t("challenger.disputes", { n: apart.n, served: apart.with_served, challenger: apart.with_challenger, neither: apart.with_neither });
}

/**
 * @param {string[]} head
 * @param {string[][]} rows
 */
function table(head, rows) {
  const body = rows.map((row) => h("tr", {}, ...row.map((cell) => h("td", {}, cell))));
  return h("table", {}, h("thead", {}, h("tr", {}, ...head.map((cell) => h("th", { scope: "col" }, cell)))), h("tbody", {}, ...body));
}

/** @param {number} part @param {number} whole */
function share(part, whole) {
  return `${percent(part / whole, 1)} (${part})`;
}

/** @param {number} points */
function signed(points) {
  return `${points > 0 ? "+" : ""}${(100 * points).toFixed(1)}`;
}
