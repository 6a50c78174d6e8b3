/** One filed order as the dispatcher reads it: what it asks, who should have it and why, and what was said. */
import { heading, source } from "./answer-parts.js";
import { Combobox, departmentOptions } from "./combobox.js";
import { fill, h } from "./dom.js";
import { age, dateAndTime, person, reasonText, slotText, term } from "./format.js";
import { bindText, t } from "./i18n.js";
import { history, returnedNote, ReturnForm } from "./order-return.js";
import { rankedChoices } from "./routing-choices.js";
import { bubble } from "./transcript.js";
import { marks } from "./used-answers.js";

/**
 * @typedef {object} OrderRow as GET /api/work-orders has it
 * @property {string} number
 * @property {string} status
 * @property {string} department the agent's
 * @property {string} filed_by
 * @property {string} filed_at
 * @property {string} title
 * @property {string} summary
 * @property {string} kind
 * @property {string | null} urgency
 * @property {string[]} [flagged]
 * @property {any} place
 * @property {{choices: import("./types.js").Choice[], abstained?: boolean} | null} ranking
 * @property {{department: string, decision_id: string, by: string, at: string, reason: string} | null} dispatched
 * @property {import("./order-return.js").Returned | null} [returned] why it waits again
 * @property {import("./order-return.js").SentOut[]} [routings]
 * @property {import("./types.js").Utterance[]} [transcript]
 * @property {any} [order]
 */

const REASONS = ["why_not.duty", "why_not.area", "why_not.lead"];
const REASONS_AGAIN = ["why_again.not_upheld", "why_again.completed"];

export class OrderSheet {
  /**
   * @param {object} given
   * @param {HTMLElement} given.host
   * @param {() => import("./types.js").Department[]} given.departments
   * @param {(order: OrderRow, decision: {verdict: string, department?: string, reason?: string}) => Promise<boolean>} given.route
   * @param {(order: OrderRow, given: {code: string, reason: string}) => Promise<boolean>} given.sendBack
   */
  constructor({ host, departments, route, sendBack }) {
    this.host = host;
    this.route = route;
    this.sendBack = sendBack;
    /** @type {ReturnForm | null} */
    this.returning = null;
    /** @type {OrderRow | null} */
    this.order = null;
    this.other = ""; // the department that an override would name
    this.busy = false;
    this.decision = h("div", { class: "decision" });
    this.search = new Combobox({
      options: () => departmentOptions(departments()),
      choose: (name) => this.choose(name),
      label: "name_another",
      placeholder: "search_department",
    });
    this.reason = h("input", { type: "text", id: "reason", autocomplete: "off", data: { key: "reason" }, i18nAttr: { "aria-label": "orders.why" } });
    this.reason.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      if (event.key === "Enter" && !event.isComposing) void this.send();
      else if (event.key === "Escape") this.cancel();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    this.fault = h("p", { class: "fault", role: "alert" });
    this.show(null);
  }

  /** Whether somebody is in the middle of an override, or of recording a return. */
  get isOverriding() {
    return this.other !== "" || this.returning !== null;
  }

  /** @param {OrderRow | null} order */
  show(order) {
    const same = order !== null && order.number === this.order?.number && order.status === this.order.status;
    this.order = order;
    if (same && this.isOverriding) return; // somebody is writing a reason: nothing moves under their hands
    this.other = "";
    this.returning = null;
    this.draw();
  }

  /** Anew, in the language of the screen; an override or a return that somebody is writing goes on. */
  draw() {
    const { order } = this;
    this.returning?.name();
    if (!order) {
      fill(this.host, h("p", { class: "empty", i18n: "orders.choose" }));
      return;
    }
    fill(this.host, this.head(order), h("div", { class: "order-body" }, this.content(order), this.routing(order)));
    this.drawDecision();
  }

  /** @param {OrderRow} order */
  head(order) {
    const urgency = order.urgency ?? "";
    return h(
      "header",
      { class: "order-head" },
      h("h2", {}, h("span", { class: "number" }, order.number), urgency && h("span", { class: `urgency ${pressing(order)}` }, term(urgency)), ...flags(order)),
      h("h3", {}, order.title),
    );
  }

