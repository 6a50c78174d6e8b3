/** The sections of an evaluation beside its main figures: slices, leaks, giveaways, costs, drift, mishearing, learning curve. */
import { figure, intervalLine } from "./charts.js";
import { h } from "./dom.js";
import { count, percent } from "./format.js";
import { currentLanguage, hasWords, t } from "./i18n.js";

const MOST_DEPARTMENTS = 10;

/**
 * Whatever of them the report holds.
 * @param {any} report
 * @returns {(HTMLElement | null)[]}
 */
export function sectionFigures(report) {
  return [
    ...(report.slices ?? []).map(sliceFigure),
    sharesFigure("leaks", report.leaks, ["with", "without", "leaked_only"], { k: report.leaks?.leaked, n: report.leaks?.training_orders }),
    sharesFigure("giveaways", report.giveaways, ["with", "without", "given_away_only"], { k: report.giveaways?.with_a_routing_phrase, n: report.giveaways?.naming_the_right_department }),
    spokenFigure(report.spoken),
    costFigure(report.costs),
    ...(report.drift ?? []).map(driftFigure),
    curveFigure(report.learning_curve),
  ];
}

/** The half of a two-language name, as 字数 characters, that this screen shows. @param {string} name */
export function inOneLanguage(name) {
  const [, chinese, english] = /^([\u4e00-\u9fff]+) ([a-z ]+)$/.exec(name) ?? [];
  return (currentLanguage() === "zh" ? chinese : english) ?? name;
}

/** @param {any} slice */
function sliceFigure(slice) {
  const rows = slice.parts.map((/** @type {any} */ part) => [
    part.value,
    withInterval(part.accuracy, part.accuracy_interval),
    h("span", { class: part.below_overall ? "below" : "" }, percent(part.accuracy, 1)),
    count(part.n),
    share(part.precision_at_threshold),
  ]);
  return listed(t("slices.title", { name: inOneLanguage(slice.name) }), t("slices.about"), ["", "slices.accuracy", "", "slices.orders", "slices.precision"], rows);
}

/**
 * @param {string} name
 * @param {any} section
 * @param {string[]} parts
 * @param {Record<string, unknown>} places
 */
function sharesFigure(name, section, parts, places) {
  if (!section) return null;
  const rows = parts.map((part) => [
    t(`shares.${part}`),
    withInterval(section[part].accuracy, section[part].accuracy_interval),
    share(section[part].accuracy),
    count(section[part].n),
    share(section[part].top3),
  ]);
  return listed(t(`${name}.title`), t(`${name}.about`, places), ["", "slices.accuracy", "", "slices.orders", "offline.top3"], rows);
}

/** The same orders as written and as a recogniser may hear them. @param {any} spoken */
function spokenFigure(spoken) {
  if (!spoken) return null;
  const rows = ["written", "misheard"].map((part, place) => [
    t(`shares.${part}`),
    withInterval(spoken[part].accuracy, spoken[part].accuracy_interval),
    share(spoken[part].accuracy),
    count(spoken[part].n),
    share(spoken[part].top3),
    share(spoken.coverage_at_threshold[place]),
    share(spoken.precision_at_threshold[place]),
  ]);
  const [low, high] = spoken.accuracy_change_interval;
  const about = t("spoken.about", { share: percent(spoken.characters_misheard), change: points(spoken.accuracy_change), low: points(low), high: points(high) });
  return listed(t("spoken.title"), about, ["", "slices.accuracy", "", "slices.orders", "offline.top3", "spoken.recommended", "slices.precision"], rows, true);
}

/** @param {any} costs */
function costFigure(costs) {
  if (!costs) return null;
  const rows = costs.by_department
    .slice(0, MOST_DEPARTMENTS)
    .map((/** @type {any} */ row) => [row.department, count(row.orders), row.cost.toFixed(1), row.per_order.toFixed(2), row.dearest]);
  const about = t("costs.about", {
    all: costs.per_order_without_questions.toFixed(3),
    kept: costs.at_abstention_threshold.mistakes.toFixed(3),
    asked: percent(costs.at_abstention_threshold.questions),
  });
  return listed(t("costs.title"), about, ["mistakes.gold", "slices.orders", "costs.cost", "costs.each", "costs.mostly"], rows);
}

/** @param {any} drift */
function driftFigure(drift) {
  const rows = drift.distances.map((/** @type {any} */ distance) => [
    hasWords(`drift.${distance.name}`) ? t(`drift.${distance.name}`) : distance.name,
    distance.value.toFixed(3),
    distance.by_chance.toFixed(3),
    t(distance.beyond_chance ? "drift.beyond" : "drift.within"),
  ]);
  if (drift.accuracy_change !== null) {
    const [low, high] = drift.accuracy_change_interval;
    rows.push([t("drift.accuracy"), points(drift.accuracy_change), `${points(low)} … ${points(high)}`, ""]);
  }
  const title = t("drift.title", { before: inOneLanguage(drift.before.name), after: inOneLanguage(drift.after.name) });
  return listed(title, t("drift.about"), ["", "drift.value", "drift.chance", ""], rows);
}

/** @param {any} curve */
function curveFigure(curve) {
  if (!curve) return null;
  const rows = curve.points.map((/** @type {any} */ point) => [
    { 0: t("curve.duties"), all: t("curve.all") }[point.per_department] ?? String(point.per_department),
    withInterval(point.accuracy, point.intervals.accuracy),
    percent(point.accuracy, 1),
    percent(point.top3, 1),
    percent(point.macro_f1, 1),
  ]);
  return listed(t("curve.title"), t("curve.about", { n: count(curve.held_out) }), ["curve.size", "slices.accuracy", "", "offline.top3", "offline.macro_f1"], rows);
}

/**
 * A figure that is a table.
 * @param {string} title
 * @param {string} about
 * @param {string[]} head keys of words, empty for a column without a name
 * @param {(string | Node)[][]} rows
 * @param {boolean} [wide] over the whole page
 */
export function listed(title, about, head, rows, wide = false) {
  const cells = head.map((words) => h("th", { scope: "col" }, words ? t(words) : ""));
  const body = rows.map((row) => h("tr", {}, ...row.map((cell) => h("td", {}, cell))));
  return figure({ wide, title, about, picture: h("table", {}, h("thead", {}, h("tr", {}, ...cells)), h("tbody", {}, ...body)) });
}

/**
 * @param {number | null} value
 * @param {[number, number] | null} interval
 */
export function withInterval(value, interval) {
  return value === null ? "—" : intervalLine({ value, low: interval?.[0], high: interval?.[1] });
}

/** A share with one decimal, or a dash. @param {number | null | undefined} value */
export function share(value) {
  return value === null || value === undefined ? "—" : percent(value, 1);
}

/** @param {number} change */
function points(change) {
  return `${change > 0 ? "+" : ""}${(100 * change).toFixed(1)}`;
}
