/**
 * Keys of the agent's desk. `event.code` is the key itself: an input method must not change what Alt+A means. A key that
 * is held down counts once, or it would decide one suggestion after another; under a dialog only the dialog's own counts.
 */
import { byId, fill, h } from "./dom.js";

/**
 * @param {Record<string, {keys: string, does: string, run: () => unknown, inDialog?: boolean}>} shortcuts by `event.code`, all with Alt
 */
export function useShortcuts(shortcuts) {
  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
    const shortcut = shortcuts[event.code];
    if (!shortcut) return;
    event.preventDefault();
    const under = document.querySelector("dialog[open]") !== null;
    if (!event.repeat && (!under || shortcut.inDialog)) void shortcut.run();
  });
  const rows = Object.values(shortcuts).flatMap(({ keys, does }) => [h("dt", {}, h("kbd", {}, keys)), h("dd", { i18n: does })]);
  fill(byId("help-keys"), ...rows);
}
