/** The dispatcher's desk: the queue, one order beside it, one key to send it out. */
import { api, ApiError } from "./api-client.js";
import { announce, enterDesk, newId, pageIsReady, showProblem } from "./desk-frame.js";
import { byId, fill, h } from "./dom.js";
import { slotText, term, timeOfDay } from "./format.js";
import { onLanguage, t } from "./i18n.js";
import { knowReasons, returnReason } from "./order-return.js";
import { flags, OrderSheet, pressing, waited } from "./order-sheet.js";

/** @typedef {import("./order-sheet.js").OrderRow} OrderRow */

const EVERY = 5000; // ms
const TABS = /** @type {const} */ (["filed", "dispatched"]);

class DispatcherDesk {
  constructor() {
    /** @type {Record<"filed" | "dispatched", OrderRow[]>} */
    this.orders = { filed: [], dispatched: [] };
    /** @type {"filed" | "dispatched"} */
    this.tab = "filed";
    this.number = "";
    /** @type {import("./types.js").Department[]} */
    this.departments = [];
    this.updated = "";
    this.sheet = new OrderSheet({ host: byId("order"), departments: () => this.departments, route: (order, decision) => this.route(order, decision), sendBack: (order, given) => this.sendBack(order, given) });
    for (const tab of TABS) byId(`tab-${tab}`).addEventListener("click", () => this.open(tab));
    document.addEventListener("keydown", (event) => this.key(event));
  }

  async start() {
    this.departments = (await api.departments()).departments ?? [];
    knowReasons((await api.returnReasons()).reasons ?? []);
    await this.refresh();
    window.setInterval(() => void this.refresh(), EVERY);
  }

  async refresh() {
    try {
      const [filed, dispatched] = await Promise.all(TABS.map((tab) => api.orders(tab)));
      this.orders = { filed: filed.orders, dispatched: [...dispatched.orders].sort(latestFirst) };
      this.updated = timeOfDay(new Date());
    } catch (error) {
      showProblem(error);
    }
    if (!this.number || !this.selected) await this.select(this.shown[0]?.number ?? "");
    this.draw();
  }

  get shown() {
    return this.orders[this.tab];
  }

  get selected() {
    return this.shown.find((order) => order.number === this.number);
  }

  /** @param {"filed" | "dispatched"} tab */
  async open(tab) {
    this.tab = tab;
    await this.select(this.shown[0]?.number ?? "");
  }

  /** @param {string} number */
  async select(number) {
    this.number = number;
    this.draw();
    if (!number) return this.sheet.show(null);
    try {
      const order = await api.order(number);
      if (this.number === number) this.sheet.show(order);
    } catch (error) {
      showProblem(error);
    }
    return undefined;
  }

  /**
   * @param {OrderRow} order
   * @param {{verdict: string, department?: string, reason?: string}} decision
   */
  async route(order, decision) {
    const next = this.neighbour(order.number);
    try {
      await api.route(order.number, { decision_id: newId(), ...decision });
    } catch (error) {
      showProblem(error);
      const settled = error instanceof ApiError && error.type === "already_decided";
      if (settled) await this.refresh();
      return settled;
    }
    announce(t("orders.sent", { number: order.number, department: decision.department ?? order.department }));
    this.number = next;
    await this.refresh();
    if (next) await this.select(next);
    return true;
  }

  /**
   * The department sent the order back: it waits in the other list from now on.
   * @param {OrderRow} order
   * @param {{code: string, reason: string}} given
   */
  async sendBack(order, given) {
    const next = this.neighbour(order.number);
    try {
      await api.sendBack(order.number, { return_id: newId(), routing_id: order.dispatched?.decision_id, ...given });
    } catch (error) {
      showProblem(error);
      if (error instanceof ApiError && error.type === "already_decided") await this.refresh();
      return false;
    }
    announce(t("returns.done", { number: order.number }));
    this.number = next;
    await this.refresh();
    if (next && this.number === next) await this.select(next); // else somebody has gone on to another order meanwhile
    return true;
  }

