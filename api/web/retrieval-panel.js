/** Search on the evaluation desk: what became of answer cards week by week, and the report that an evaluator kept. */
import { curve, figure, partsChart } from "./charts.js";
import { fill, h } from "./dom.js";
import { inOneLanguage, listed, share, withInterval } from "./evaluation-sections.js";
import { readFigure, shareOf } from "./figures.js";
import { count, likelihood, percent } from "./format.js";
import { t } from "./i18n.js";
import { reliabilityFigure, tile } from "./offline-panel.js";

const FATES = ["adopted", "edited", "not_relevant", "out_of_date", "refused_otherwise", "taken_back", "untouched"];
const LOOKS = ["accepted", "amended", "rejected", "rejected", "rejected", "undecided", "undecided"];
const LEGEND = { accepted: "cards.adopted", amended: "cards.edited", rejected: "cards.refused", undecided: "cards.untouched" };
const DECIDED = FATES.slice(0, 5);
const BY_HAND = ["by_hand", "missed"]; // answers that no card gave, and those of them that no card had shown
const RANKING = ["hit@1", "hit@5", "mrr@10"];
const MOST_FAILURES = 12;

/**
 * The cards of the last weeks, from the journal.
 * @param {HTMLElement} place
 * @param {any} answers
 */
export function drawAnswers(place, answers) {
  const weeks = answers?.weeks ?? [];
  const title = h("h2", { id: "answers-heading" }, t("cards.title"));
  if (!weeks.length) return fill(place, title, h("p", { class: "few", role: "note" }, t("cards.none")));
  const sum = (/** @type {string[]} */ fates) => weeks.reduce((/** @type {number} */ all, /** @type {any} */ week) => all + fates.reduce((n, fate) => n + week[fate], 0), 0);
  const decided = sum(DECIDED);
  const part = (/** @type {string} */ name, /** @type {string[]} */ fates) => tile(t(name), shareOf(sum(fates), decided), t("cards.of", { k: sum(fates), n: decided }));
  const given = sum(["adopted", "edited", "by_hand"]);
  const ofAnswers = (/** @type {string} */ name, /** @type {string} */ fate) => tile(t(name), shareOf(sum([fate]), given), t("cards.of_answers", { k: sum([fate]), n: given }));
  const tiles = [
    part("cards.used", ["adopted", "edited"]),
    part("cards.not_relevant", ["not_relevant"]),
    part("cards.out_of_date", ["out_of_date"]),
    ofAnswers("cards.by_hand", "by_hand"),
    ofAnswers("cards.missed", "missed"),
    timeTile("cards.delay", answers.delay),
    timeTile("cards.decided_after", answers.decided_after),
  ];
  fill(place, title, h("p", { class: "hint" }, t("cards.about")), h("div", { class: "tiles" }, ...tiles), h("div", { class: "figures" }, weeksFigure(weeks)));
}

/**
 * @param {string} name
 * @param {{n: number, p50: number, p95: number} | null} seconds
 */
function timeTile(name, seconds) {
  return h(
    "div",
    { class: "tile" },
    h("p", { class: "tile-name" }, t(name)),
    h("p", { class: "tile-value" }, seconds ? t("cards.seconds", { n: seconds.p50.toFixed(1) }) : "—"),
    h("p", { class: "hint" }, seconds ? t("cards.delay.note", { p95: seconds.p95.toFixed(1), n: seconds.n }) : " "),
  );
}

/** @param {any[]} weeks */
function weeksFigure(weeks) {
  const rows = weeks.map((week) => ({ name: week.monday.slice(5), total: week.shown, parts: FATES.map((fate, index) => ({ look: LOOKS[index], count: week[fate] })) }));
  const legend = h("p", { class: "legend" }, ...Object.entries(LEGEND).map(([look, words]) => h("span", { class: `key ${look}` }, t(words))));
  return figure({
    wide: true,
    title: t("cards.weeks"),
    about: t("cards.weeks.about"),
    picture: h("div", {}, legend, partsChart(rows, t("cards.weeks"))),
    head: [t("cards.week"), t("cards.calls"), t("cards.shown"), ...[...FATES, ...BY_HAND].map((fate) => t(`cards.${fate}`))],
    rows: weeks.map((week) => [week.monday, count(week.calls), count(week.shown), ...[...FATES, ...BY_HAND].map((fate) => count(week[fate]))]),
  });
}

/**
 * What `hotline evaluate retrieval --keep` kept.
 * @param {HTMLElement} place
 * @param {any} kept
 */