  /** @param {OrderRow} order */
  content(order) {
    const telephone = order.order?.telephone?.value;
    const rows = [
      ["slot.kind", slotText(order.kind)],
      ["slot.category", slotText(/** @type {any} */ (order).category)],
      ["slot.place", slotText(order.place)],
      ["slot.occurred", slotText(/** @type {any} */ (order).occurred)],
      ["slot.telephone", slotText(telephone)],
      ["slot.co_departments", slotText(/** @type {any} */ (order).co_departments)],
      ["orders.filed_by", person(order.filed_by)],
      ["orders.filed_at", dateAndTime(order.filed_at)],
    ].filter(([, value]) => value);
    const answers = order.order?.answers ?? [];
    return h(
      "div",
      { class: "order-content" },
      h("p", { class: "summary" }, order.summary),
      h("dl", { class: "facts" }, ...rows.flatMap(([words, value]) => [h("dt", { i18n: words }), h("dd", {}, value)])),
      answers.length ? h("h4", { i18n: ["orders.answers", { n: answers.length }] }) : null,
      answers.length ? h("ol", { class: "answers-given" }, ...answers.map((/** @type {any} */ answer) => answerOf(answer.value))) : null,
      h("h4", { i18n: "orders.transcript" }),
      h("div", { class: "said" }, ...(order.transcript ?? []).map((utterance) => bubble(utterance))),
    );
  }

  /** @param {OrderRow} order */
  routing(order) {
    const choices = order.ranking?.choices ?? [];
    const sent = Boolean(order.dispatched);
    return h(
      "div",
      { class: "order-routing" },
      h("p", { class: "agent-choice" }, h("span", { i18n: "orders.agent_department" }), h("strong", {}, order.department)),
      this.decision,
      h("h4", { i18n: "orders.ranking" }),
      choices.length
        ? rankedChoices({
            choices,
            choose: sent ? undefined : (choice) => this.choose(String(choice.value)),
            hint: sent ? undefined : (rank) => (rank < 3 ? String(rank + 1) : ""),
            marked: order.department,
            mark: "orders.agent_department",
          })
        : h("p", { class: "hint", i18n: "orders.no_ranking" }),
      !sent && this.search.element,
      ...history(order.routings ?? []),
    );
  }

  drawDecision() {
    const { order } = this;
    if (!order) return;
    const back = order.returned ? returnedNote(order.returned) : null;
    if (this.returning) fill(this.decision, dispatchedNote(order), this.returning.element);
    else if (order.dispatched) fill(this.decision, dispatchedNote(order), this.returnButton(order));
    else if (this.other) fill(this.decision, back, ...this.override());
    else if (order.returned) fill(this.decision, back, ...this.again(order.returned.department));
    else fill(this.decision, this.confirmButton(order));
  }

  /** @param {OrderRow} order */
  confirmButton(order) {
    return h(
      "button",
      { type: "button", class: "primary big", id: "confirm", disabled: this.busy, data: { key: "confirm" }, on: { click: () => this.confirm() } },
      t("orders.confirm", { department: order.department }),
      " ",
      h("kbd", {}, "Enter"),
    );
  }

  /** What can be done with an order that came back. @param {string} department which had it */
  again(department) {
    return [
      h("p", { class: "hint", i18n: "returns.choose" }),
      h("button", { type: "button", id: "again", data: { key: "again" }, on: { click: () => this.choose(department) } }, t("returns.again", { department })),
    ];
  }

  /** @param {OrderRow} order */
  returnButton(order) {
    return h("button", { type: "button", id: "return", i18n: "returns.record", data: { key: "return" }, on: { click: () => this.openReturn(order) } });
  }

  /** @param {OrderRow} order */
  openReturn(order) {
    this.returning = new ReturnForm({
      department: order.dispatched?.department ?? "",
      send: (given) => this.sendBack(order, given),
      cancel: () => this.cancel(),
    });
    this.drawDecision();
    this.returning.focus();
  }

