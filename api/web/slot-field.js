/**
 * One slot of the work-order form: the suggested value, visibly marked until a person accepts, amends or rejects it.
 *
 * The field is made once and then updated, so that a suggestion that arrives while a person types moves nothing and
 * overwrites nothing: the draft stays until it is sent or taken back.
 */
import { h, fill } from "./dom.js";
import { bindText, t } from "./i18n.js";
import { openFor } from "./event-fold.js";
import { likelihood, person, term, timeOfDay } from "./format.js";
import { readingsAt } from "./readings.js";
import { slotEditor } from "./slot-editors.js";

/** @typedef {import("./types.js").Slot} Slot */
/** @typedef {"empty" | "left_out" | "suggested" | "question" | "changed" | "by_hand" | "confirmed" | "editing"} State */

const MASKED = /\*{2,}/;

export class SlotField {
  /**
   * @param {Slot} slot
   * @param {boolean} required
   * @param {import("./slot-editors.js").City} city
   * @param {(given: {slot: Slot, verdict: string, suggestion_id: string | null, value?: any, reason?: string}) => Promise<boolean>} decide
   */
  constructor(slot, required, city, decide) {
    this.slot = slot;
    this.required = required;
    this.decide = decide;
    this.editor = slotEditor(slot, city, () => this.changed());
    this.dirty = false;
    this.editing = false;
    this.busy = false;
    /** @type {import("./event-fold.js").Appeal | null} */
    this.appeal = null;
    this.badge = h("span", { class: "badge" });
    this.buttons = h("span", { class: "buttons" });
    this.others = h("div", { class: "others" });
    const label = h("span", { class: "label", i18n: `slot.${slot}` });
    const star = required ? h("span", { class: "required", i18nAttr: { title: "required" }, "aria-hidden": "true" }, "*") : null;
    this.element = h(
      "div",
      { class: "field", role: "group", data: { slot }, i18nAttr: { "aria-label": `slot.${slot}` }, on: { keydown: (e) => this.key(/** @type {KeyboardEvent} */ (e)) } },
      h("div", { class: "field-head" }, label, star, this.badge, this.buttons),
      this.editor.element,
      this.others,
    );
  }

  /** @param {import("./event-fold.js").Appeal} appeal */
  update(appeal) {
    this.appeal = appeal;
    if (appeal.order || (this.confirmed && !this.editing)) this.dirty = false;
    if (!this.dirty && !this.editing) this.editor.set(this.shownValue);
    this.draw();
  }

  get confirmed() {
    return this.appeal?.confirmed[this.slot];
  }

  /** The open suggestion, if any. @returns {import("./types.js").Made | undefined} */
  get made() {
    return this.confirmed || !this.appeal ? undefined : openFor(this.appeal, this.slot).at(-1);
  }

  /** What the control shows when nobody is typing. A question has no answer yet. */
  get shownValue() {
    if (this.confirmed) return this.confirmed.value;
    if (this.appeal?.order) return undefined;
    return this.made && !this.made.suggestion.abstained ? this.made.suggestion.choices[0].value : undefined;
  }

  /** @returns {State} */
  get state() {
    if (this.confirmed) return this.editing ? "editing" : "confirmed";
    if (this.appeal?.order) return "left_out";
    if (this.made) return this.dirty ? "changed" : this.made.suggestion.abstained ? "question" : "suggested";
    return this.dirty ? "by_hand" : "empty";
  }

  /** Whether a suggestion of the copilot waits here for a person. */
  get waiting() {
    return Boolean(this.made) && !this.appeal?.order;
  }

  changed() {
    this.dirty = this.editing || !same(this.editor.get(), this.shownValue ?? "");
    this.draw();
  }

  draw() {
    const filed = Boolean(this.appeal?.order);
    const { state } = this;
    this.element.dataset.state = state;
    this.editor.lock(filed || this.busy || state === "confirmed");
    const by = { name: person(this.confirmed?.by), time: timeOfDay(this.confirmed?.at ?? "") };
    bindText(this.badge, state === "confirmed" ? ["state.confirmed", by] : `state.${this.badgeOf(state)}`);
    fill(this.buttons, ...(filed || this.busy ? [] : this.actions(state)));
    fill(this.others, ...(filed ? [] : this.alternatives(state)));
  }

  /** @param {State} state */
  badgeOf(state) {
    if (state === "empty" && this.required) return "required";
    return state === "question" && this.slot === "telephone" ? "in_part" : state;
  }

  /** @param {State} state */
  actions(state) {
    const accept = () => this.button("accept", "primary", () => this.accept());
    const confirm = (/** @type {string} */ words) => this.button(words, "primary", () => this.amend());
    const back = () => this.button("undo", "", () => this.takeBack());
    const reject = () => this.button("reject", "", () => this.reject());
    switch (state) {
      case "suggested":
        return [accept(), reject()];
      case "question":
        return [reject()];
      case "changed":
        return [confirm("amend"), back()];
      case "by_hand":
        return [confirm("confirm"), back()];
      case "editing":
        return [confirm("amend"), back()];
      case "confirmed":
        return [this.button("change", "", () => this.edit())];
      default:
        return [];
    }
  }

  /** The second and third choice of short lists; a masked number cannot be chosen by its mask. @param {State} state */
  alternatives(state) {
    const suggestion = this.made?.suggestion;
    if (!suggestion || !["suggested", "question", "changed"].includes(state)) return [];
    if (this.slot === "telephone") return suggestion.abstained ? [inPart(suggestion.choices[0].value)] : sameCaller(suggestion);
    const heard = this.readings();
    if (state === "changed") return heard;
    if (this.slot === "category") return this.categories(suggestion);
    if (typeof suggestion.choices[0].value !== "string") return heard;
    const choices = suggestion.abstained ? suggestion.choices : suggestion.choices.slice(1, 3);
    if (!choices.length) return heard;
    const offers = choices.map((choice) =>
      h(
        "button",
        { type: "button", class: "offer", data: { key: `${this.slot}-${choice.value}` }, on: { click: () => this.take(choice.value) } },
        `${term(choice.value)} ${likelihood(choice.probability)}`,
      ),
    );
    return [...heard, h("span", { class: "hint", i18n: suggestion.abstained ? "please_judge" : "or" }), ...offers];
  }

