/** Labels that training doubts, for an evaluator to judge: right, another department, or nobody can tell. */
import { api } from "./api-client.js";
import { Combobox, departmentOptions } from "./combobox.js";
import { newId, showProblem } from "./desk-frame.js";
import { fill, h } from "./dom.js";
import { percent } from "./format.js";
import { onLanguage, t } from "./i18n.js";
import { history, knowReasons } from "./order-return.js";
import { atMost } from "./typing.js";

/**
 * @typedef {object} Issue as GET /api/label-issues has it
 * @property {string} number
 * @property {string} given
 * @property {string} likelier
 * @property {number} self_confidence
 * @property {number} likelier_probability
 * @property {string[]} alike
 * @property {string} day
 * @property {string} said
 * @property {string} title
 * @property {string} summary
 * @property {import("./order-return.js").SentOut[]} routings
 */

const AT_ONCE = 5;

/** Add the section to the page. @param {Element} main */
export async function addLabelReview(main) {
  const section = h("section", { id: "label-review", "aria-labelledby": "label-review-heading" });
  main.append(section);
  const review = new LabelReview(section);
  onLanguage(() => review.draw());
  await review.load();
}

class LabelReview {
  /** @param {HTMLElement} host */
  constructor(host) {
    this.host = host;
    /** @type {{raised: number, reviewed: number, issues: Issue[]}} */
    this.found = { raised: 0, reviewed: 0, issues: [] };
    /** @type {import("./types.js").Department[]} */
    this.departments = [];
    this.busy = false;
    /** What is being written, by the number of the order: it stays when the list is drawn anew. @type {Map<string, HTMLInputElement>} */
    this.reasons = new Map();
  }

  async load() {
    try {
      const [found, departments, reasons] = await Promise.all([api.labelIssues(), api.departments(), api.returnReasons()]);
      knowReasons(reasons.reasons ?? []);
      this.found = found;
      this.departments = departments.departments ?? [];
    } catch (error) {
      showProblem(error);
    }
    this.draw();
  }

  draw() {
    const { raised, reviewed, issues } = this.found;
    const rest = raised ? h("p", { class: "hint", i18n: "labels.all_done" }) : h("p", { class: "hint", i18n: "labels.none" });
    fill(
      this.host,
      h("h2", { id: "label-review-heading", i18n: "labels.title" }),
      h("p", { class: "hint", i18n: "labels.about" }),
      raised ? h("p", { class: "counts" }, t("labels.counts", { raised, reviewed })) : null,
      issues.length ? h("ol", { class: "issues" }, ...issues.slice(0, AT_ONCE).map((issue) => this.card(issue))) : rest,
    );
  }

  /** @param {Issue} issue */
  card(issue) {
    const reason = this.reasons.get(issue.number) ?? atMost(h("input", { type: "text", i18nAttr: { "aria-label": "labels.reason", placeholder: "labels.reason" } }), 500);
    this.reasons.set(issue.number, reason);
    const judge = (/** @type {string} */ verdict, /** @type {string} */ department) => void (reason.reportValidity() && this.judge(issue, { verdict, department, reason: reason.value.trim() }));
    const search = new Combobox({
      options: () => departmentOptions(this.departments),
      choose: (name) => judge(name === issue.given ? "accept" : "amend", name),
      label: "name_another",
      placeholder: "search_department",
    });
    return h(
      "li",
      { data: { number: issue.number } },
      h("p", { class: "hint" }, `${issue.number} · ${issue.day}`),
      h("h3", {}, issue.title),
      h("p", { class: "said" }, issue.said || issue.summary),
      h("dl", { class: "doubt" }, ...this.facts(issue)),
      ...history(issue.routings ?? []),
      h(
        "div",
        { class: "judgement" },
        h("button", { type: "button", on: { click: () => judge("accept", issue.given) } }, t("labels.right", { department: issue.given })),
        h("button", { type: "button", on: { click: () => judge("amend", issue.likelier) } }, t("labels.wrong", { department: issue.likelier })),
        h("button", { type: "button", i18n: "labels.cannot_tell", on: { click: () => judge("reject", "") } }),
        search.element,
        reason,
      ),
    );
  }

  /** @param {Issue} issue */
  facts(issue) {
    return [
      h("dt", { i18n: "labels.given" }),
      h("dd", {}, `${issue.given} ${percent(issue.self_confidence)}`),
      h("dt", { i18n: "labels.likelier" }),
      h("dd", {}, `${issue.likelier} ${percent(issue.likelier_probability)}`),
      ...(issue.alike.length ? [h("dt", { i18n: "labels.alike" }), h("dd", {}, ...issue.alike.map((one) => h("p", {}, one)))] : []),
    ];
  }

  /**
   * @param {Issue} issue
   * @param {{verdict: string, department: string, reason: string}} judgement
   */
  async judge(issue, judgement) {
    if (this.busy) return;
    this.busy = true;
    try {
      await api.reviewLabel(issue.number, { review_id: newId(), ...judgement });
      this.reasons.delete(issue.number);
      const issues = this.found.issues.filter((one) => one !== issue);
      this.found = { ...this.found, reviewed: this.found.reviewed + 1, issues };
      if (issues.length) this.draw();
      else await this.load();
    } catch (error) {
      showProblem(error);
    }
    this.busy = false;
  }
}