  override() {
    const offered = this.order?.returned?.department === this.other ? REASONS_AGAIN : REASONS;
    const quick = offered.map((words) =>
      h("button", { type: "button", class: "offer", i18n: words, on: { click: () => ((this.reason.value = t(words)), this.reason.focus()) } }),
    );
    return [
      h("label", { for: "reason", i18n: "orders.why" }),
      this.reason,
      h("div", { class: "quick" }, ...quick),
      this.fault,
      h(
        "div",
        { class: "row" },
        h("button", { type: "button", class: "primary big", id: "override", disabled: this.busy, on: { click: () => this.send() } }, t("orders.override", { department: this.other }), " ", h("kbd", {}, "Enter")),
        h("button", { type: "button", i18n: "orders.cancel", on: { click: () => this.cancel() } }),
      ),
    ];
  }

  /** Enter: as the agent said. */
  confirm() {
    if (this.order?.returned) return undefined; // one key is not enough for what came back: a reason is needed
    return this.decide({ verdict: "accept" });
  }

  /** @param {number} rank */
  chooseRank(rank) {
    const choice = this.order?.ranking?.choices[rank];
    if (choice) this.choose(String(choice.value));
  }

  /** Another department: it is sent when a reason is given. @param {string} name */
  choose(name) {
    if (!this.order || this.order.dispatched || this.busy) return;
    if (name === this.order.department && !this.order.returned) {
      this.cancel();
      /** @type {HTMLElement | null} */ (this.host.querySelector("#confirm"))?.focus();
      return;
    }
    this.other = name;
    this.reason.value = "";
    bindText(this.fault, "");
    this.drawDecision();
    this.reason.focus();
  }

  cancel() {
    this.other = "";
    this.returning = null;
    this.drawDecision();
  }

  send() {
    const reason = this.reason.value.trim();
    if (!reason) {
      bindText(this.fault, "orders.why_needed");
      this.reason.focus();
      return undefined;
    }
    return this.decide({ verdict: "amend", department: this.other, reason });
  }

  /** @param {{verdict: string, department?: string, reason?: string}} decision */
  async decide(decision) {
    if (!this.order || this.order.dispatched || this.busy) return;
    this.busy = true;
    this.drawDecision();
    const done = await this.route(this.order, decision);
    this.busy = false;
    if (done) this.other = "";
    this.drawDecision();
  }
}

/** @param {OrderRow} order */
function dispatchedNote(order) {
  const { department, by, at, reason } = /** @type {NonNullable<OrderRow["dispatched"]>} */ (order.dispatched);
  const same = department === order.department;
  return h(
    "div",
    { class: "receipt" },
    h("span", { i18n: "orders.went_to" }),
    h("strong", {}, department),
    h("span", { class: "tag", i18n: same ? "orders.same" : "orders.changed" }),
    h("p", { class: "hint" }, [person(by), dateAndTime(at), reasonText(reason ?? "")].filter(Boolean).join(" · ")),
  );
}

/** How pressing an order is, for its colour. @param {OrderRow} order */
export function pressing(order) {
  if (order.urgency === "特急" || (!order.urgency && order.flagged?.length)) return "emergency";
  return order.urgency === "紧急" ? "urgent" : "normal";
}

/** Emergencies that the copilot heard. @param {OrderRow} order */
export function flags(order) {
  return (order.flagged ?? []).map((category) => h("span", { class: "urgency emergency" }, term(category)));
}

/** @param {OrderRow} order */
export function waited(order) {
  return age(order.filed_at);
}

/** One thing that the citizen was told, and from where. @param {import("./types.js").Citation} citation */
function answerOf(citation) {
  return h(
    "li",
    {},
    h("h5", {}, heading(citation), " ", ...marks(citation)),
    citation.case && h("p", { class: "hint", i18n: ["card.case", { case: citation.case }] }),
    h("blockquote", {}, citation.quote),
    citation.original && h("p", { class: "source" }, h("span", { class: "badge", i18n: "card.original" }), " ", citation.original),
    source(citation),
  );
}
