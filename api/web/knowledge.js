/** The page 知识维护: articles as they stand; a draft is edited here, and another person publishes it. */
import { api, ApiError } from "./api-client.js";
import { announce, enterDesk, pageIsReady, showProblem } from "./desk-frame.js";
import { byId, fill, h } from "./dom.js";
import { DraftEdits } from "./draft-edits.js";
import { inLanguage, onLanguage, t } from "./i18n.js";
import { countOf, currentNumber, drawBanner } from "./knowledge-banner.js";
import { isSame, knowledgeApi } from "./knowledge-client.js";
import { coverageSheet } from "./knowledge-coverage.js";
import { articleList, finderOf, MOST } from "./knowledge-finder.js";
import { reminderTable, reportList, reportSheet } from "./knowledge-lists.js";
import { comparing, contentSheet, differenceSheet, historySheet, passageSheet } from "./knowledge-sheet.js";
import { submitAll, uploadSheet } from "./knowledge-upload.js";
import { act, isTyping, keepingWhatIsTyped } from "./typing.js";

/** @typedef {import("./knowledge-client.js").Content} Content */
/** @typedef {import("./knowledge-client.js").Upload} Upload */
/** @typedef {import("./knowledge-client.js").Version} Version */

const EVERY = 5000; // ms
const VIEWS = /** @type {const} */ (["articles", "reports", "reminders", "coverage"]);
const TABS = /** @type {const} */ (["content", "changes", "passages", "history", "reports"]);

class KnowledgeDesk {
  /** @param {import("./types.js").Account} account @param {string[]} areas @param {string[]} owners */
  constructor(account, areas, owners) {
    this.me = account.name;
    this.areas = areas;
    this.owners = owners;
    /** @type {import("./knowledge-client.js").Listed | null} */
    this.listed = null;
    /** @type {import("./knowledge-client.js").Detail | null} */
    this.detail = null;
    /** @type {import("./knowledge-client.js").Full | null} */
    this.full = null;
    /** @type {typeof VIEWS[number]} */
    this.view = "articles";
    /** @type {typeof TABS[number]} */
    this.tab = "content";
    /** @type {import("./knowledge-banner.js").Form} */
    this.form = "";
    /** @type {Upload | null} */
    this.upload = null;
    /** @type {File | null} */
    this.file = null;
    this.days = 90;
    /** @type {number | null} the version that the shown one is compared with, else the one it began from */
    this.against = null;
    /** @type {import("./knowledge-client.js").Difference | null} */
    this.compared = null;
    /** @type {any} */
    this.wide = null;
    this.edits = new DraftEdits({ shown: () => this.full, saved: (full, version) => this.saved(full, version), refused: (error) => this.refused(error), draw: () => this.draw() });
    /** Counts what was asked for, an article by name too: an answer that comes after a later one's is not shown. */
    this.opened = 0;
    this.wanted = "";
    this.listing = 0;
    this.finder = finderOf({ changed: () => void this.list(), add: (title) => this.add(title), read: (file) => void this.read(file) });
    fill(byId("finder"), this.finder.element);
    document.addEventListener("keydown", (event) => this.key(event));
  }

  async start() {
    await this.list();
    const wanted = new URLSearchParams(location.search).get("article") ?? this.listed?.articles[0]?.article_id;
    if (wanted) await this.open(wanted);
    this.draw();
    window.setInterval(() => void this.poll(), EVERY);
  }

  async list() {
    this.listing += 1;
    const { listing } = this;
    try {
      const listed = await knowledgeApi.list(this.finder.filters());
      if (listing !== this.listing) return;
      this.listed = listed;
      this.finder.know(listed);
      this.drawFrame();
    } catch (error) {
      showProblem(error);
    }
  }

  /** Show an article; without a number the version that is worked on or counts. @param {string} id @param {number} [number] */
  async open(id, number) {
    this.view = "articles"; // at once: whoever looks elsewhere while it is fetched stays there
    this.opened += 1;
    this.wanted = id;
    const { opened } = this;
    try {
      const detail = await knowledgeApi.article(id);
      const wanted = number ?? currentNumber(detail);
      const full = wanted ? await knowledgeApi.version(id, wanted) : null;
      if (opened !== this.opened) return;
      [this.detail, this.full] = [detail, full];
      this.form = "";
      this.against = this.compared = null;
      this.upload = null;
      this.draw();
    } catch (error) {
      showProblem(error);
    }
  }

