/** The evaluation desk: what people made of the suggestions, and how good the served router measured. */
import { api } from "./api-client.js";
import { barChart, curve, figure, intervalLine, partsChart } from "./charts.js";
import { enterDesk, showProblem } from "./desk-frame.js";
import { byId, fill, h } from "./dom.js";
import { readFigure, readList, readNumber, shareOf } from "./figures.js";
import { count, percent } from "./format.js";
import { hasWords, onLanguage, t } from "./i18n.js";

const FEW = 100; // below, a share of a routing is uncertain by ten points and more
const SLOTS = ["department", "answer", "kind", "title", "summary", "place", "occurred", "telephone", "urgency", "co_departments"];
const FIGURES = ["accuracy", "macro_f1", "top3", "ece", "coverage_at_95"];
const MOST_CLASSES = 40;
const MOST_MISTAKES = 10;

/**
 * @param {string} name
 * @param {import("./figures.js").Figure | null} given
 * @param {string} note
 */
function tile(name, given, note) {
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

/** @param {any} online */
function drawOnline(online) {
  const bySlot = online?.by_slot ?? {};
  const ranks = online?.department_ranks ?? {};
  const decided = ["first", "second", "third", "other"].reduce((sum, rank) => sum + (ranks[rank] ?? 0), 0);
  const routed = (online?.agreed ?? 0) + (online?.overrode ?? 0);
  const top3 = decided - (ranks.other ?? 0);
  const rows = SLOTS.filter((slot) => bySlot[slot]?.made).map((slot) => slotRow(slot, bySlot[slot]));
  const tiles = [
    tile(t("online.first"), shareOf(ranks.first ?? 0, decided), t("of_n", { k: ranks.first ?? 0, n: decided })),
    tile(t("online.top3"), shareOf(top3, decided), t("of_n", { k: top3, n: decided })),
    tile(t("online.agreed"), shareOf(online?.agreed ?? 0, routed), t("of_n", { k: online?.agreed ?? 0, n: routed })),
  ];
  fill(
    byId("online"),
    h("h2", { id: "online-heading" }, t("online.title")),
    h("p", { class: "hint" }, t("online.about")),
    decided < FEW && h("p", { class: "few", role: "note" }, decided ? t("online.few", { n: decided }) : t("online.none")),
    h("div", { class: "tiles" }, ...tiles),
    h("div", { class: "figures" }, rows.length ? slotFigure(rows) : null, decided ? rankFigure(ranks, decided) : null),
  );
}

const FATES = ["accepted", "amended", "rejected", "undecided"];

/**
 * @param {string} slot
 * @param {any} outcome
 */
function slotRow(slot, outcome) {
  const parts = FATES.map((fate) => ({ look: fate, count: outcome[fate] ?? 0 }));
  return { name: t(`slot.${slot}`), parts, total: parts.reduce((sum, part) => sum + part.count, 0), superseded: outcome.superseded ?? 0 };
}

/** @param {ReturnType<typeof slotRow>[]} rows */
function slotFigure(rows) {
  const legend = h("p", { class: "legend" }, ...FATES.map((fate) => h("span", { class: `key ${fate}` }, t(`online.${fate}`))));
  const table = rows.map((row) => [row.name, ...row.parts.map((part) => count(part.count)), count(row.superseded), count(row.total)]);
  return figure({
    title: t("online.slots"),
    about: t("online.slots.about"),
    picture: h("div", {}, legend, partsChart(rows.filter((row) => row.total), t("online.slots"))),
    head: [t("online.slot"), ...FATES.map((fate) => t(`online.${fate}`)), t("online.superseded"), "n"],
    rows: table,
  });
}

/**
 * @param {any} ranks
 * @param {number} decided
 */
function rankFigure(ranks, decided) {
  const names = [...[1, 2, 3].map((n) => t("online.rank", { n })), t("online.other")];
  const rows = ["first", "second", "third", "other"].map((rank, index) => ({
    name: names[index],
    value: (ranks[rank] ?? 0) / decided,
    note: `(${ranks[rank] ?? 0})`,
  }));
  return figure({ title: t("online.ranks"), about: t("n", { n: decided }), picture: barChart(rows, t("online.ranks")) });
}

/** @param {any} offline */
function drawOffline(offline) {
  const known = offline && FIGURES.some((name) => readFigure(offline, name));
  if (!known) {
    fill(byId("offline"), h("h2", { id: "offline-heading" }, t("offline.title")), h("p", { class: "few" }, t("offline.none")));
    return;
  }
  const tiles = FIGURES.map((name) => {
    return tile(t(`offline.${name}`), readFigure(offline, name), figureNote(offline, name));
  });
  fill(
    byId("offline"),
    h("h2", { id: "offline-heading" }, t("offline.title")),
    h("p", { class: "hint" }, [t("offline.about", { n: count(offline.n ?? 0) }), howMeasured(offline.how ?? "")].filter(Boolean).join(" · ")),
    h("div", { class: "tiles" }, ...tiles),
    h("div", { class: "figures" }, reliabilityFigure(offline), coverageFigure(offline), mistakesFigure(offline), classFigure(offline)),
  );
}

/** @param {string} how as the figures' file says it */
function howMeasured(how) {
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

/** @param {any} offline */
function reliabilityFigure(offline) {
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

/** The commonest mistakes: whose order it was, who was named. @param {any} offline */
function mistakesFigure(offline) {
  const { labels = [], matrix = [] } = offline.confusion ?? {};
  /** @type {{gold: string, named: string, times: number}[]} */
  const mistakes = matrix.flatMap((/** @type {number[]} */ row, /** @type {number} */ gold) =>
    row.map((times, named) => ({ gold: labels[gold], named: labels[named], times })).filter((_, named) => named !== gold),
  );
  const worst = mistakes.filter((mistake) => mistake.times > 0).sort((a, b) => b.times - a.times).slice(0, MOST_MISTAKES);
  if (!worst.length) return null;
  const head = ["mistakes.gold", "mistakes.named", "mistakes.times"].map((words) => h("th", { scope: "col" }, t(words)));
  const rows = worst.map((m) => h("tr", {}, h("td", {}, m.gold), h("td", {}, m.named), h("td", {}, count(m.times))));
  const table = h("table", {}, h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...rows));
  return figure({ title: t("mistakes"), about: t("mistakes.about"), picture: table });
}

if (await enterDesk("evaluator")) {
  try {
    const report = await api.evaluation();
    const draw = () => {
      drawOnline(report.online);
      drawOffline(report.offline);
    };
    onLanguage(draw);
    draw();
  } catch (error) {
    showProblem(error);
  }
}