export function drawSearchReport(place, kept) {
  const title = h("h2", { id: "retrieval-heading" }, t("retrieval.title"));
  if (!kept?.cards) return fill(place, title, h("p", { class: "few", role: "note" }, t("retrieval.none")));
  const { cards } = kept;
  const now = cards.at_served_threshold;
  const about = t("retrieval.about", { n: count(kept.n), outside: count(cards.out_of_scope), documents: count(kept.documents), passages: count(kept.passages), day: kept.measured_on ?? "" });
  const changed = kept.library && kept.library_in_force && kept.library !== kept.library_in_force;
  const from = t("retrieval.threshold", { p: percent(cards.threshold) });
  const tiles = [
    ...RANKING.map((name) => tile(t(`retrieval.${name}`), readFigure(kept, name), "")),
    tile(t("retrieval.shown"), { value: now.shown, low: cards.shown_interval[0], high: cards.shown_interval[1] }, from),
    tile(t("retrieval.first_right"), now.first_right === null ? null : shareOf(now.first_right * now.shown * kept.n, now.shown * kept.n), from),
    tile(t("retrieval.false_cards"), falseCards(cards), from),
  ];
  const pictures = [silenceFigure(cards), precisionFigure(cards), reliabilityFigure(cards), noiseFigure(kept.noise ?? []), ...(kept.slices ?? []).map(sliceFigure), failuresFigure(kept)];
  fill(
    place,
    title,
    h("p", { class: "hint" }, about),
    changed && h("p", { class: "few", role: "note" }, t("retrieval.old", { then: kept.library, now: kept.library_in_force })),
    h("div", { class: "tiles" }, ...tiles),
    h("div", { class: "figures" }, ...pictures),
    ...(kept.notes ?? []).map((/** @type {string} */ note) => h("p", { class: "hint" }, note)),
  );
}

/** @param {any} cards */
function falseCards(cards) {
  const value = cards.at_served_threshold.false_cards;
  if (value === null) return null;
  return { value, low: cards.false_cards_interval[0], high: cards.false_cards_interval[1] };
}

/** Cards for questions with an answer against cards for those without. @param {any} cards */
function silenceFigure(cards) {
  const points = cards.curve.filter((/** @type {any} */ point) => point.false_cards !== null).map((/** @type {any} */ point) => ({ x: point.false_cards, y: point.shown }));
  if (!points.length) return null;
  const now = cards.at_served_threshold;
  const within = cards.at_5_percent_false_cards_other_half ?? cards.at_5_percent_false_cards;
  return figure({
    title: t("retrieval.silence"),
    about: [t("retrieval.silence.about"), within && t("retrieval.within_5", { share: percent(within.shown, 1) })].filter(Boolean).join(" "),
    picture: curve({
      points,
      label: t("retrieval.silence"),
      across: t("retrieval.false_cards"),
      up: t("retrieval.chart.shown"),
      mark: { x: now.false_cards, y: now.shown, words: `${percent(now.shown)} @ ${percent(now.false_cards, 1)}` },
    }),
    head: [t("retrieval.probability"), t("retrieval.false_cards"), t("retrieval.chart.shown")],
    rows: cards.curve.map((/** @type {any} */ point) => [point.threshold.toFixed(2), share(point.false_cards), share(point.shown)]),
  });
}

/** How often the first card is right when only the surest questions get one. @param {any} cards */
function precisionFigure(cards) {
  const points = cards.curve.filter((/** @type {any} */ point) => point.first_right !== null).map((/** @type {any} */ point) => ({ x: point.shown, y: point.first_right }));
  const now = cards.at_served_threshold;
  const served = now.first_right !== null;
  return figure({
    title: t("retrieval.precision"),
    about: t("retrieval.precision.about"),
    picture: curve({
      points,
      label: t("retrieval.precision"),
      across: t("retrieval.chart.shown"),
      up: t("chart.precision"),
      from: 0,
      mark: served ? { x: now.shown, y: now.first_right, words: `${percent(now.first_right)} @ ${percent(now.shown)}` } : undefined,
    }),
  });
}

/** @param {any[]} noise */
function noiseFigure(noise) {
  if (!noise.length) return null;
  const rows = noise.map((one) => {
    const [low, high] = one.fall_points_intervals["hit@5"];
    return [percent(one.rate), percent(one["hit@1"], 1), percent(one["hit@5"], 1), `${one.fall_points["hit@5"].toFixed(1)} (${low.toFixed(1)} … ${high.toFixed(1)})`];
  });
  return listed(t("retrieval.noise"), t("retrieval.noise.about"), ["retrieval.rate", "retrieval.hit@1", "retrieval.hit@5", "retrieval.fall"], rows);
}

/** @param {any} slice */
function sliceFigure(slice) {
  const rows = slice.parts.map((/** @type {any} */ part) => [
    part.value,
    withInterval(part.hit1, part.interval),
    h("span", { class: part.below ? "below" : "" }, percent(part.hit1, 1)),
    count(part.n),
    share(part.shown),
    share(part.first_right),
  ]);
  const head = ["", "retrieval.hit@1", "", "retrieval.questions", "retrieval.chart.shown", "retrieval.first_right"];
  return listed(t("slices.title", { name: inOneLanguage(slice.name) }), t("retrieval.slices.about"), head, rows);
}

/** @param {any} kept */
function failuresFigure(kept) {
  const worst = (kept.failures ?? []).slice(0, MOST_FAILURES);
  if (!worst.length) return null;
  const id = (/** @type {string} */ words) => h("span", { class: "ids" }, words);
  const sure = (/** @type {number | null} */ probability) => (probability === null ? "—" : likelihood(probability));
  const rows = worst.map((/** @type {any} */ each) => [id(each.query_id), id(each.gold.join(" ")), id(each.found), sure(each.probability)]);
  return listed(t("retrieval.failures"), t("retrieval.failures.about", { n: count(kept.failures_in_all) }), ["retrieval.question", "retrieval.right", "retrieval.found", "retrieval.probability"], rows);
}