  /** What others did meanwhile is shown, unless somebody is typing here. */
  async poll() {
    await this.list();
    const { full, detail } = this;
    if (!full || !detail || isTyping() || this.form || this.upload || this.view !== "articles") return;
    try {
      const now = await knowledgeApi.article(detail.article.article_id);
      const seen = now.versions.find((version) => version.number === full.version.number);
      const same = seen?.revision === full.version.revision && seen?.state === full.version.state;
      const other = !same || now.versions.length !== detail.versions.length || now.reports.length !== detail.reports.length;
      if (other && this.view === "articles" && this.detail === detail) await this.open(detail.article.article_id);
    } catch (error) {
      showProblem(error);
    }
  }

  draw() {
    byId("articles-view").hidden = this.view !== "articles";
    byId("wide-view").hidden = this.view === "articles";
    this.drawFrame();
    if (this.view === "articles") this.drawArticle();
    else this.drawWide();
  }

  /** Views with their counts, and the list. */
  drawFrame() {
    const counts = { articles: "", reports: this.listed?.open_reports || "", reminders: this.listed?.reminders || "", coverage: "" };
    const press = (/** @type {typeof VIEWS[number]} */ view) =>
      h(
        "button",
        { type: "button", "aria-current": view === this.view ? "page" : null, data: { key: `view-${view}` }, on: { click: () => void this.choose(view) } },
        t(`knowledge.view.${view}`),
        counts[view] ? h("span", { class: "badge alert" }, String(counts[view])) : null,
      );
    fill(byId("views"), ...VIEWS.map(press));
    const behind = this.listed?.problem;
    byId("behind").hidden = !behind;
    byId("behind").textContent = behind ? t("knowledge.behind", { said: inLanguage(behind) }) : "";
    byId("article-count").textContent = String(this.listed?.total ?? "");
    fill(byId("articles"), ...articleList(this.listed?.articles ?? [], this.detail?.article.article_id ?? "", (id) => void this.open(id)), (this.listed?.total ?? 0) > MOST && h("li", { class: "empty" }, t("knowledge.more", { n: MOST })));
  }

  drawArticle() {
    const { detail, full } = this;
    byId("banner").hidden = !detail || this.upload !== null;
    byId("tabs").hidden = !detail || this.upload !== null;
    if (this.upload) return fill(byId("sheet"), ...this.uploadSheet(this.upload));
    if (!detail) return fill(byId("sheet"), h("p", { class: "empty", i18n: "knowledge.choose" }));
    /** @type {Parameters<typeof drawBanner>[1]} */
    const given = {
      detail,
      full,
      today: this.listed?.today ?? "",
      me: this.me,
      form: this.form,
      take: (step, more) => void this.take(step, more),
      open: (form) => this.openForm(form),
      show: (where) => (where === "changes" ? this.openTab("changes") : void this.open(detail.article.article_id)),
    };
    keepingWhatIsTyped(byId("banner"), () => drawBanner(byId("banner"), given));
    this.drawTabs();
    return keepingWhatIsTyped(byId("sheet"), () => fill(byId("sheet"), ...this.sheet()));
  }

  /** @param {number | null} number */
  async compare(number) {
    if (!this.full) return;
    const { article_id, number: shown } = this.full.version;
    try {
      this.compared = number === null ? null : await knowledgeApi.difference(article_id, shown, number);
      this.against = number;
      this.draw();
    } catch (error) {
      showProblem(error);
    }
  }

  drawTabs() {
    const { detail, full } = this;
    const counts = { content: "", changes: full ? countOf(full) : "", passages: full?.passages.length ?? "", history: detail?.versions.length ?? "", reports: detail?.reports.length ?? "" };
    const button = (/** @type {typeof TABS[number]} */ tab) =>
      h(
        "button",
        { type: "button", role: "tab", id: `tab-${tab}`, "aria-controls": "sheet", "aria-selected": String(tab === this.tab), data: { key: `tab-${tab}` }, on: { click: () => this.openTab(tab) } },
        t(`knowledge.tab.${tab}`),
        " ",
        h("span", { class: "count" }, String(counts[tab])),
      );
    fill(byId("tabs"), ...TABS.map(button));
  }

