/** The left pane: choose and play a recording, hang up, how far behind the copilot is, appeals, and earlier calls. */
import { byId, fill, h } from "./dom.js";
import { clock, dateAndTime, person, slotText, term } from "./format.js";
import { t } from "./i18n.js";

/**
 * @typedef {object} CallActions
 * @property {(recording: string, district: string) => Promise<void>} play
 * @property {() => void} goOn play the rest of a recording that a closed tab interrupted
 * @property {() => Promise<void>} hangUp
 * @property {() => void} finish
 * @property {(muted: boolean) => void} mute
 * @property {(id: string) => void} openCall
 * @property {(id: string) => void} selectAppeal
 * @property {() => Promise<void>} openAppeal
 */

export class CallPanel {
  /** @param {CallActions} actions */
  constructor(actions) {
    this.actions = actions;
    this.lagTimer = 0;
    this.recording = h("select", { id: "recording", on: { change: () => this.showLength() } });
    this.length = h("span", { id: "recording-length", class: "length" });
    this.district = h("select", { id: "district" });
    this.play = h("button", { type: "button", class: "primary", id: "play", i18n: "play", on: { click: () => actions.play(this.recording.value, this.district.value) } });
    this.goOn = h("button", { type: "button", class: "primary", id: "go-on", i18n: "go_on", on: { click: actions.goOn } });
    this.hangUp = h("button", { type: "button", class: "danger", id: "hang-up", i18n: "hang_up", on: { click: actions.hangUp } });
    this.finish = h("button", { type: "button", class: "primary", id: "finish", i18n: "finish", on: { click: actions.finish } });
    this.mute = h("input", { type: "checkbox", id: "mute", on: { change: () => actions.mute(this.mute.checked) } });
    this.caller = h("dl", { class: "caller" });
    this.lag = h("p", { class: "lag", id: "lag" });
    this.start = h(
      "div",
      { class: "start" },
      h("div", { class: "labelled" }, h("label", { for: "recording", i18n: "recording" }), this.length),
      this.recording,
      h("label", { for: "district", i18n: "district" }),
      this.district,
      this.play,
    );
    const sound = h("label", { class: "mute" }, this.mute, h("span", { i18n: "mute" }));
    this.during = h("div", { class: "during" }, this.caller, this.lag, h("div", { class: "row" }, this.goOn, this.hangUp, this.finish, sound));
    fill(byId("call-controls"), this.start, this.during);
  }

  /**
   * @param {{id: string, title?: string, seconds?: number}[]} recordings
   * @param {import("./types.js").District[]} districts
   */
  offer(recordings, districts) {
    const any = h("option", { value: "", i18n: "district_unknown" });
    fill(this.recording, ...recordings.map((r) => h("option", { value: r.id, data: { length: clock(r.seconds ?? 0) } }, `${r.title ?? r.id}（${clock(r.seconds ?? 0)}）`)));
    this.showLength();
    fill(this.district, any, ...districts.map((d) => h("option", { value: d.name }, d.name)));
    this.play.disabled = recordings.length === 0;
    fill(document.body.appendChild(h("datalist", { id: "districts" })), ...districts.map((d) => h("option", { value: d.name })));
  }

  /** How long the chosen recording is: in the list it stands behind the title, which a narrow window cuts. */
  showLength() {
    const chosen = this.recording.selectedOptions[0];
    this.length.textContent = chosen?.dataset.length ?? "";
    this.recording.title = chosen?.textContent ?? "";
  }

