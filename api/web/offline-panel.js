/** How good the served router measured: tiles with intervals, pictures, and the sections of its evaluation. */
import { barChart, curve, figure, intervalLine } from "./charts.js";
import { fill, h } from "./dom.js";
import { sectionFigures } from "./evaluation-sections.js";
import { readFigure, readList, readNumber } from "./figures.js";
import { count, percent } from "./format.js";
import { hasWords, t } from "./i18n.js";

const FIGURES = ["accuracy", "macro_f1", "top3", "ece", "coverage_at_95"];
const MOST_CLASSES = 40;
const MOST_MISTAKES = 10;

/**
 * @param {string} name
 * @param {import("./figures.js").Figure | null} given
 * @param {string} note
 */
export function tile(name, given, note) {
  const interval = given?.low === undefined ? "" : t("interval", { low: percent(given.low, 1), high: percent(given.high ?? 0, 1) });
  return h(
    "div",
    { class: "tile" },
    h("p", { class: "tile-name" }, name),
    h("p", { class: "tile-value" }, given ? percent(given.value, 1) : "—"),
    given && intervalLine(given),
    h("p", { class: "hint" }, [interval, note].filter(Boolean).join(" · ") || " "),
  );
}

/**
 * The figures that were counted while the served router learned, out of fold.
 * @param {HTMLElement} place
 * @param {any} offline
 */
export function drawOffline(place, offline) {
  const known = offline && FIGURES.some((name) => readFigure(offline, name));
  const about = known && [t("offline.about", { n: count(offline.n ?? 0) }), howMeasured(offline.how ?? ""), offline.spoken ? t("offline.copies") : ""].filter(Boolean).join(" · ");
  const said = known ? h("p", { class: "hint" }, about) : h("p", { class: "few" }, t("offline.none"));
  fill(place, h("h2", { id: "offline-heading" }, t("offline.title")), said, ...(known ? measured(offline) : []));
}

/**
 * The figures on orders that an evaluator held back and kept with the router.
 * @param {HTMLElement} place
 * @param {any} heldOut
 */
export function drawHeldOut(place, heldOut) {
  place.hidden = !heldOut;
  if (!heldOut) return;
  const about = t("held_out.about", { n: count(heldOut.n ?? 0), data: heldOut.data ?? "" });
  fill(place, h("h2", { id: "held-out-heading" }, t("held_out.title")), h("p", { class: "hint" }, about), ...measured(heldOut));
}

/** @param {any} report */
function measured(report) {
  const tiles = FIGURES.map((name) => tile(t(`offline.${name}`), readFigure(report, name), figureNote(report, name)));
  const pictures = [reliabilityFigure(report), coverageFigure(report), mistakesFigure(report), classFigure(report)];
  return [h("div", { class: "tiles" }, ...tiles), h("div", { class: "figures" }, ...pictures, ...sectionFigures(report))];
}

/** @param {string} how as the figures' file says it */
function howMeasured(how) {
  const folds = /^(\d+)-fold by group, out of fold$/.exec(how);
  if (folds) return t("how.folds", { n: folds[1] });
  return hasWords(`how.${how}`) ? t(`how.${how}`) : how;
}

/**
 * What a figure is to be read against.
 * @param {any} offline
 * @param {string} name
 */
function figureNote(offline, name) {
  const beside = { accuracy: "baseline_accuracy", coverage_at_95: "precision_at_that_coverage" }[name] ?? "";
  const other = readFigure(offline, beside);
  if (other) return `${t(`offline.${beside}`)} ${percent(other.value, 1)}`;
  return name === "ece" ? t("offline.lower_better") : "";
}

/** What was promised against what came true. @param {any} offline */
export function reliabilityFigure(offline) {
  const bins = readList(offline, "reliability", "reliability_bins", "calibration").filter((bin) => (bin.count ?? 1) > 0);
  if (!bins.length) return null;
  const most = Math.max(...bins.map((bin) => bin.count ?? 1));
  const points = bins.map((bin) => ({
    x: readNumber(bin, 0, "promised", "confidence", "predicted", "mean_probability"),
    y: readNumber(bin, 1, "observed", "accuracy"),
    weight: (bin.count ?? most) / most,
  }));
  return figure({
    title: t("chart.reliability"),
    about: t("chart.reliability.about"),
    picture: curve({ points, diagonal: true, label: t("chart.reliability"), across: t("chart.predicted"), up: t("chart.observed") }),
    head: [t("chart.predicted"), t("chart.observed"), "n"],
    rows: points.map((point, index) => [percent(point.x, 1), percent(point.y, 1), String(bins[index].count ?? "")]),
  });
}

