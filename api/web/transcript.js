/** The transcript: citizen left, agent right, interim text in grey; sticks to the bottom until somebody scrolls up. */
import { byId, fill, h } from "./dom.js";
import { partsOf } from "./event-fold.js";
import { clock } from "./format.js";

/** @typedef {import("./types.js").Utterance} Utterance */
/** @typedef {import("./types.js").Interim} Interim */

const NEAR = 40; // px from the bottom that count as at the bottom

export class Transcript {
  constructor() {
    this.host = byId("transcript");
    this.chip = byId("transcript-new");
    this.spoken = 0;
    this.arrangement = 0;
    this.lastAppeal = "1";
    this.stuck = true;
    /** @type {Map<string, HTMLElement>} one grey bubble for each speaker */
    this.interims = new Map();
    this.host.addEventListener("scroll", () => this.scrolled());
    this.chip.addEventListener("click", () => this.toBottom());
    this.clear();
  }

  clear() {
    this.host.replaceChildren(h("p", { class: "empty", i18n: "no_transcript" }));
    this.interims.clear();
    this.spoken = 0;
    this.lastAppeal = "1";
    this.toBottom();
  }

  /**
   * Show what was said since the last time.
   * @param {Utterance[]} utterances
   * @param {number} [arrangement] counts how often words went from one appeal to another: all is drawn anew then
   */
  update(utterances, arrangement = 0) {
    if (arrangement !== this.arrangement) this.rearrange(arrangement);
    for (const utterance of utterances.slice(this.spoken)) this.add(utterance);
    this.spoken = utterances.length;
  }

  /** Take what was said off the screen, to be drawn anew; the words that had the focus get it back. @param {number} arrangement */
  rearrange(arrangement) {
    const { utterance, start } = /** @type {HTMLElement | null} */ (this.host.querySelector(".part.chosen"))?.dataset ?? {};
    this.arrangement = arrangement;
    for (const old of this.host.querySelectorAll(".bubble:not(.interim), .divider")) old.remove();
    this.spoken = 0;
    this.lastAppeal = "1";
    queueMicrotask(() => {
      const parts = /** @type {HTMLElement[]} */ ([...this.host.querySelectorAll(".part")]);
      parts.find((part) => part.dataset.utterance === utterance && Number(part.dataset.start) <= Number(start))?.focus();
    });
  }

  /** @param {Utterance} utterance */
  add(utterance) {
    if (this.spoken === 0) this.host.querySelector(".empty")?.remove();
    this.interims.get(utterance.speaker)?.remove();
    this.interims.delete(utterance.speaker);
    const parts = partsOf(utterance);
    const turned = parts[0].appeal_id !== this.lastAppeal;
    this.lastAppeal = utterance.appeal_id;
    const first = [...this.interims.values()].find((element) => element.isConnected) ?? null;
    if (turned) this.host.insertBefore(divider(parts[0].appeal_id), first);
    this.host.insertBefore(utterance.speaker === "citizen" ? withParts(utterance, parts) : bubble(utterance), first);
    this.spoken += 1;
    this.arrived();
  }

  /** @param {Interim} interim without text, what was in grey is taken back */
  interim(interim) {
    const old = this.interims.get(interim.speaker);
    if (!interim.text) {
      old?.remove();
      this.interims.delete(interim.speaker);
      return;
    }
    this.host.querySelector(".empty")?.remove();
    const fresh = bubble(interim, true);
    if (old?.isConnected) old.replaceWith(fresh);
    else this.host.append(fresh);
    this.interims.set(interim.speaker, fresh);
    this.arrived();
  }

  /** Nobody is speaking any more. */
  endInterims() {
    for (const element of this.interims.values()) element.remove();
    this.interims.clear();
  }

  /** @param {string} appealId */
  showAppeal(appealId) {
    const about = CSS.escape(appealId);
    this.host.querySelector(`[data-appeal="${about}"], .part[data-about="${about}"]`)?.scrollIntoView({ block: "start" });
  }

  arrived() {
    if (this.stuck) this.toBottom();
    else this.chip.hidden = false;
  }

  scrolled() {
    this.stuck = this.host.scrollHeight - this.host.scrollTop - this.host.clientHeight < NEAR;
    if (this.stuck) this.chip.hidden = true;
  }

  toBottom() {
    this.stuck = true;
    this.chip.hidden = true;
    this.host.scrollTop = this.host.scrollHeight;
  }
}

/**
 * @param {Utterance | Interim} said
 * @param {boolean} [unfinished]
 */
export function bubble(said, unfinished = false) {
  return h(
    "div",
    { class: `bubble ${said.speaker === "citizen" ? "citizen" : "agent"}${unfinished ? " interim" : ""}` },
    h("p", { class: "meta" }, h("span", { i18n: `speaker.${said.speaker}` }), h("time", {}, clock(said.start))),
    h("p", { class: "text" }, ...withReadings([...said.text], 0, "readings" in said ? (said.readings ?? []) : [])),
  );
}

/**
 * What the citizen said, each part of it with its appeal and open to the keyboard.
 * @param {Utterance} said
 * @param {import("./types.js").Part[]} parts
 */
function withParts(said, parts) {
  const letters = [...said.text];
  const element = bubble(said);
  fill(
    element.querySelector(".text"),
    ...parts.flatMap((part) => [
      parts.length > 1 && h("span", { class: "part-of", i18n: ["part_of", { n: part.appeal_id }] }),
      h(
        "span",
        { class: "part", tabindex: "0", data: { utterance: said.utterance_id, start: String(part.start), about: part.appeal_id } },
        ...withReadings(letters.slice(part.start, part.end), part.start, said.readings ?? []),
      ),
    ]),
  );
  return element;
}

/**
 * What was heard, with the names underlined that are read as others: the words stay, what they are read as is told on
 * hovering and to screen readers.
 * @param {string[]} letters
 * @param {number} offset of the first of them in the utterance
 * @param {import("./types.js").Reading[]} readings
 */
function withReadings(letters, offset, readings) {
  const pieces = [];
  let done = 0;
  for (const { start, end, term } of readings) {
    const [from, to] = [start - offset, end - offset];
    if (from < done || to > letters.length) continue;
    pieces.push(letters.slice(done, from).join(""));
    pieces.push(h("span", { class: "read-as", i18nAttr: { title: ["read_as", { term }], "aria-description": ["read_as", { term }] } }, letters.slice(from, to).join("")));
    done = to;
  }
  return [...pieces, letters.slice(done).join("")];
}

/** @param {string} appealId */
function divider(appealId) {
  return h("p", { class: "divider", data: { appeal: appealId }, i18n: ["appeal_n", { n: appealId }] });
}
