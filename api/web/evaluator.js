/** The evaluation desk: what people made of the suggestions, and how good the served router measured. */
import { api } from "./api-client.js";
import { barChart, figure, keepingUnfolded, partsChart } from "./charts.js";
import { addChallenger } from "./challenger-panel.js";
import { enterDesk, pageIsReady, showProblem } from "./desk-frame.js";
import { byId, fill, h } from "./dom.js";
import { shareOf } from "./figures.js";
import { count } from "./format.js";
import { onLanguage, t } from "./i18n.js";
import { addLabelReview } from "./label-review.js";
import { drawHeldOut, drawOffline, tile } from "./offline-panel.js";
import { drawAnswers, drawSearchReport } from "./retrieval-panel.js";

const FEW = 100; // below, a share of a routing is uncertain by ten points and more
const SLOTS = ["department", "answer", "kind", "title", "summary", "place", "occurred", "telephone", "urgency", "co_departments", "category"];

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
    tile(t("online.returned"), shareOf(online?.returned ?? 0, routed), t("online.moved", { k: online?.returned ?? 0, n: routed, moved: online?.moved ?? 0 })),
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

if (await enterDesk()) {
  try {
    const report = await api.evaluation();
    const draw = () => {
      drawOnline(report.online);
      drawAnswers(byId("answers"), report.answers);
      drawSearchReport(byId("retrieval"), report.retrieval);
      drawOffline(byId("offline"), report.offline);
      drawHeldOut(byId("held-out"), report.offline?.held_out);
    };
    onLanguage(() => keepingUnfolded(byId("online").parentElement, draw));
    draw();
  } catch (error) {
    showProblem(error);
  }
  await addChallenger(byId("online").parentElement);
  await addLabelReview(byId("online").parentElement);
  pageIsReady();
}