  /**
   * @param {import("./event-fold.js").CallView | null} view
   * @param {"idle" | "talking" | "after" | "paused"} phase
   */
  update(view, phase) {
    this.start.hidden = phase !== "idle";
    this.during.hidden = phase === "idle";
    this.goOn.hidden = phase !== "paused";
    this.hangUp.hidden = !["talking", "paused"].includes(phase);
    this.finish.hidden = phase !== "after";
    /** @type {HTMLElement} */ (this.mute.parentElement).hidden = phase !== "talking";
    const call = view?.call;
    const rows = call
      ? [
          ["channel", t(`channel.${call.channel}`)],
          ["district", call.area.split("/")[1] ?? t("district_unknown")],
          ["call_day", call.day],
        ]
      : [];
    fill(this.caller, ...rows.flatMap(([words, value]) => [h("dt", { i18n: words }), h("dd", {}, value)]));
  }

  /** @param {number} seconds how far understanding is behind what was said */
  showLag(seconds) {
    const state = seconds < 1.5 ? "good" : seconds < 4 ? "slow" : "late";
    this.lag.dataset.state = state;
    this.lag.textContent = t("lag", { seconds: seconds.toFixed(1), state: t(`lag.${state}`) });
    clearTimeout(this.lagTimer);
    this.lagTimer = window.setTimeout(() => this.hideLag(), 2600);
  }

  hideLag() {
    this.lag.textContent = "";
    delete this.lag.dataset.state;
  }

  /**
   * @param {import("./event-fold.js").CallView | null} view
   * @param {string} selected
   */
  showAppeals(view, selected) {
    const appeals = view?.liveAppeals ?? [];
    const more = view && !view.ended;
    fill(
      byId("appeals"),
      ...appeals.map((appeal) => this.appealTab(appeal, selected)),
      appeals.length === 0 && h("p", { class: "empty", i18n: "no_call" }),
      more && h("button", { type: "button", class: "add", id: "open-appeal", i18n: "open_appeal", data: { key: "open-appeal" }, on: { click: this.actions.openAppeal } }),
    );
  }

  /**
   * @param {import("./event-fold.js").Appeal} appeal
   * @param {string} selected
   */
  appealTab(appeal, selected) {
    const { kind, title } = appeal.confirmed;
    const state = appeal.order ? h("span", { class: "done" }, appeal.order.number) : h("span", { class: "waiting" }, t("n_waiting", { n: appeal.open.size }));
    return h(
      "button",
      {
        type: "button",
        class: "appeal",
        "aria-pressed": String(appeal.id === selected),
        data: { key: `appeal-${appeal.id}`, appealTab: appeal.id },
        on: { click: () => this.actions.selectAppeal(appeal.id) },
      },
      h("span", { class: "appeal-name" }, t("appeal_n", { n: appeal.id }), kind ? ` · ${slotText(kind.value)}` : ""),
      state,
      title ? h("span", { class: "appeal-title" }, slotText(title.value)) : appeal.cue ? h("span", { class: "appeal-title" }, t("cue", { cue: appeal.cue })) : null,
    );
  }

  /**
   * @param {any[]} calls latest first
   * @param {string} shown
   * @param {(recording: string) => string} title
   */
  showCalls(calls, shown, title) {
    const line = (/** @type {any} */ call) =>
      h(
        "li",
        {},
        h(
          "button",
          { type: "button", "aria-current": call.call_id === shown ? "true" : null, data: { key: `call-${call.call_id}` }, on: { click: () => this.actions.openCall(call.call_id) } },
          h("span", { class: "call-title" }, title(call.recording ?? "") || t(`channel.${call.channel}`)),
          h("span", { class: "call-meta" }, [dateAndTime(call.started_at) || call.day, person(call.agent)].filter(Boolean).join(" · ")),
          call.orders?.length ? h("span", { class: "call-meta" }, call.orders.join(" ")) : null,
          call.urgent?.length ? h("span", { class: "tag urgent" }, call.urgent.map(term).join(t("list_separator"))) : null,
          call.ended_at || call.ended ? null : h("span", { class: "tag", i18n: "not_ended" }),
        ),
      );
    fill(byId("calls"), ...calls.map(line), calls.length === 0 && h("li", { class: "empty", i18n: "no_calls" }));
  }
}
