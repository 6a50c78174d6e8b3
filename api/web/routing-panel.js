/** The department: first three with probabilities and reasons, a question where the copilot does not dare, a search. */
import { Combobox, departmentOptions } from "./combobox.js";
import { byId, fill, h } from "./dom.js";
import { openFor } from "./event-fold.js";
import { person, slotText, timeOfDay } from "./format.js";
import { t } from "./i18n.js";
import { rankedChoices } from "./routing-choices.js";

export class RoutingPanel {
  /**
   * @param {object} given
   * @param {import("./slot-editors.js").City} given.city
   * @param {(decision: any) => Promise<boolean>} given.decide
   */
  constructor({ city, decide }) {
    this.decide = decide;
    this.body = h("div", { class: "routing-body" });
    this.badge = h("span", { class: "badge" });
    this.search = new Combobox({
      options: () => departmentOptions(city.departments),
      choose: (name) => this.name(name),
      label: "name_another",
      placeholder: "search_department",
    });
    this.none = h("button", { type: "button", i18n: "none_of_these", data: { key: "department-reject" }, on: { click: () => this.reject() } });
    this.hint = h("span", { class: "hint", i18n: "choose_to_confirm" });
    this.why = h("button", { type: "button", class: "why", i18nAttr: { title: "key.reasons" }, on: { click: () => this.explain() } }, h("span", { i18n: "reasons" }), " ", h("kbd", {}, "Alt+R"));
    /** Whether the reasons are shown: until somebody asks, the answer cards need the place. */
    this.explaining = false;
    this.city = city;
    this.reopened = false;
    this.busy = false;
    /** A street or town that was named and refused: a functional matter goes there only with a document. */
    this.pushed = "";
    /** @type {import("./event-fold.js").Appeal | null} */
    this.appeal = null;
    fill(
      byId("routing"),
      h("h2", {}, h("span", { i18n: "slot.department" }), h("span", { class: "required", "aria-hidden": "true" }, "*"), this.badge, this.hint, this.why),
      this.body,
      h("div", { class: "other-department" }, this.search.element, this.none),
    );
    this.update(null);
  }

  /** @param {import("./event-fold.js").Appeal | null} appeal */
  update(appeal) {
    if (appeal?.id !== this.appeal?.id || appeal?.order) {
      this.reopened = false;
      this.pushed = "";
    }
    this.appeal = appeal;
    this.draw();
  }

  get confirmed() {
    return this.appeal?.confirmed.department;
  }

  get made() {
    return this.appeal ? openFor(this.appeal, "department").at(-1) : undefined;
  }

  /** Whether a suggestion waits here for a person. */
  get waiting() {
    return Boolean(this.made) && !this.confirmed && !this.appeal?.order;
  }

  draw() {
    const { confirmed, made } = this;
    const settled = Boolean(confirmed) && !this.reopened;
    const state = settled ? "confirmed" : made ? (made.suggestion.abstained ? "question" : "suggested") : "empty";
    byId("routing").dataset.state = state;
    const by = { name: person(confirmed?.by), time: timeOfDay(confirmed?.at ?? "") };
    this.badge.hidden = !this.appeal;
    this.badge.textContent = t(state === "empty" ? "state.required" : `state.${state}`, by);
    this.search.element.hidden = !this.appeal || settled || Boolean(this.appeal.order);
    const choosing = Boolean(made) && !settled;
    for (const part of [this.none, this.hint, this.why]) part.hidden = !choosing || Boolean(this.pushed);
    this.why.setAttribute("aria-expanded", String(this.explaining));
    if (this.pushed && !settled) {
      const asked = /** @type {HTMLElement | null} */ (this.body.querySelector(".push-down"));
      if (asked?.dataset.street !== this.pushed) fill(this.body, this.pushDown()); // what is being typed for that one stays
      return;
    }
    fill(this.body, ...(settled ? this.settled() : made ? this.choices() : [h("p", { class: "empty", i18n: this.appeal ? "no_department_yet" : "no_call" })]));
  }