/** @param {any} offline */
function coverageFigure(offline) {
  const list = readList(offline, "coverage_curve", "coverage", "risk_coverage");
  if (!list.length) return null;
  const points = list.map((row) => ({ x: readNumber(row, 0, "coverage"), y: readNumber(row, 1, "precision", "accuracy") })).sort((a, b) => a.x - b.x);
  const covered = readFigure(offline, "coverage_at_95");
  const precision = readFigure(offline, "precision_at_that_coverage")?.value ?? 0.95;
  const lowest = Math.min(...points.map((point) => point.y));
  return figure({
    title: t("chart.coverage"),
    about: t("chart.coverage.about"),
    picture: curve({
      points,
      label: t("chart.coverage"),
      across: t("chart.share"),
      up: t("chart.precision"),
      from: lowest > 0.5 ? 0.5 : 0,
      mark: covered ? { x: covered.value, y: precision, words: `${percent(covered.value)} @ ${percent(precision)}` } : undefined,
    }),
    head: [t("chart.share"), t("chart.precision")],
    rows: sampled(points, 20).map((point) => [percent(point.x, 1), percent(point.y, 1)]),
  });
}

/**
 * At most `most` of the items, evenly spread.
 * @template T
 * @param {T[]} items
 * @param {number} most
 * @returns {T[]}
 */
function sampled(items, most) {
  const step = Math.max(1, Math.ceil(items.length / most));
  return items.filter((_, index) => index % step === 0 || index === items.length - 1);
}

/** @param {any} offline */
function classFigure(offline) {
  const given = offline.per_class ?? {};
  const list = Array.isArray(given) ? given : Object.entries(given).map(([label, row]) => ({ label, ...row }));
  const rows = list
    .map((row) => ({ name: String(row.label ?? row.name ?? row.department ?? ""), value: readFigure(row, "f1")?.value ?? Number.NaN, note: `(${row.support ?? row.n ?? "?"})` }))
    .filter((row) => row.name && Number.isFinite(row.value))
    .sort((a, b) => a.value - b.value)
    .slice(0, MOST_CLASSES);
  if (!rows.length) return null;
  const half = Math.ceil(rows.length / 2);
  const picture = h("div", { class: "side-by-side" }, ...[rows.slice(0, half), rows.slice(half)].map((part) => barChart(part, t("chart.per_class"))));
  return figure({ wide: true, title: t("chart.per_class"), about: t("chart.per_class.about"), picture });
}

/** The commonest mistakes: whose order it was, who was named, and the numbers of some. @param {any} offline */
function mistakesFigure(offline) {
  const worst = (offline.confusion_pairs ?? countedPairs(offline.confusion ?? {})).slice(0, MOST_MISTAKES);
  if (!worst.length) return null;
  const named = worst.some((/** @type {any} */ pair) => pair.ids?.length);
  const heads = ["mistakes.gold", "mistakes.named", "mistakes.times", ...(named ? ["mistakes.ids"] : [])];
  const head = heads.map((words) => h("th", { scope: "col" }, t(words)));
  const rows = worst.map((/** @type {any} */ pair) =>
    h("tr", {}, h("td", {}, pair.gold), h("td", {}, pair.given), h("td", {}, count(pair.count)), named && h("td", { class: "ids" }, (pair.ids ?? []).join(" "))),
  );
  const table = h("table", {}, h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...rows));
  return figure({ title: t("mistakes"), about: t("mistakes.about"), picture: table });
}

/**
 * The same from the confusion matrix alone.
 * @param {{labels?: string[], matrix?: number[][]}} confusion
 */
function countedPairs({ labels = [], matrix = [] }) {
  const pairs = matrix.flatMap((row, gold) => row.map((times, given) => ({ gold: labels[gold], given: labels[given], count: gold === given ? 0 : times })));
  return pairs.filter((pair) => pair.count > 0).sort((a, b) => b.count - a.count);
}
