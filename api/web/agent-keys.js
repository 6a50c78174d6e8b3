/** What the keys of the agent's desk do. They act on what has the focus; nothing decides more than one suggestion. */
import { AnswerCards } from "./answer-cards.js";
import { byId } from "./dom.js";
import { useShortcuts } from "./shortcuts.js";

/**
 * @typedef {object} Panels
 * @property {import("./order-form.js").OrderForm} form
 * @property {import("./routing-panel.js").RoutingPanel} routing
 * @property {import("./emergency-banner.js").EmergencyBanner} banner
 * @property {import("./appeal-tools.js").AppealTools} appeals
 * @property {import("./library-search.js").LibrarySearch} library
 */

/** Accept the card, the found passage or the field that has the focus. @param {Panels} panels */
function acceptFocused({ form }) {
  const card = AnswerCards.at(document.activeElement) ?? document.activeElement?.closest(".card.result");
  if (card) /** @type {HTMLButtonElement | null} */ (card.querySelector("button.primary"))?.click();
  else void form.fieldAt(document.activeElement)?.primary();
}

/** Reject the card or the field that has the focus. @param {Panels} panels */
function rejectFocused({ form }) {
  const card = AnswerCards.at(document.activeElement);
  const field = form.fieldAt(document.activeElement);
  if (card) /** @type {HTMLButtonElement | null} */ (card.querySelector('[data-action="not_relevant"]'))?.click();
  else if (field?.waiting) void field.reject();
}

/** Go to the next suggestion that waits for a person, round and round. @param {Panels} panels */
function nextWaiting({ form, routing }) {
  const cards = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("#answers .card.suggested")]);
  const department = routing.waiting ? [/** @type {HTMLElement} */ (byId("routing").querySelector(".choice"))] : [];
  const fields = form.shown.filter((field) => field.waiting).map((field) => field.editor.control);
  const stops = [...cards, ...department, ...fields];
  const at = stops.findIndex((stop) => stop === document.activeElement || stop.contains(document.activeElement));
  stops[(at + 1) % stops.length]?.focus();
}

/** Go to the first answer card, from a card to the next one. */
function nextCard() {
  const cards = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("#answers .card.suggested")]);
  const at = cards.findIndex((card) => card.contains(document.activeElement));
  cards[(at + 1) % cards.length]?.focus();
}

/** @param {Panels} panels */
export function useAgentKeys(panels) {
  const { appeals, banner, form, library, routing } = panels;
  const help = byId("help");
  const rank = (/** @type {number} */ n) => ({ keys: `Alt+${n + 1}`, does: `key.rank${n + 1}`, run: () => routing.choose(n) });
  useShortcuts({
    KeyN: { keys: "Alt+N", does: "key.next", run: () => nextWaiting(panels) },
    KeyA: { keys: "Alt+A", does: "key.accept", run: () => acceptFocused(panels) },
    KeyC: { keys: "Alt+C", does: "key.cards", run: nextCard },
    KeyL: { keys: "Alt+L", does: "key.library", run: () => library.open() },
    KeyX: { keys: "Alt+X", does: "key.reject", run: () => rejectFocused(panels) },
    Digit1: rank(0),
    Digit2: rank(1),
    Digit3: rank(2),
    KeyR: { keys: "Alt+R", does: "key.reasons", run: () => routing.explain() },
    KeyS: { keys: "Alt+S", does: "key.search", run: () => routing.search.input.focus() },
    KeyK: { keys: "Alt+K", does: "key.acknowledge", run: () => banner.acknowledge() },
    KeyP: { keys: "Alt+P", does: "key.split", run: () => appeals.split() },
    KeyO: { keys: "Alt+O", does: "key.same", run: () => appeals.stay() },
    KeyM: { keys: "Alt+M", does: "key.merge", run: () => appeals.focusMerging() },
    KeyT: { keys: "Alt+T", does: "key.appeal", run: () => appeals.nextAppeal() },
    Enter: { keys: "Alt+Enter", does: "key.file", run: () => form.submit() },
    Slash: { keys: "Alt+/", does: "key.help", inDialog: true, run: () => (help.open ? help.close() : help.showModal()) },
  });
  byId("help-open").addEventListener("click", () => help.showModal());
}