  /** The order to go on with when this one is done. @param {string} number */
  neighbour(number) {
    const at = this.shown.findIndex((order) => order.number === number);
    return this.shown[at + 1]?.number ?? this.shown[at - 1]?.number ?? "";
  }

  draw() {
    for (const tab of TABS) {
      const button = byId(`tab-${tab}`);
      button.setAttribute("aria-selected", String(tab === this.tab));
      fill(button, t(`orders.${tab}`), " ", h("span", { class: "count" }, String(this.orders[tab].length)));
    }
    const nothing = h("li", { class: "empty", i18n: this.tab === "filed" ? "orders.none" : "orders.none_dispatched" });
    fill(byId("queue"), ...(this.shown.length ? this.shown.map((order) => this.line(order)) : [nothing]));
    byId("updated").textContent = this.updated ? t("orders.updated", { time: this.updated }) : "";
  }

  /** @param {OrderRow} order */
  line(order) {
    const current = order.number === this.number;
    return h(
      "li",
      {},
      h(
        "button",
        { type: "button", class: `line ${pressing(order)}`, "aria-current": current ? "true" : null, data: { key: order.number }, on: { click: () => this.select(order.number) } },
        h("span", { class: "line-title" }, order.title),
        h("span", { class: "line-age" }, this.tab === "filed" ? waited(order) : order.dispatched?.department),
        h(
          "span",
          { class: "line-meta" },
          order.urgency && order.urgency !== "一般" ? h("span", { class: `urgency ${pressing(order)}` }, term(order.urgency)) : null,
          ...flags(order),
          order.returned ? h("span", { class: "urgency urgent" }, t("returns.tag"), t("colon"), returnReason(order.returned.code)) : null,
          [term(order.kind), slotText(order.place), order.department].filter(Boolean).join(" · "),
          h("span", { class: "line-number" }, order.number),
        ),
      ),
    );
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    if (event.repeat && event.key === "Enter") return; // a key held down must not send out the whole queue
    if (event.altKey && event.code === "KeyS") return this.act(event, () => this.sheet.search.input.focus());
    const typing = event.target instanceof HTMLInputElement;
    if (typing || event.altKey) return;
    if (event.key === "ArrowDown") this.act(event, () => this.step(1));
    else if (event.key === "ArrowUp") this.act(event, () => this.step(-1));
    else if (event.key === "/") this.act(event, () => this.sheet.search.input.focus());
    else if (event.key === "Escape") this.act(event, () => this.sheet.cancel());
    else if (/^Digit[123]$/.test(event.code)) this.act(event, () => this.sheet.chooseRank(Number(event.code.at(-1)) - 1));
    else if (event.key === "Enter" && this.mayConfirm(event.target)) this.act(event, () => void this.sheet.confirm());
  }

  /** Enter belongs to the button that has the focus, unless that is a line of the queue. @param {EventTarget | null} target */
  mayConfirm(target) {
    const button = target instanceof Element ? target.closest("button, a, summary") : null;
    return this.tab === "filed" && !this.sheet.isOverriding && (!button || button.classList.contains("line"));
  }

  /**
   * @param {Event} event
   * @param {() => void} act
   */
  act(event, act) {
    event.preventDefault();
    act();
  }

  /** @param {number} by */
  step(by) {
    const at = this.shown.findIndex((order) => order.number === this.number);
    const next = this.shown[Math.min(this.shown.length - 1, Math.max(0, at + by))];
    if (!next) return;
    void this.select(next.number);
    /** @type {HTMLElement | null} */ (byId("queue").querySelector('[aria-current="true"]'))?.focus();
  }
}

/** @param {OrderRow} a @param {OrderRow} b */
function latestFirst(a, b) {
  return (b.dispatched?.at ?? b.filed_at).localeCompare(a.dispatched?.at ?? a.filed_at);
}

if (await enterDesk()) {
  const desk = new DispatcherDesk();
  onLanguage(() => {
    desk.draw();
    desk.sheet.draw();
  });
  await desk.start().catch(showProblem);
  pageIsReady();
}
