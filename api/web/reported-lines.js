/** What was reported as outdated or wrong: the card is gone, and a line says who has been told. */
import { heading } from "./answer-parts.js";
import { announce } from "./desk-frame.js";
import { h } from "./dom.js";
import { person, timeOfDay } from "./format.js";
import { t } from "./i18n.js";

/** @typedef {import("./event-fold.js").Reported} Reported */

/**
 * Say it to those who hear the screen too, once the service has it.
 * @param {Promise<boolean>} sent @param {Reported["kind"]} kind @param {string} owner
 */
export async function told(sent, kind, owner) {
  const done = await sent;
  if (done) announce(t(`card.reported.${kind}`, { owner }));
  return done;
}

export class ReportedLines {
  /** @param {() => void} changed draw again: a line was put away */
  constructor(changed) {
    this.changed = changed;
    /** @type {Map<string, HTMLElement>} by report */
    this.lines = new Map();
    /** @type {Set<string>} */
    this.away = new Set();
  }

  clear() {
    this.lines.clear();
  }

  /** @param {import("./event-fold.js").Appeal | null} appeal @returns {HTMLElement[]} those that nobody put away, the latest first */
  of(appeal) {
    const left = (appeal?.reported ?? []).filter(({ report_id: id }) => !this.away.has(id));
    return left.map((report) => this.line(report)).reverse();
  }

  /** @param {Reported} report */
  line(report) {
    const key = `${report.report_id} ${document.documentElement.lang} ${person(report.by)}`;
    const known = this.lines.get(key);
    if (known) return known;
    const { owner } = report.citation;
    const line = h(
      "p",
      { class: "reported", data: { report: report.report_id }, i18nAttr: { title: ["card.reported_by", { name: person(report.by), time: timeOfDay(report.at) }] } },
      h("span", { class: "badge", i18n: [`card.reported.${report.kind}`, { owner }] }),
      h("span", { class: "which" }, heading(report.citation)),
      h("button", { type: "button", class: "quiet", i18n: "card.put_away", on: { click: () => this.putAway(report.report_id) } }),
    );
    this.lines.set(key, line);
    return line;
  }

  /** @param {string} id */
  putAway(id) {
    this.away.add(id);
    this.changed();
  }
}
