/** A search box over a list, by keyboard and by mouse (the WAI-ARIA combobox pattern with a listbox). */
import { fill, h } from "./dom.js";

/** @typedef {{value: string, note?: string, search: string}} Option `note` is shown beside, `search` is looked through */

let boxes = 0;
const MOST = 8;

export class Combobox {
  /**
   * @param {object} given
   * @param {() => Option[]} given.options
   * @param {(value: string) => void} given.choose
   * @param {string} given.label key of the label
   * @param {string} given.placeholder key of the placeholder
   */
  constructor({ options, choose, label, placeholder }) {
    boxes += 1;
    this.id = `combobox-${boxes}`;
    this.options = options;
    this.choose = choose;
    /** @type {Option[]} */
    this.shown = [];
    this.active = -1;
    this.list = h("ul", { class: "options", role: "listbox", id: `${this.id}-list`, i18nAttr: { "aria-label": label } });
    this.list.hidden = true;
    this.nothing = h("p", { class: "options nothing", role: "status", i18n: "none_fits" });
    this.nothing.hidden = true;
    this.input = h("input", {
      type: "text",
      role: "combobox",
      autocomplete: "off",
      "aria-expanded": "false",
      "aria-autocomplete": "list",
      "aria-controls": `${this.id}-list`,
      i18nAttr: { "aria-label": label, placeholder },
      on: {
        input: () => this.search(),
        focus: () => this.input.value && this.search(),
        blur: () => this.close(),
        keydown: (event) => this.key(/** @type {KeyboardEvent} */ (event)),
      },
    });
    this.element = h("div", { class: "combobox" }, this.input, this.list, this.nothing);
  }

  search() {
    const words = this.input.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const fits = this.options().filter((o) => words.every((/** @type {string} */ word) => o.search.toLowerCase().includes(word)));
    fits.sort((a, b) => Number(!named(a, words)) - Number(!named(b, words)));
    this.shown = words.length ? fits.slice(0, MOST) : [];
    this.active = this.shown.length ? 0 : -1;
    this.draw();
    this.nothing.hidden = !words.length || this.shown.length > 0;
  }

  draw() {
    this.list.hidden = this.shown.length === 0;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
    this.input.setAttribute("aria-activedescendant", this.active < 0 ? "" : `${this.id}-${this.active}`);
    fill(this.list, ...this.shown.map((option, index) => this.item(option, index)));
    this.element.classList.toggle("below", !this.list.hidden && this.hasRoomBelow());
    this.list.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }

  /** The list opens away from the label above the box, unless there is no room. */
  hasRoomBelow() {
    const pane = this.element.closest(".order-form, .pane, dialog") ?? document.body;
    const room = Math.min(pane.getBoundingClientRect().bottom, window.innerHeight) - this.input.getBoundingClientRect().bottom;
    return room > this.list.offsetHeight;
  }

  /**
   * @param {Option} option
   * @param {number} index
   */
  item(option, index) {
    return h(
      "li",
      {
        role: "option",
        id: `${this.id}-${index}`,
        "aria-selected": String(index === this.active),
        // mousedown comes before the blur that closes the list
        on: { mousedown: (/** @type {Event} */ event) => (event.preventDefault(), this.take(index)) },
      },
      h("span", {}, option.value),
      option.note ? h("small", {}, option.note) : null,
    );
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.isComposing || event.altKey) return;
    const moves = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in moves && this.shown.length) {
      const step = moves[/** @type {"ArrowDown"} */ (event.key)];
      this.active = (this.active + step + this.shown.length) % this.shown.length;
      this.draw();
    } else if (event.key === "Enter" && this.active >= 0) {
      this.take(this.active);
    } else if (event.key === "Escape" && !this.list.hidden) {
      this.close();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {number} index */
  take(index) {
    const option = this.shown[index];
    this.input.value = "";
    this.close();
    this.choose(option.value);
  }

  close() {
    this.shown = [];
    this.active = -1;
    this.draw();
    this.nothing.hidden = true;
  }
}

/**
 * @param {Option} option
 * @param {string[]} words
 */
function named(option, words) {
  return words.some((word) => option.value.toLowerCase().includes(word));
}

/**
 * Departments of the catalogue as options: found by name, by alias, and by what their duties say.
 * @param {import("./types.js").Department[]} departments
 * @returns {Option[]}
 */
export function departmentOptions(departments) {
  return departments.map((department) => {
    const duties = Array.isArray(department.duties) ? department.duties : [];
    const texts = duties.flatMap((duty) => (typeof duty === "string" ? [duty] : [duty.text, ...(duty.phrases ?? [])]));
    const first = typeof department.duties === "string" ? department.duties : (texts[0] ?? "");
    return {
      value: department.name,
      note: first.slice(0, 24),
      search: [department.name, ...(department.aliases ?? []), ...texts, first].join(" "),
    };
  });
}

/**
 * Categories of the taxonomy as options: found by their names, their code, and what citizens call them.
 * @param {import("./types.js").Category[]} categories
 * @returns {Option[]}
 */
export function categoryOptions(categories) {
  return categories.map(({ code, path, phrases = [] }) => {
    const name = path.join("/");
    return { value: name, note: code, search: [name, code, ...phrases].join(" ") };
  });
}
