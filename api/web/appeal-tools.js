/**
 * Appeals by hand: split one from the words that have the focus on, move those words to another appeal, merge two, and
 * answer the copilot's question whether it is another matter. Nothing here is done without a person.
 */
import { byId, fill, h } from "./dom.js";
import { t } from "./i18n.js";

/**
 * @typedef {object} AppealActions
 * @property {(wish: object) => Promise<unknown>} rearrange
 * @property {(hint: string) => Promise<unknown>} decline
 * @property {(id: string) => void} selectAppeal
 */

export class AppealTools {
  /** @param {AppealActions} actions */
  constructor(actions) {
    this.actions = actions;
    /** @type {import("./event-fold.js").CallView | null} */
    this.view = null;
    this.appealId = "1";
    this.question = byId("another-matter");
    this.merging = byId("appeal-merge");
    this.asked = "";
    this.tools = h("div", { class: "word-tools", role: "toolbar", i18nAttr: { "aria-label": "appeal_tools" } });
    const transcript = byId("transcript");
    transcript.addEventListener("focusin", (/** @type {FocusEvent} */ event) => this.offer(event.target));
    transcript.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.walk(event));
  }

  /**
   * @param {import("./event-fold.js").CallView | null} view
   * @param {string} appealId the appeal on the screen
   */
  update(view, appealId) {
    if (view !== this.view) this.tools.remove();
    this.view = view;
    this.appealId = appealId;
    this.ask();
    this.offerMerging();
  }

  // -- is it another matter? --------------------------------------------------------------------------------------------

  get hint() {
    return this.view?.hintFor(this.appealId);
  }

  ask() {
    const { hint } = this;
    this.question.hidden = !hint;
    if (!hint) {
      fill(this.question);
      return;
    }
    const said = this.view?.utterances.find((utterance) => utterance.utterance_id === hint.utterance_id)?.text ?? "";
    const words = [...said].slice(hint.start, hint.start + 16).join("");
    fill(
      this.question,
      h("p", {}, h("strong", { i18n: "another_matter" }), " ", t("another_matter.from", { words, was: hint.was, now: hint.now })),
      h("button", { type: "button", class: "primary", data: { key: "follow" }, on: { click: () => this.follow() } }, t("split_off"), " ", h("kbd", {}, "Alt+P")),
      h("button", { type: "button", data: { key: "stay" }, on: { click: () => this.stay() } }, t("same_matter"), " ", h("kbd", {}, "Alt+O")),
    );
  }

  follow() {
    const { hint } = this;
    if (hint) void this.actions.rearrange({ act: "split", hint_id: hint.hint_id });
  }

  stay() {
    const { hint } = this;
    if (hint) void this.actions.decline(hint.hint_id);
  }

  // -- words ------------------------------------------------------------------------------------------------------------

  /** The words of the citizen that have the focus, or whose tools have it. @returns {HTMLElement | null} */
  get words() {
    const active = document.activeElement;
    if (!(active instanceof HTMLElement)) return null;
    return active.closest(".word-tools") ? this.tools.parentElement?.querySelector(".part.chosen") ?? null : active.closest(".part");
  }

  /** Show what can be done with the words that got the focus. @param {EventTarget | null} target */
  offer(target) {
    if (!(target instanceof HTMLElement) || !target.matches(".part")) return;
    for (const old of document.querySelectorAll(".part.chosen")) old.classList.remove("chosen");
    target.classList.add("chosen");
    const here = target.dataset.about ?? "";
    const others = this.view?.liveAppeals.filter((appeal) => appeal.id !== here && !appeal.order) ?? [];
    if (this.view?.appeals.get(here)?.order) {
      fill(this.tools, h("span", { class: "hint", i18n: "appeal_filed" }));
    } else {
      fill(
        this.tools,
        h("button", { type: "button", on: { click: () => this.split() } }, h("span", { i18n: "split_from_here" }), " ", h("kbd", {}, "Alt+P")),
        ...others.map((appeal) => h("button", { type: "button", i18n: ["move_to", { n: appeal.id }], on: { click: () => this.move(appeal.id) } })),
      );
    }
    target.closest(".bubble")?.append(this.tools);
  }

  /** Up and down go from one piece of the citizen's words to the next. @param {KeyboardEvent} event */
  walk(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || event.altKey || event.ctrlKey) return;
    const all = /** @type {HTMLElement[]} */ ([...byId("transcript").querySelectorAll(".part")]);
    const at = all.findIndex((part) => part === this.words);
    const next = at < 0 ? all.at(-1) : all[at + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
  }

  /** Alt+P: from the words that have the focus (or are selected in them) on; else as the copilot asks. */
  split() {
    const { words } = this;
    if (!words) {
      this.follow();
      return;
    }
    const { utterance_id, start } = this.place(words);
    void this.actions.rearrange({ act: "split", utterance_id, start: start + selectedFrom(words) });
  }

  /** @param {string} into */
  move(into) {
    const { words } = this;
    if (words) void this.actions.rearrange({ act: "move", ...this.place(words), into });
  }

  /** @param {HTMLElement} words */
  place(words) {
    return { utterance_id: words.dataset.utterance ?? "", start: Number(words.dataset.start) };
  }

  // -- appeals ----------------------------------------------------------------------------------------------------------

  offerMerging() {
    const live = this.view?.liveAppeals.filter((appeal) => !appeal.order) ?? [];
    const here = live.some((appeal) => appeal.id === this.appealId);
    const others = here ? live.filter((appeal) => appeal.id !== this.appealId) : [];
    this.merging.hidden = others.length === 0;
    const offered = JSON.stringify([document.documentElement.lang, this.appealId, others.map((appeal) => appeal.id)]);
    if (offered === this.asked) return;
    this.asked = offered;
    fill(
      this.merging,
      ...others.map((appeal) =>
        h("button", { type: "button", data: { key: `merge-${appeal.id}` }, on: { click: () => this.merge(appeal.id) } }, t("merge_into", { from: this.appealId, n: appeal.id })),
      ),
    );
  }

  /** @param {string} into */
  async merge(into) {
    if (await this.actions.rearrange({ act: "merge", appeal_id: this.appealId, into })) this.actions.selectAppeal(into);
  }

  /** Alt+M: to the buttons that merge. */
  focusMerging() {
    /** @type {HTMLElement | null} */ (this.merging.querySelector("button"))?.focus();
  }

  /** Alt+T: the next appeal, round and round. */
  nextAppeal() {
    const live = this.view?.liveAppeals ?? [];
    const at = live.findIndex((appeal) => appeal.id === this.appealId);
    const next = live[(at + 1) % live.length];
    if (next) this.actions.selectAppeal(next.id);
  }
}

/** How many characters of the focused words stand before the selection in them. @param {HTMLElement} words */
function selectedFrom(words) {
  const selection = window.getSelection();
  if (!selection || selection.isCollapsed || !words.contains(selection.anchorNode)) return 0;
  const range = selection.getRangeAt(0);
  if (!words.contains(range.startContainer)) return 0;
  const before = document.createRange();
  before.setStart(words, 0);
  before.setEnd(range.startContainer, range.startOffset);
  return [...before.toString()].length;
}
