/** 退单: why an order came back, the form that records it, and where the order has been. */
import { fill, h } from "./dom.js";
import { dateAndTime, person, reasonText } from "./format.js";
import { bindText, currentLanguage, t } from "./i18n.js";
import { atMost } from "./typing.js";

/**
 * @typedef {object} ReturnReason as GET /api/work-orders/return-reasons has it
 * @property {string} code
 * @property {string} chinese
 * @property {string} english
 * @property {boolean} needs_words
 */

/**
 * @typedef {object} Returned
 * @property {string} department
 * @property {string} code
 * @property {string} reason
 * @property {string} by
 * @property {string} at
 */

/** @typedef {{department: string, decision_id: string, by: string, at: string, reason: string, returned: Returned | null}} SentOut */

/** @type {ReturnReason[]} */
let reasons = [];

/** @param {ReturnReason[]} given the list of the service */
export function knowReasons(given) {
  reasons = given;
}

/** @param {string} code */
export function returnReason(code) {
  const found = reasons.find((reason) => reason.code === code);
  return found ? (currentLanguage() === "zh" ? found.chinese : found.english) : code;
}

/** @param {Returned} returned */
function whyOf({ code, reason }) {
  return [returnReason(code), reason].filter(Boolean).join(t("colon"));
}

/** Why an order waits again. @param {Returned} returned */
export function returnedNote(returned) {
  return h(
    "div",
    { class: "came-back" },
    h("strong", {}, t("returns.came_back", { department: returned.department })),
    h("p", {}, whyOf(returned)),
    h("p", { class: "hint" }, [person(returned.by), dateAndTime(returned.at)].join(" · ")),
  );
}

/** Every time an order went out, where that was more than once or it came back. @param {SentOut[]} routings */
export function history(routings) {
  if (!routings.some((sent) => sent.returned)) return [];
  const steps = routings.flatMap((sent) => [
    step(t("returns.went", { department: sent.department }), reasonText(sent.reason), sent.by, sent.at),
    ...(sent.returned ? [cameBack(sent.returned)] : []),
  ]);
  return [h("h4", { i18n: "returns.history" }), h("ol", { class: "history" }, ...steps)];
}

/** @param {Returned} returned */
function cameBack(returned) {
  return step(t("returns.came_back", { department: returned.department }), whyOf(returned), returned.by, returned.at);
}

/**
 * @param {string} what
 * @param {string} why
 * @param {string} by
 * @param {string} at
 */
function step(what, why, by, at) {
  return h("li", {}, h("strong", {}, what), why && h("span", {}, ` ${why}`), h("p", { class: "hint" }, [person(by), dateAndTime(at)].join(" · ")));
}

/** The form with which a dispatcher records that an order came back. */
export class ReturnForm {
  /**
   * @param {object} given
   * @param {string} given.department who sent it back
   * @param {(given: {code: string, reason: string}) => Promise<unknown>} given.send
   * @param {() => void} given.cancel
   */
  constructor({ department, send, cancel }) {
    this.send = send;
    this.cancel = cancel;
    this.words = atMost(h("input", { type: "text", id: "return-words", autocomplete: "off", data: { key: "return-words" } }), 500);
    this.fault = h("p", { class: "fault", role: "alert" });
    /** What each choice is called, by the code of its reason. @type {Map<string, HTMLElement>} */
    this.names = new Map(reasons.map(({ code }) => [code, h("span", {})]));
    this.button = h("button", { type: "submit", class: "primary", id: "return-send", i18n: "returns.send", data: { key: "return-send" } });
    this.element = h("form", { class: "return-form", on: { submit: (/** @type {Event} */ event) => this.submit(event), keydown: (/** @type {any} */ event) => this.key(event) } });
    fill(
      this.element,
      h("fieldset", {}, h("legend", { i18n: ["returns.legend", { department }] }), ...[...this.names].map(([code, name]) => h("label", {}, h("input", { type: "radio", name: "code", value: code, data: { key: `code-${code}` } }), name))),
      h("label", { for: "return-words", i18n: "returns.words" }),
      this.words,
      this.fault,
      h("div", { class: "row" }, this.button, h("button", { type: "button", i18n: "orders.cancel", on: { click: cancel } })),
    );
    this.name();
  }

  /** The reasons come from the service in both languages: they are named anew when the screen changes its own. */
  name() {
    for (const [code, name] of this.names) name.textContent = returnReason(code);
  }

  focus() {
    /** @type {HTMLElement | null} */ (this.element.querySelector("input"))?.focus();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.key === "Escape") this.cancel();
    event.stopPropagation();
  }

  /** @param {Event} event */
  async submit(event) {
    event.preventDefault();
    const code = String(new FormData(this.element).get("code") ?? "");
    const reason = this.words.value.trim();
    const known = reasons.find((one) => one.code === code);
    const fault = !known ? "returns.code_needed" : known.needs_words && !reason ? "returns.words_needed" : "";
    bindText(this.fault, fault);
    if (fault || this.button.disabled) return;
    this.button.disabled = true;
    await this.send({ code, reason });
    this.button.disabled = false;
  }
}
