/** The page 派单目录: departments and rules of an edition; a draft is edited here, and another person approves it. */
import { api, ApiError } from "./api-client.js";
import { drawBanner } from "./catalogue-banner.js";
import { changeList, editList, historyTable } from "./catalogue-changes.js";
import { catalogueApi } from "./catalogue-client.js";
import { departmentSheet, input } from "./catalogue-department.js";
import { ruleSheet } from "./catalogue-rules.js";
import { announce, enterDesk, pageIsReady, showProblem } from "./desk-frame.js";
import { byId, fill, h } from "./dom.js";
import { onLanguage, t } from "./i18n.js";
import { act, isTyping, keepingWhatIsTyped } from "./typing.js";

/** @typedef {import("./catalogue-client.js").Full} Full */
/** @typedef {import("./catalogue-client.js").Row} Row */
/** @typedef {import("./catalogue-department.js").Step} Step */

const EVERY = 5000; // ms
const MOST = 300; // lines of the list; a large city has thousands of street offices, and the search finds them all
const TABS = /** @type {const} */ (["department", "rules", "changes", "history"]);

class CatalogueDesk {
  /** @param {import("./types.js").Account} account @param {string[]} areas */
  constructor(account, areas) {
    this.me = account.name;
    this.areas = areas;
    /** @type {import("./catalogue-client.js").Overview | null} */
    this.overview = null;
    /** @type {Full | null} */
    this.full = null;
    /** @type {import("./catalogue-client.js").Edition[]} */
    this.editions = [];
    /** @type {"department" | "rules" | "changes" | "history"} */
    this.tab = "department";
    this.name = "";
    /** @type {"" | "submit" | "refuse"} */
    this.form = "";
    this.adding = false;
    /** Edits are sent one after another, each on what the one before it made. */
    this.sending = Promise.resolve();
    this.search = this.searchBox();
    this.file = h("input", { type: "file", accept: ".json,application/json", hidden: true, on: { change: () => void this.upload() } });
    document.body.append(this.file);
    document.addEventListener("keydown", (event) => this.key(event));
  }

  async start() {
    await this.load();
    window.setInterval(() => void this.poll(), EVERY);
  }

  /** Show an edition; without a number the one being made, else the one in force. @param {number} [number] */
  async load(number) {
    try {
      this.overview = await catalogueApi.overview();
      const wanted = number ?? (this.overview.being_made ?? this.overview.in_force)?.number;
      if (wanted) await this.show(await catalogueApi.edition(wanted));
    } catch (error) {
      showProblem(error);
    }
  }

  /** @param {Full} full */
  async show(full) {
    this.full = full;
    if (!this.row) this.name = full.document.departments[0]?.name ?? "";
    if (this.tab === "history") this.editions = (await catalogueApi.editions()).editions;
    this.draw();
  }

  /** What others did meanwhile is shown, unless somebody is typing here. */
  async poll() {
    if (!this.full) return;
    try {
      const before = JSON.stringify(this.overview);
      this.overview = await catalogueApi.overview();
      if (JSON.stringify(this.overview) === before) return;
      const { edition } = this.full;
      const seen = [this.overview.being_made, this.overview.in_force].find((e) => e?.number === edition.number);
      const moved = edition.state === "draft" || edition.state === "submitted" || this.overview.being_made;
      if (isTyping() || this.form) return;
      if (moved && (!seen || seen.revision !== edition.revision || seen.state !== edition.state)) await this.load();
      else this.draw();
    } catch (error) {
      showProblem(error);
    }
  }

  get editable() {
    return this.full?.edition.state === "draft";
  }

  get row() {
    return this.full?.document.departments.find((row) => row.name === this.name);
  }

  /** The departments that the search fits. @returns {Row[]} */
  get found() {
    const words = this.search.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const rows = this.full?.document.departments ?? [];
    return words.length ? rows.filter((row) => words.every((/** @type {string} */ word) => JSON.stringify(row).toLowerCase().includes(word))) : rows;
  }

  searchBox() {
    return h("input", {
      type: "search",
      data: { key: "search" },
      i18nAttr: { placeholder: "catalogue.search", "aria-label": "catalogue.search" },
      on: { input: () => this.drawList() },
    });
  }

  draw() {
    if (!this.full || !this.overview) return;
    /** @type {Parameters<typeof drawBanner>[1]} */
    const given = {
      full: this.full,
      overview: this.overview,
      me: this.me,
      form: this.form,
      take: (step, more) => void this.take(step, more),
      go: (where) => void this.go(where),
      open: (form) => this.open(form),
    };
    keepingWhatIsTyped(byId("banner"), () => drawBanner(byId("banner"), given));
    this.drawList();
    this.drawTabs();
    keepingWhatIsTyped(byId("sheet"), () => fill(byId("sheet"), ...this.sheet()));
  }