  /** What was heard where a name in the draft sounds like it: these are not the very words of the transcript. */
  readings() {
    const told = this.appeal ? readingsAt(this.appeal, this.slot).map((pair) => t("read_by_sound", pair)) : [];
    return told.length ? [h("small", { class: "basis" }, told.join(t("clause_separator")))] : [];
  }

  /** Each category with what speaks for it. @param {import("./types.js").Suggestion} suggestion */
  categories(suggestion) {
    const choices = suggestion.abstained ? suggestion.choices : suggestion.choices.slice(1, 3);
    const offers = choices.map(({ value, probability, reasons = [] }) => {
      const why = reasons.map(categoryReason).join(t("clause_separator"));
      const look = { type: "button", class: "offer", title: [value.path.join("/"), why].join("\n"), data: { key: `category-${value.code}` } };
      return h("button", { ...look, on: { click: () => this.take(value) } }, value.path.slice(-2).join("/"), " ", likelihood(probability), h("small", { class: "basis" }, ` ${why}`));
    });
    const first = suggestion.abstained ? [] : (suggestion.choices[0].reasons ?? []).map((reason) => h("small", { class: "basis" }, categoryReason(reason), " "));
    if (!offers.length) return first;
    return [...first, h("span", { class: "hint", i18n: suggestion.abstained ? "please_judge" : "or" }), ...offers];
  }

  /**
   * @param {string} words
   * @param {string} look
   * @param {() => void} act
   */
  button(words, look, act) {
    return h("button", { type: "button", class: look, i18n: words, data: { key: `${this.slot}-${words}`, action: words }, on: { click: act } });
  }

  /** What Enter and Alt+A do here. */
  primary() {
    const { state } = this;
    if (state === "suggested") return this.accept();
    if (["changed", "by_hand", "editing"].includes(state)) return this.amend();
    return undefined;
  }

  accept() {
    return this.send({ verdict: "accept", suggestion_id: this.made?.suggestion_id ?? null });
  }

  reject() {
    return this.send({ verdict: "reject", suggestion_id: this.made?.suggestion_id ?? null, reason: "建议不符" });
  }

  /** @param {any} value */
  take(value) {
    const first = same(this.made?.suggestion.choices[0].value, value);
    if (first) return this.accept();
    return this.send({ verdict: "amend", suggestion_id: this.made?.suggestion_id ?? null, value });
  }

  amend() {
    const value = this.editor.get();
    if (value === "") return this.say("value_empty");
    if (this.slot === "telephone" && MASKED.test(value)) return this.say("value_masked");
    return this.take(value);
  }

  edit() {
    this.editing = true;
    this.draw();
    this.editor.control.focus();
  }

  takeBack() {
    this.dirty = false;
    this.editing = false;
    this.editor.set(this.shownValue);
    this.draw();
    this.editor.control.focus();
  }

  /** @param {{verdict: string, suggestion_id: string | null, value?: any, reason?: string}} decision */
  async send(decision) {
    if (this.busy) return;
    this.busy = true;
    this.draw();
    const done = await this.decide({ slot: this.slot, ...decision });
    this.busy = false;
    if (done) {
      this.dirty = false;
      this.editing = false;
    }
    if (this.appeal) this.update(this.appeal);
  }

  /** @param {string} words */
  say(words) {
    fill(this.others, h("span", { class: "fault", role: "alert", i18n: words }));
    this.editor.control.focus();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const isLine = event.target instanceof HTMLInputElement && event.target.getAttribute("role") !== "combobox";
    if (event.key === "Enter" && isLine && !event.isComposing && !event.altKey) {
      event.preventDefault();
      void this.primary();
    } else if (event.key === "Escape" && (this.dirty || this.editing)) {
      this.takeBack();
    }
  }
}

/**
 * A number that was not heard whole cannot be called: it is told, and never stands in the field.
 * @param {string} heard the digits, masked
 */
function inPart(heard) {
  return h("small", { class: "basis in-part", role: "status" }, t("in_part", { heard, n: heard.length }));
}

/** The wire says it in Chinese. @param {import("./types.js").Reason} reason */
function categoryReason({ kind, text }) {
  const [, how, phrase] = /^(说了|接近)“(.*)”$/.exec(text) ?? [];
  if (how) return t(how === "说了" ? "category.said" : "category.near", { phrase });
  const orders = kind === "similar" && /^(\d+) 件类似工单归入此类$/.exec(text);
  return orders ? t("category.orders", { n: orders[1] }) : text;
}

/**
 * Whether two values of a slot say the same, whatever the order of their keys.
 * @param {any} one
 * @param {any} other
 */
function same(one, other) {
  const flat = (/** @type {any} */ v) =>
    v && typeof v === "object" && !Array.isArray(v) ? (v.code ?? [v.district ?? "", v.street ?? "", v.detail ?? ""]) : v;
  return JSON.stringify(flat(one)) === JSON.stringify(flat(other));
}

/** That a number was left under another matter of the call. @param {import("./types.js").Suggestion} suggestion */
function sameCaller(suggestion) {
  const carried = suggestion.choices[0].reasons?.some((reason) => reason.source === "同一来电人");
  return carried ? [h("small", { class: "basis", i18n: "same_caller" })] : [];
}
