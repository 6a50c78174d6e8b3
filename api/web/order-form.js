/** The work-order form of one appeal: its fields, what is still missing, and filing. */
import { byId, fill, h } from "./dom.js";
import { missing, openFor } from "./event-fold.js";
import { slotText, timeOfDay } from "./format.js";
import { t } from "./i18n.js";
import { SlotField } from "./slot-field.js";

/** @typedef {import("./types.js").Slot} Slot */

/** The department has a panel of its own: its choices carry reasons. */
const FIELDS = /** @type {[Slot, boolean][]} */ ([
  ["kind", true],
  ["urgency", false],
  ["category", false],
  ["title", true],
  ["summary", true],
  ["place", false],
  ["occurred", false],
  ["telephone", false],
  ["co_departments", false],
]);

export class OrderForm {
  /**
   * @param {object} given
   * @param {import("./slot-editors.js").City} given.city
   * @param {(appealId: string, decision: any) => Promise<boolean>} given.decide
   * @param {(appealId: string) => Promise<void>} given.file
   */
  constructor({ city, decide, file }) {
    this.city = city;
    this.decide = decide;
    this.file = file;
    this.host = byId("order-form");
    this.footer = byId("order-footer");
    /** @type {Map<string, SlotField[]>} drafts stay with their appeal */
    this.fields = new Map();
    /** @type {import("./event-fold.js").Appeal | null} */
    this.appeal = null;
    this.filing = false;
    /** @type {string | undefined} */
    this.dispatched = undefined;
    this.clear();
  }

  /** Forget the fields of the call that was shown. */
  clear() {
    this.fields.clear();
    this.appeal = null;
    fill(this.host, h("p", { class: "empty", i18n: "no_call" }));
    this.footer.replaceChildren();
  }

  /**
   * @param {import("./event-fold.js").Appeal} appeal
   * @param {string} [dispatched] department that the filed order went out to
   */
  update(appeal, dispatched) {
    const changed = this.appeal?.id !== appeal.id;
    this.appeal = appeal;
    this.dispatched = dispatched;
    const fields = this.fieldsOf(appeal);
    if (changed) this.host.replaceChildren(...fields.map((field) => field.element));
    for (const field of fields) field.update(appeal);
    if (changed) this.host.scrollTop = 0; // another appeal is read from its first field on
    this.drawFooter();
  }

  /** @param {import("./event-fold.js").Appeal} appeal */
  fieldsOf(appeal) {
    let fields = this.fields.get(appeal.id);
    if (!fields) {
      const decide = (/** @type {any} */ decision) => this.decide(appeal.id, decision);
      fields = FIELDS.map(([slot, required]) => new SlotField(slot, required, this.city, decide));
      this.fields.set(appeal.id, fields);
    }
    return fields;
  }

  /** Whether somebody typed something that has not been sent. */
  get hasDrafts() {
    return [...this.fields.values()].flat().some((field) => field.dirty);
  }

  /** The field that holds an element, if any. @param {Element | null} element */
  fieldAt(element) {
    return this.shown.find((field) => field.element.contains(element));
  }

  get shown() {
    return this.appeal ? this.fieldsOf(this.appeal) : [];
  }

  async submit() {
    if (!this.appeal || this.filing || this.appeal.order || missing(this.appeal).length) return;
    this.filing = true;
    this.drawFooter();
    await this.file(this.appeal.id);
    this.filing = false;
    this.drawFooter();
  }

  drawFooter() {
    if (!this.appeal) return;
    const { order } = this.appeal;
    fill(this.footer, ...(order ? this.receipt(order) : this.submission(this.appeal)));
  }

  /** @param {import("./event-fold.js").Appeal} appeal */
  submission(appeal) {
    const lacking = missing(appeal).map((slot) => t(`slot.${slot}`));
    const waiting = appeal.open.size;
    const lines = lacking.length ? t("still_missing", { slots: lacking.join(t("list_separator")) }) : t("ready_to_file");
    const merged = appeal.leftOut.map((slot) => t(`slot.${slot}`)).join(t("list_separator"));
    const inPart = openFor(appeal, "telephone").some((made) => made.suggestion.abstained);
    return [
      inPart ? h("p", { class: "hint", role: "note" }, t("in_part_ask")) : null,
      merged ? h("p", { class: "hint", role: "note" }, t("merged_left_out", { slots: merged })) : null,
      h("p", { class: lacking.length ? "lacking" : "ready", role: "status" }, lines),
      !lacking.length && waiting ? h("p", { class: "hint" }, t("undecided_left_out", { n: waiting })) : null,
      h(
        "button",
        { type: "button", class: "primary big", id: "file", disabled: lacking.length > 0 || this.filing, data: { key: "file" }, on: { click: () => this.submit() } },
        t(this.filing ? "filing" : "file"),
        " ",
        h("kbd", {}, "Alt+Enter"),
      ),
    ];
  }

  /** @param {import("./types.js").Order} order */
  receipt(order) {
    const where = this.dispatched ? t("dispatched_to", { department: this.dispatched }) : t("waits_for_dispatch");
    return [
      h(
        "div",
        { class: "receipt", role: "status" },
        h("strong", {}, t("filed")),
        h("span", { class: "number" }, order.number),
        h("span", { class: "hint" }, `${slotText(order.department?.value)} · ${timeOfDay(order.filed_at)} · ${where}`),
      ),
    ];
  }
}