  /** @returns {HTMLElement[]} */
  sheet() {
    const { detail, full } = this;
    if (!detail) return [];
    const content = full?.content ?? detail.content ?? {};
    const editable = full?.version.state === "draft";
    const id = detail.article.article_id;
    if (this.tab === "changes" && full) return [comparing(detail.versions, full.version, this.against, (number) => void this.compare(number)), ...differenceSheet(this.compared ?? full.difference)];
    if (this.tab === "changes") return [h("p", { class: "empty", i18n: "knowledge.no_changes" })];
    if (this.tab === "passages") return full ? passageSheet(full) : [h("p", { class: "empty", i18n: "knowledge.no_passages" })];
    if (this.tab === "history") return historySheet(detail.versions, full?.version.number, (number) => void this.open(id, number), full);
    if (this.tab === "reports") return [reportList(detail.reports, { open: null, answered: () => void this.open(id).then(() => this.list()), problem: showProblem })];
    return contentSheet(content, { editable, owners: this.owners, areas: this.areas, edit: (fields) => void this.edits.edit(fields), again: (field) => this.edits.again(field), undo: (field) => this.edits.undo(field), unsaved: editable ? this.edits.unsavedOf(full?.version) : {} });
  }

  /** @param {Upload} upload */
  uploadSheet(upload) {
    const close = () => ((this.upload = null), this.draw());
    return uploadSheet(upload, {
      apply: (putBack) => void this.read(this.file, true, putBack),
      submit: (articles) => void submitAll(upload, articles, () => this.upload === upload && this.draw()).then(() => this.list(), showProblem),
      close,
      open: (id) => void this.open(id),
    });
  }

  drawWide() {
    const open = (/** @type {string} */ id) => void this.open(id);
    const again = () => void this.choose(this.view).then(() => this.list());
    if (this.view === "reports") keepingWhatIsTyped(byId("wide"), () => fill(byId("wide"), ...(this.wide ? reportSheet(this.wide, { open, answered: again, problem: showProblem }) : [h("p", { class: "empty", i18n: "loading" })])));
    else if (this.view === "reminders") fill(byId("wide"), this.wide ? reminderTable(this.wide, open) : h("p", { class: "empty", i18n: "loading" }));
    else fill(byId("wide"), ...coverageSheet(this.wide, this.days, { open, choose: (days) => ((this.days = days), void this.choose("coverage")), write: (cluster) => void this.add("", { title: cluster.question, owner: cluster.department }) }));
  }

  /** @param {typeof VIEWS[number]} view */
  async choose(view) {
    this.wide = null;
    this.view = view;
    this.draw();
    try {
      const wide = await this.wideOf(view);
      if (this.view !== view) return;
      this.wide = wide;
      this.draw();
    } catch (error) {
      showProblem(error);
    }
  }

  /** @param {typeof VIEWS[number]} view @returns {Promise<any>} */
  async wideOf(view) {
    if (view === "reports") return knowledgeApi.reports(this.finder.owner() ? { owner: this.finder.owner() } : {});
    if (view === "reminders") return (await knowledgeApi.reminders()).reminders;
    return view === "coverage" ? knowledgeApi.coverage(this.days) : null;
  }

  /** @param {typeof TABS[number]} tab */
  openTab(tab) {
    this.tab = tab;
    this.draw();
    byId("sheet").scrollTop = 0;
  }

  /** @param {import("./knowledge-banner.js").Form} form */
  openForm(form) {
    this.form = form;
    this.draw();
    document.getElementById("step-text")?.focus();
  }

  /** @param {string} title @param {Content} [fields] @returns {Promise<boolean>} whether there is one now */
  async add(title, fields) {
    try {
      const full = await knowledgeApi.beginNew(fields ?? { title });
      this.finder.clear();
      await this.list();
      this.tab = "content";
      await this.open(full.version.article_id);
      byId("sheet").querySelector('[data-key="document_number"]')?.focus();
      return true;
    } catch (error) {
      showProblem(error);
      return false;
    }
  }

