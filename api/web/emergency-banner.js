/** Life and limb: red, at the top, at once, until a person says that it was seen; then a chip stays in the top bar. */
import { byId, fill, h } from "./dom.js";
import { clock, term } from "./format.js";
import { t } from "./i18n.js";

const STORED = "hotline.seen-emergencies";

export class EmergencyBanner {
  constructor() {
    this.host = byId("emergency");
    this.chips = byId("urgent-chips");
    /** @type {Set<string>} */
    this.seen = new Set(JSON.parse(sessionStorage.getItem(STORED) ?? "[]"));
    this.shown = "";
  }

  /**
   * @param {string} callId
   * @param {import("./types.js").Urgency[]} urgencies
   */
  update(callId, urgencies) {
    const key = (/** @type {import("./types.js").Urgency} */ urgency) => `${callId}/${urgency.category}/${urgency.heard_at}`;
    const fresh = urgencies.filter((urgency) => !this.seen.has(key(urgency)));
    const drawn = JSON.stringify([document.documentElement.lang, fresh]);
    if (drawn !== this.shown) {
      this.shown = drawn;
      this.host.hidden = !fresh.length;
      fill(this.host, ...fresh.map((urgency) => this.alarm(urgency, () => this.see(key(urgency), callId, urgencies))));
      document.title = (fresh.length ? `【${t("term.特急")}】` : "") + t("desk.agent");
    }
    const old = urgencies.filter((urgency) => this.seen.has(key(urgency)));
    fill(this.chips, ...old.map((u) => h("span", { class: "urgent-chip" }, `${t("term.特急")} ${term(u.category)} → ${u.transfer_to}`)));
  }

  /**
   * @param {import("./types.js").Urgency} urgency
   * @param {() => void} acknowledge
   */
  alarm(urgency, acknowledge) {
    const [, number, rest] = /^(\d*)(.*)$/s.exec(urgency.transfer_to) ?? ["", "", urgency.transfer_to];
    return h(
      "div",
      { class: "alarm" },
      h("strong", { class: "category" }, `${t("term.特急")} · ${term(urgency.category)}`),
      h("span", { class: "transfer" }, t("transfer_now"), " ", h("b", {}, number), rest),
      h("span", { class: "advice" }, urgency.advice, " ", h("small", {}, t("heard_phrase", { phrase: urgency.phrase, at: clock(urgency.heard_at) }))),
      h("button", { type: "button", data: { key: "acknowledge" }, on: { click: acknowledge } }, t("acknowledge"), " ", h("kbd", {}, "Alt+K")),
    );
  }

  /**
   * @param {string} key
   * @param {string} callId
   * @param {import("./types.js").Urgency[]} urgencies
   */
  see(key, callId, urgencies) {
    this.seen.add(key);
    sessionStorage.setItem(STORED, JSON.stringify([...this.seen]));
    this.update(callId, urgencies);
  }

  acknowledge() {
    /** @type {HTMLButtonElement | null} */ (this.host.querySelector("button"))?.click();
  }
}
