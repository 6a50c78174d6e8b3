/** What a file was read as, before drafts are made of it: every article, and whatever was not understood. */
import { ApiError } from "./api-client.js";
import { h } from "./dom.js";
import { inLanguage, t } from "./i18n.js";
import { knowledgeApi } from "./knowledge-client.js";

/** @typedef {import("./knowledge-client.js").Upload} Upload */

/**
 * @param {Upload} upload
 * @param {{apply: (putBack: boolean) => void, submit: (articles: import("./knowledge-client.js").Arrived[]) => void, close: () => void, open: (id: string) => void}} given
 * @returns {HTMLElement[]}
 */
export function uploadSheet(upload, { apply, submit, close, open }) {
  const fresh = upload.articles.filter((article) => ["new", "changed", "redraft"].includes(article.standing)).length;
  const gone = upload.articles.filter((article) => article.standing === "withdrawn" && article.number === null).length;
  const columns = ["title", "number", "owner", "from", "passages", "state"];
  return [
    h("div", { class: "sheet-head" }, h("h3", {}, t(upload.applied ? "knowledge.upload.done" : "knowledge.upload.read", { name: upload.name, n: upload.articles.length }))),
    findings(upload),
    understood(upload),
    upload.applied && upload.articles.some((article) => article.number !== null) ? h("p", { class: "hint", i18n: "knowledge.upload.next" }) : "",
    h(
      "table",
      { class: "history" },
      h("thead", {}, h("tr", {}, ...columns.map((name) => h("th", { scope: "col", i18n: `knowledge.upload.${name}` })))),
      h("tbody", {}, ...upload.articles.map((article) => row(article, upload.applied, open))),
    ),
    h("div", { class: "upload-steps" }, ...(upload.applied ? submitting(upload, submit) : steps(upload, fresh, gone, apply)), h("button", { type: "button", data: { key: "close-upload" }, i18n: "close", on: { click: close } })),
  ];
}

/**
 * What was withdrawn comes back only where somebody says so: as a further version of the same article.
 * @param {Upload} upload
 * @param {number} fresh
 * @param {number} gone
 * @param {(putBack: boolean) => void} apply
 */
function steps(upload, fresh, gone, apply) {
  const back = h("input", { type: "checkbox", data: { key: "put-back" } });
  back.checked = Boolean(upload.putBack); // the sheet is drawn anew when names or the language change
  const button = h("button", { type: "button", class: "primary", data: { key: "apply" }, on: { click: () => apply(back.checked) } });
  const count = () => {
    const wanted = fresh + (back.checked ? gone : 0);
    button.textContent = t("knowledge.upload.apply", { n: wanted });
    button.disabled = wanted === 0;
  };
  back.addEventListener("change", () => ((upload.putBack = back.checked), count()));
  count();
  return [gone > 0 && h("label", { class: "put-back" }, back, " ", t("knowledge.upload.put_back", { n: gone })), button];
}

/** Drafts that lack nothing, submitted in one go. @param {Upload} upload @param {(articles: import("./knowledge-client.js").Arrived[]) => void} submit */
function submitting(upload, submit) {
  const ready = upload.articles.filter((article) => article.number !== null && article.faults.length === 0 && !article.submitted);
  if (ready.length === 0) return [];
  const button = h("button", { type: "button", class: "primary", data: { key: "submit-all" }, on: { click: () => ((button.disabled = true), submit(ready)) } }, t("knowledge.upload.submit", { n: ready.length }));
  return [button];
}

/**
 * A table makes as many drafts as it has rows: they are submitted in one go, and what is refused says why beside it.
 * @param {Upload} upload
 * @param {import("./knowledge-client.js").Arrived[]} articles
 * @param {() => void} settled told after each
 */
export async function submitAll(upload, articles, settled) {
  for (const article of articles) {
    try {
      const { version } = await knowledgeApi.version(article.article_id, article.number ?? 0);
      await knowledgeApi.step("submit", version, { note: upload.name });
      article.submitted = true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      article.faults = [{ message: error.message, chinese: error.chinese }];
    }
    settled();
  }
}

/** @param {Upload} upload */
function findings(upload) {
  if (upload.findings.length === 0) return h("p", { class: "hint", i18n: "knowledge.upload.whole" });
  return h("ul", { class: "findings" }, ...upload.findings.map((finding) => h("li", { class: finding.grave ? "fault" : "" }, inLanguage(finding))));
}

/** Each field with the words of the file that say so: an expiry that was taken from a sentence wants a look. @param {Upload} upload */
function understood(upload) {
  if (upload.understood.length === 0) return "";
  const told = upload.understood.map(({ field, value, words }) => h("li", {}, h("b", {}, `${field}：`), value, words && words !== value && h("small", {}, ` ← ${words}`)));
  return h("details", { class: "understood" }, h("summary", {}, t("knowledge.upload.understood", { n: told.length })), h("ul", { class: "findings" }, ...told));
}

/** What becomes, or became, of an article. @param {import("./knowledge-client.js").Arrived} article @param {boolean} drafted */
function stands(article, drafted) {
  if (article.submitted) return t("knowledge.arrived.submitted");
  if (!drafted) return t(`knowledge.arrived.${article.standing}`);
  const done = { withdrawn: "withdrawn.back", redraft: "redrafted" }[article.standing] ?? "drafted";
  return t(`knowledge.arrived.${done}`, { n: article.number ?? 1 });
}

/**
 * @param {import("./knowledge-client.js").Arrived} article
 * @param {boolean} applied
 * @param {(id: string) => void} open
 */
function row(article, applied, open) {
  const title = article.title || article.article_id;
  const drafted = applied && article.number !== null;
  const there = drafted || ["busy", "redraft", "unchanged"].includes(article.standing);
  return h(
    "tr",
    {},
    h("td", {}, there ? h("button", { type: "button", class: "link", data: { key: `arrived-${article.article_id}` }, on: { click: () => open(article.article_id) } }, title) : title),
    h("td", {}, article.document_number || "—"),
    h("td", {}, article.owner || "—"),
    h("td", {}, article.effective_from || "—"),
    h("td", {}, String(article.passages)),
    h(
      "td",
      {},
      h("span", { class: `tag ${article.standing}` }, stands(article, drafted)),
      article.reason && h("small", {}, ` ${t("knowledge.arrived.reason", { reason: article.reason })}`),
      article.faults.length > 0 && h("ul", { class: "fault" }, ...article.faults.map((fault) => h("li", {}, inLanguage(fault)))),
    ),
  );
}