  drawList() {
    const add = this.editable && h("button", { type: "button", i18n: "catalogue.add", data: { key: "add" }, on: { click: () => this.add() } });
    const naming = this.adding && input({ value: "", key: "new-name", label: t("catalogue.add.name"), send: (name) => void this.addNamed(name) });
    if (naming) naming.placeholder = t("catalogue.add.name");
    const finder = byId("finder");
    if (!finder.contains(this.search)) fill(finder, this.search);
    for (const extra of [...finder.children].filter((child) => child !== this.search)) extra.remove();
    finder.append(...[naming || add].filter(Boolean));
    const changed = new Map((this.full?.changes ?? []).map((change) => [change.department, change.kind]));
    const added = new Set((this.full?.changes ?? []).filter((c) => c.kind === "department_added").map((c) => c.department));
    const lines = this.found.slice(0, MOST).map((row) => this.line(row, added.has(row.name) ? "added" : changed.has(row.name) ? "changed" : ""));
    fill(byId("departments"), ...(lines.length ? lines : [h("li", { class: "empty", i18n: "catalogue.none" })]));
    byId("department-count").textContent = String(this.found.length);
  }

  /** @param {Row} row @param {string} change */
  line(row, change) {
    const today = this.overview?.today ?? "";
    const ended = Boolean(row.effective_to && row.effective_to < today);
    const coming = Boolean(row.effective_from && row.effective_from > today);
    const badge = ended ? "ended" : coming ? "coming" : change;
    const phrases = row.duties.reduce((sum, duty) => sum + duty.phrases.length, 0);
    return h(
      "li",
      {},
      h(
        "button",
        {
          type: "button",
          class: `department ${ended ? "gone" : ""}`,
          "aria-current": row.name === this.name ? "true" : null,
          data: { key: `row-${row.name}` },
          on: { click: () => this.choose(row.name) },
        },
        h("span", { class: "title" }, row.name),
        badge && h("span", { class: `tag ${badge}` }, t(`catalogue.badge.${badge}`)),
        h("small", {}, t("catalogue.counts", { duties: row.duties.length, phrases })),
      ),
    );
  }

  drawTabs() {
    const counts = { department: "", rules: this.full?.document.rules?.length ?? 0, changes: this.full?.changes.length ?? 0, history: "" };
    const button = (/** @type {"department" | "rules" | "changes" | "history"} */ tab) =>
      h(
        "button",
        { type: "button", role: "tab", id: `tab-${tab}`, "aria-controls": "sheet", "aria-selected": String(tab === this.tab), data: { key: `tab-${tab}` }, on: { click: () => void this.openTab(tab) } },
        t(`catalogue.tab.${tab}`),
        " ",
        h("span", { class: "count" }, String(counts[tab])),
      );
    fill(byId("tabs"), ...TABS.map(button));
  }

  /** @returns {HTMLElement[]} */
  sheet() {
    if (!this.full) return [];
    const given = { editable: this.editable, edit: (/** @type {Step[]} */ ...edits) => this.edit(edits) };
    if (this.tab === "rules") return ruleSheet(this.full.document.rules ?? [], given);
    if (this.tab === "changes") return [changeList(this.full.changes)];
    if (this.tab === "history") return [historyTable(this.editions, this.full.edition.number, (number) => void this.load(number)), editList(this.full)];
    const row = this.row;
    if (!row) return [h("p", { class: "empty", i18n: "catalogue.choose" })];
    const isNew = this.full.changes.some((change) => change.kind === "department_added" && change.department === row.name);
    return departmentSheet(row, { ...given, isNew, areas: this.areas });
  }

  /** @param {"department" | "rules" | "changes" | "history"} tab */
  async openTab(tab) {
    this.tab = tab;
    if (this.full) await this.show(this.full).catch(showProblem);
  }

  /** @param {string} name */
  choose(name) {
    this.name = name;
    this.tab = "department";
    this.draw();
    byId("sheet").scrollTop = 0;
  }

  add() {
    this.adding = true;
    this.drawList();
    byId("finder").querySelector("input:last-child")?.focus();
  }

  /** @param {string} name */
  async addNamed(name) {
    this.adding = false;
    const area = this.full?.document.departments[0]?.area?.split("/")[0] ?? this.areas[0];
    this.search.value = "";
    if (name) await this.edit([{ do: "add_department", department: name, area }], name);
    byId("sheet").querySelector('[data-key="add-duty"]')?.focus();
  }

