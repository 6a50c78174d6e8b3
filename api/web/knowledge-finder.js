/** The list of articles: words, standing and owner to look for; a new one, or those of a file. */
import { fill, h } from "./dom.js";
import { t } from "./i18n.js";

/** @typedef {import("./knowledge-client.js").Row} Row */
/** @typedef {import("./knowledge-client.js").Listed} Listed */

const STANDINGS = ["draft", "review", "refused", "in_force", "upcoming", "expired", "withdrawn"];
export const MOST = 300; // lines of the list
const AFTER = 250; // ms after the last key

/**
 * @param {{changed: () => void, add: (title: string) => void, read: (file: File) => void}} given
 */
export function finderOf({ changed, add, read }) {
  let timer = 0;
  const soon = () => {
    clearTimeout(timer);
    timer = window.setTimeout(changed, AFTER);
  };
  const words = h("input", { type: "search", data: { key: "search" }, i18nAttr: { placeholder: "knowledge.search", "aria-label": "knowledge.search" }, on: { input: soon } });
  const standing = h("select", { data: { key: "of-standing" }, i18nAttr: { "aria-label": "knowledge.standing" }, on: { change: changed } });
  const owner = h("select", { data: { key: "of-owner" }, i18nAttr: { "aria-label": "knowledge.field.owner" }, on: { change: changed } });
  const file = h("input", { type: "file", accept: ".docx,.docm,.pdf,.html,.htm,.xlsx,.xlsm,.csv,.tsv,.md,.markdown,.txt,.jsonl", hidden: true });
  file.addEventListener("change", () => {
    const [chosen] = file.files ?? [];
    if (chosen) read(chosen);
    file.value = "";
  });
  const title = h("input", { type: "text", hidden: true, data: { key: "new-title" }, i18nAttr: { placeholder: "knowledge.new.title", "aria-label": "knowledge.new.title" } });
  title.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    void begin();
  });
  // A title that is refused stays, to be corrected.
  const begin = async () => {
    if (title.readOnly) return;
    title.readOnly = true;
    const done = !title.value.trim() || (await add(title.value.trim()));
    title.readOnly = false;
    if (done) cancel();
  };
  const cancel = () => {
    title.hidden = true;
    title.value = "";
  };
  const name = () => {
    title.hidden = false;
    title.focus();
  };
  const element = h(
    "div",
    { class: "finder-rows" },
    words,
    h("div", {}, standing, owner),
    h(
      "div",
      {},
      h("button", { type: "button", i18n: "knowledge.new", data: { key: "new" }, on: { click: name } }),
      h("button", { type: "button", i18n: "knowledge.upload", data: { key: "upload" }, on: { click: () => file.click() } }),
      file,
    ),
    title,
  );
  return {
    element,
    name,
    cancel,
    focus: () => words.focus(),
    owner: () => owner.value,
    clear: () => {
      words.value = "";
      standing.value = "";
      owner.value = "";
    },
    /** @returns {Record<string, string>} */
    filters: () => Object.fromEntries(Object.entries({ q: words.value.trim(), standing: standing.value, owner: owner.value, limit: String(MOST) }).filter(([, value]) => value)),
    /** @param {Listed} listed */
    know(listed) {
      options(standing, [["", t("knowledge.standing.any")], ...STANDINGS.map((s) => [s, `${t(`knowledge.standing.${s}`)} (${listed.tally[s] ?? 0})`])]);
      options(owner, [["", t("knowledge.owner.any")], ...Object.entries(listed.owners).map(([o, n]) => [o, `${o || "—"} (${n})`])]);
    },
  };
}

/** @param {HTMLSelectElement} select @param {string[][]} wanted */
function options(select, wanted) {
  const chosen = select.value;
  if (select === document.activeElement && select.options.length) return;
  fill(select, ...wanted.map(([value, words]) => h("option", { value }, words)));
  select.value = wanted.some(([value]) => value === chosen) ? chosen : "";
}

/**
 * @param {Row[]} rows
 * @param {string} current
 * @param {(id: string) => void} choose
 * @returns {HTMLElement[]}
 */
export function articleList(rows, current, choose) {
  if (rows.length === 0) return [h("li", { class: "empty", i18n: "knowledge.none" })];
  return rows.map((row) => line(row, row.article_id === current, choose));
}

/** @param {Row} row @param {boolean} current @param {(id: string) => void} choose */
function line(row, current, choose) {
  const standing = row.standing === "in_force" || row.open?.state === row.standing ? null : row.standing;
  return h(
    "li",
    {},
    h(
      "button",
      { type: "button", class: `department ${row.standing === "withdrawn" || row.standing === "expired" ? "gone" : ""}`, "aria-current": current ? "true" : null, data: { key: `row-${row.article_id}` }, on: { click: () => choose(row.article_id) } },
      h("span", { class: "title" }, row.title || row.article_id),
      h(
        "span",
        { class: "tags" },
        row.reports > 0 && h("span", { class: "tag wrong" }, t("knowledge.row.reports", { n: row.reports })),
        row.open && h("span", { class: `tag ${row.open.state}` }, t(`knowledge.state.${row.open.state}`)),
        row.refused && row.standing !== "refused" && h("span", { class: "tag refused" }, t("knowledge.state.refused")),
        row.coming && h("span", { class: "tag upcoming" }, t("knowledge.row.coming", { day: row.coming.publish_on })),
        standing && h("span", { class: `tag ${standing}` }, t(`knowledge.standing.${standing}`)),
      ),
      h("small", {}, [row.document_number, row.owner, row.last_day && row.standing === "in_force" ? t("knowledge.row.until", { day: row.last_day }) : ""].filter(Boolean).join(" · ")),
    ),
  );
}