  /** @param {import("./knowledge-client.js").Full} full @param {Version} version that was on the screen */
  saved(full, version) {
    announce(t("knowledge.saved"));
    if (isSame(this.full?.version, version)) {
      this.full = full;
      this.against = this.compared = null;
      this.draw();
    }
    void this.list();
  }

  /**
   * What is on the screen is what the service has: somebody else's edits are seen.
   * @param {unknown} error
   */
  async refused(error) {
    const moved = error instanceof ApiError && error.status === 409;
    showProblem(moved ? new Error(t("knowledge.moved")) : error);
    if (moved && this.detail) await this.open(this.detail.article.article_id);
  }

  /**
   * What the one on the screen is to become; that one, however soon another is looked at.
   * @param {import("./knowledge-banner.js").StepName} step
   * @param {any} [more]
   */
  async take(step, more = {}) {
    if (!this.detail) return;
    const id = this.detail.article.article_id;
    const version = this.full?.version;
    try {
      await this.edits.sending;
      if (step === "submit" && Object.keys(this.edits.unsavedOf(version)).length > 0) return showProblem(new Error(t("knowledge.unsaved.first")));
      if (step === "begin") await knowledgeApi.begin(id, {});
      else if (step === "again") await knowledgeApi.begin(id, { copy_of: version?.number });
      else if (step === "withdraw") await knowledgeApi.withdraw(id, more);
      else if (version) await knowledgeApi.step(step, this.edits.latest(version), more);
      announce(t(`knowledge.done.${step}`));
      await this.list();
      if (this.wanted !== id) return; // somebody looks at another one by now
      if (step === "begin" || step === "again") this.tab = "content";
      await this.open(id);
    } catch (error) {
      await this.refused(error);
    }
  }

  /** @param {File | null} file @param {boolean} [apply] @param {boolean} [putBack] */
  async read(file, apply = false, putBack = false) {
    if (!file) return;
    try {
      if (!apply) this.upload = null; // of a file that cannot be read, the one before is not what is drafted
      this.file = file;
      this.upload = await knowledgeApi.upload(file, apply, putBack);
      this.view = "articles";
      if (apply) await this.list();
      this.draw();
      byId("sheet").querySelector("[data-key=apply]")?.focus();
    } catch (error) {
      this.draw();
      showProblem(error);
    }
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    const view = event.altKey && VIEWS[Number(event.code.replace("Digit", "")) - 1];
    if (view) act(event, () => void this.choose(view));
    else if (event.altKey && event.code === "KeyN") act(event, () => this.finder.name());
    else if (event.key === "Escape" && this.form) act(event, () => this.openForm(""));
    else if (event.key === "Escape") this.finder.cancel();
    if (isTyping() || event.altKey || event.defaultPrevented || this.view !== "articles") return;
    if (event.key === "/") act(event, () => this.finder.focus());
    else if (event.key === "ArrowDown") act(event, () => this.move(1));
    else if (event.key === "ArrowUp") act(event, () => this.move(-1));
  }

  /** @param {1 | -1} by */
  move(by) {
    const rows = this.listed?.articles ?? [];
    const at = rows.findIndex((row) => row.article_id === this.detail?.article.article_id);
    const next = rows[Math.min(rows.length - 1, Math.max(0, at + by))];
    if (!next) return;
    void this.open(next.article_id).then(() => byId("articles").querySelector('[aria-current="true"]')?.scrollIntoView({ block: "nearest" }));
  }
}

const account = await enterDesk();
if (account) {
  const [{ city, districts }, { departments }] = await Promise.all([api.areas(), api.departments()]);
  const areas = [city, ...districts.map((/** @type {{name: string}} */ district) => `${city}/${district.name}`)];
  const desk = new KnowledgeDesk(account, areas, departments.map((/** @type {{name: string}} */ department) => department.name));
  onLanguage(() => {
    if (desk.listed) desk.finder.know(desk.listed);
    desk.draw();
  });
  window.addEventListener("beforeunload", (event) => desk.edits.isOpen && event.preventDefault());
  await desk.start();
  pageIsReady();
}