  settled() {
    const change = () => {
      this.reopened = true;
      this.draw();
      this.search.input.focus();
    };
    return [
      h(
        "p",
        { class: "settled" },
        h("strong", {}, slotText(this.confirmed?.value)),
        !this.appeal?.order && h("button", { type: "button", i18n: "change", data: { key: "department-change" }, on: { click: change } }),
      ),
    ];
  }

  choices() {
    const { suggestion } = /** @type {import("./types.js").Made} */ (this.made);
    const names = suggestion.choices.slice(0, 2).map((choice) => String(choice.value));
    const question = suggestion.abstained && h("p", { class: "question" }, t(names.length > 1 ? "judge_between" : "judge_one", { a: names[0], b: names[1] }));
    return [
      question,
      rankedChoices({
        choices: suggestion.choices.slice(0, 3),
        choose: this.busy ? undefined : (_, rank) => void this.choose(rank),
        hint: (rank) => `Alt+${rank + 1}`,
        explained: this.explaining,
      }),
      this.likely(suggestion),
    ];
  }

  /** Show the reasons, or fold them away. */
  explain() {
    this.explaining = !this.explaining;
    this.draw();
  }

  reject() {
    return this.send({ verdict: "reject", suggestion_id: this.made?.suggestion_id, reason: "建议不符" });
  }

  /** Among which departments the right one nearly always is; those beyond the first three can be chosen here. @param {import("./types.js").Suggestion} suggestion */
  likely({ likely = [], choices }) {
    if (!likely.length) return null;
    const shown = choices.slice(0, 3).map((choice) => String(choice.value));
    const above = shown.flatMap((name, rank) => (likely.includes(name) ? [rank + 1] : [])).join(t("list_separator"));
    const others = likely.filter((name) => !shown.includes(name));
    const other = (/** @type {string} */ name) => h("button", { type: "button", class: "link", data: { key: `likely-${name}` }, on: { click: () => void this.name(name) } }, name);
    return h("p", { class: "likely" }, h("span", { class: "hint" }, t(others.length ? "likely_beyond" : "likely_above", { above })), ...others.map(other));
  }

  /** The first is accepted; another of the list is an amendment. @param {number} rank */
  choose(rank) {
    const { made, confirmed } = this;
    const choice = made?.suggestion.choices[rank];
    if (!choice || (confirmed && !this.reopened)) return undefined;
    const verdict = rank === 0 ? { verdict: "accept" } : { verdict: "amend", value: choice.value };
    return this.send({ suggestion_id: made?.suggestion_id, ...verdict });
  }

  /** @param {string} name @param {string} [reason] */
  async name(name, reason = "") {
    const first = this.made?.suggestion.choices[0].value === name;
    const verdict = first ? { verdict: "accept" } : { verdict: "amend", value: name, reason };
    const done = await this.send({ suggestion_id: this.made?.suggestion_id ?? null, ...verdict });
    const isStreet = this.city.departments.some((department) => department.name === name && department.kind === "street");
    this.pushed = !done && isStreet ? name : "";
    this.draw();
    if (this.pushed) this.body.querySelector("input")?.focus();
  }

  /** Asks for the document that delegates the matter to the street or town. */
  pushDown() {
    const name = this.pushed;
    const why = h("input", { type: "text", autocomplete: "off", i18nAttr: { "aria-label": "push_down.document", placeholder: "push_down.document" } });
    const send = (/** @type {Event} */ event) => {
      event.preventDefault();
      if (why.value.trim()) void this.name(name, why.value.trim());
    };
    const back = () => {
      this.pushed = "";
      this.draw();
    };
    return h(
      "form",
      { class: "push-down", data: { key: "push-down", street: name }, on: { submit: send } },
      h("p", { class: "question", role: "alert", i18n: ["push_down.ask", { name }] }),
      why,
      h("button", { type: "submit", class: "primary", i18n: "confirm" }),
      h("button", { type: "button", i18n: "cancel", on: { click: back } }),
    );
  }

  /** @param {object} decision */
  async send(decision) {
    if (this.busy) return false;
    this.busy = true;
    this.draw();
    const done = await this.decide({ slot: "department", ...decision });
    this.busy = false;
    if (done) this.reopened = false;
    this.draw();
    return done;
  }
}