  /**
   * Send edits of the draft as it then is.
   * @param {Step[]} steps
   * @param {string} [name] the department to show afterwards
   * @returns {Promise<void>}
   */
  edit(steps, name) {
    // After these, fields on the screen would name what is not there any more.
    const moves = steps.some((step) => "do" in step && ["remove_duty", "rename_department"].includes(String(step.do)));
    if (moves) byId("sheet").inert = true;
    this.sending = this.sending.then(() => this.send(steps, name)).finally(() => (byId("sheet").inert = false));
    return this.sending;
  }

  /**
   * @param {Step[]} steps
   * @param {string} [name]
   */
  async send(steps, name) {
    if (!this.full) return;
    const { number, revision } = this.full.edition;
    try {
      const { document } = this.full;
      const edits = steps.map((step) => (typeof step === "function" ? step(document) : step));
      const full = await catalogueApi.edit(number, revision, edits);
      const [first] = /** @type {{do: string, name?: string}[]} */ (edits);
      this.name = name ?? (first.do === "rename_department" ? (first.name ?? "") : this.name);
      await this.show(full);
      announce(t("catalogue.saved"));
    } catch (error) {
      showProblem(error);
      // What is on the screen is what the service has: the field goes back, and somebody else's edits are seen.
      await this.load(number);
    }
  }

  /** @param {"" | "submit" | "refuse"} form */
  open(form) {
    this.form = form;
    this.draw();
    document.getElementById("step-text")?.focus();
  }

  /**
   * @param {import("./catalogue-banner.js").StepName} step
   * @param {object} [more]
   */
  async take(step, more = {}) {
    if (!this.full) return;
    const { edition } = this.full;
    try {
      await this.sending;
      if (step === "begin") await catalogueApi.begin({});
      else if (step === "again") await catalogueApi.begin({ copy_of: edition.number });
      else await catalogueApi.step(step, this.full.edition.number === edition.number ? this.full.edition : edition, more);
      this.form = "";
      if (step === "approve" || step === "submit" || step === "refuse") announce(t(`catalogue.done.${step}`, { n: edition.number }));
      await this.load();
    } catch (error) {
      showProblem(error);
      if (error instanceof ApiError && error.status === 409) await this.load();
    }
  }

  /** @param {"current" | "changes" | "upload" | "export"} where */
  async go(where) {
    if (where === "current") await this.load();
    else if (where === "changes") await this.openTab("changes");
    else if (where === "upload") this.file.click();
    else this.download();
  }

  download() {
    if (!this.full) return;
    const blob = new Blob([JSON.stringify(this.full.document, null, 2), "\n"], { type: "application/json" });
    const address = URL.createObjectURL(blob);
    h("a", { href: address, download: `catalogue-${this.full.edition.number}.json` }).click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
  }

  async upload() {
    const [file] = this.file.files ?? [];
    this.file.value = "";
    if (!file || !this.full) return;
    try {
      const content = JSON.parse(await file.text());
      const document = Array.isArray(content) ? { departments: content } : content;
      await this.show(await catalogueApi.upload(this.full.edition.number, this.full.edition.revision, document));
      await this.openTab("changes");
    } catch (error) {
      showProblem(error instanceof SyntaxError ? new Error(t("catalogue.upload.bad")) : error);
    }
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    if (event.altKey && event.code === "KeyN" && this.editable) act(event, () => this.add());
    else if (event.key === "Escape" && this.form) act(event, () => this.open(""));
    else if (event.key === "Escape" && this.adding) act(event, () => ((this.adding = false), this.drawList()));
    if (isTyping() || event.altKey || event.defaultPrevented) return;
    if (event.key === "/") act(event, () => this.search.focus());
    else if (event.key === "ArrowDown") act(event, () => this.step(1));
    else if (event.key === "ArrowUp") act(event, () => this.step(-1));
  }

  /** @param {1 | -1} by */
  step(by) {
    const rows = this.found;
    const at = rows.findIndex((row) => row.name === this.name);
    const next = rows[Math.min(rows.length - 1, Math.max(0, at + by))];
    if (!next) return;
    this.choose(next.name);
    byId("departments").querySelector('[aria-current="true"]')?.scrollIntoView({ block: "nearest" });
  }
}

const account = await enterDesk();
if (account) {
  const { city, districts } = await api.areas();
  const desk = new CatalogueDesk(account, [city, ...districts.map((/** @type {{name: string}} */ district) => `${city}/${district.name}`)]);
  onLanguage(() => desk.draw());
  await desk.start();
  pageIsReady();
}
