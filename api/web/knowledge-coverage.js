/** What citizens asked that had no good answer, and which articles are never used: from the journal, masked. */
import { h } from "./dom.js";
import { percent } from "./format.js";
import { t } from "./i18n.js";

const PERIODS = [7, 30, 90, 365];

/**
 * @typedef {{question: string, size: number, outcomes: Record<string, number>, department: string, first: string,
 *   last: string, examples: string[], nearest: {article_id: string, title: string} | null}} Cluster
 * @typedef {{article_id: string, title: string, owner: string, shown: number, adopted: number, edited: number,
 *   rejected: number, by_hand?: number, missed?: number}} Use
 * @typedef {{first: string, last: string, calls: number, questions: number, answered: number, clusters: Cluster[],
 *   used: Use[], never_shown: Use[], never_adopted: Use[]}} Coverage
 */

/**
 * @param {Coverage | null} coverage
 * @param {number} days
 * @param {{choose: (days: number) => void, open: (id: string) => void, write: (cluster: Cluster) => void}} given
 * @returns {HTMLElement[]}
 */
export function coverageSheet(coverage, days, given) {
  const select = h("select", { data: { key: "period" }, i18nAttr: { "aria-label": "knowledge.coverage.period" }, on: { change: () => given.choose(Number(select.value)) } });
  for (const period of PERIODS) select.append(h("option", { value: String(period), selected: period === days }, t("knowledge.coverage.days", { n: period })));
  const head = h("div", { class: "sheet-head coverage-head" }, h("h3", { i18n: "knowledge.view.coverage" }), select);
  if (!coverage) return [head, h("p", { class: "empty", i18n: "loading" })];
  const share = coverage.questions ? percent(coverage.answered / coverage.questions) : "—";
  return [
    head,
    h("p", { class: "hint" }, t("knowledge.coverage.about", { first: coverage.first, last: coverage.last, calls: coverage.calls, n: coverage.questions, share })),
    h("div", { class: "coverage" }, gaps(coverage, given), h("div", {}, ...unused(coverage, given.open))),
  ];
}

/** @param {Coverage} coverage @param {{write: (cluster: Cluster) => void, open: (id: string) => void}} given */
function gaps(coverage, given) {
  const largest = Math.max(1, ...coverage.clusters.map((cluster) => cluster.size));
  return h(
    "section",
    {},
    h("h4", {}, t("knowledge.coverage.gaps", { n: coverage.clusters.length })),
    coverage.clusters.length
      ? h("ol", { class: "gaps" }, ...coverage.clusters.map((cluster) => gap(cluster, largest, given)))
      : h("p", { class: "empty", i18n: "knowledge.coverage.no_gaps" }),
  );
}

/**
 * @param {Cluster} cluster
 * @param {number} largest
 * @param {{write: (cluster: Cluster) => void, open: (id: string) => void}} given
 */
function gap(cluster, largest, { write, open }) {
  const { nearest } = cluster;
  const bar = h("meter", { min: "0", max: String(largest), value: String(cluster.size), "aria-hidden": "true" });
  const told = Object.entries(cluster.outcomes).map(([name, n]) => t(`knowledge.coverage.${name}`, { n }));
  return h(
    "li",
    {},
    h("p", { class: "gap-head" }, h("strong", {}, cluster.question), h("span", { class: "count" }, t("knowledge.coverage.times", { n: cluster.size })), bar),
    h("small", {}, [...told, cluster.department && t("knowledge.coverage.department", { name: cluster.department }), `${cluster.first} — ${cluster.last}`].filter(Boolean).join(" · ")),
    cluster.examples.length > 1 && h("details", {}, h("summary", { i18n: "knowledge.coverage.examples" }), h("ul", {}, ...cluster.examples.filter((example) => example !== cluster.question).map((example) => h("li", {}, example)))),
    h(
      "p",
      { class: "gap-steps" },
      nearest && h("button", { type: "button", class: "link", on: { click: () => open(nearest.article_id) } }, t("knowledge.coverage.nearest", { title: nearest.title })),
      h("button", { type: "button", i18n: "knowledge.coverage.write", on: { click: () => write(cluster) } }),
    ),
  );
}

/** @param {Coverage} coverage @param {(id: string) => void} open */
function unused(coverage, open) {
  const list = (/** @type {string} */ key, /** @type {Use[]} */ uses) =>
    h(
      "details",
      { open: uses.length > 0 && uses.length < 30 },
      h("summary", {}, t(key, { n: uses.length })),
      h("ul", { class: "uses" }, ...uses.map((use) => useLine(use, open))),
    );
  return [
    list("knowledge.coverage.never_adopted", coverage.never_adopted),
    list("knowledge.coverage.never_shown", coverage.never_shown),
    list("knowledge.coverage.used", coverage.used),
  ];
}

/** @param {Use} use @param {(id: string) => void} open */
function useLine(use, open) {
  const counts = use.shown ? t("knowledge.coverage.counts", { shown: use.shown, adopted: use.adopted + use.edited, rejected: use.rejected }) : "";
  const byHand = use.by_hand ? t("knowledge.coverage.by_hand", { n: use.by_hand, missed: use.missed ?? 0 }) : "";
  return h("li", {}, h("button", { type: "button", class: "link", on: { click: () => open(use.article_id) } }, use.title), " ", h("small", {}, [use.owner, counts, byHand].filter(Boolean).join(" · ")));
}
