/** The controls in which a person sees and changes the value of one slot: text, list, place, departments. */
import { Combobox, categoryOptions, departmentOptions } from "./combobox.js";
import { fill, h } from "./dom.js";

/**
 * @typedef {object} Editor
 * @property {HTMLElement} element
 * @property {HTMLElement} control the one that takes the focus
 * @property {() => any} get the value as the wire has it
 * @property {(value: any) => void} set `undefined` empties it
 * @property {(locked: boolean) => void} lock
 *
 * @typedef {object} City
 * @property {import("./types.js").District[]} districts
 * @property {import("./types.js").Department[]} departments
 * @property {import("./types.js").Category[]} [categories]
 */

const KINDS = ["咨询", "求助", "投诉", "举报", "建议", "表扬"];
const URGENCIES = ["一般", "紧急", "特急"];

/**
 * @param {import("./types.js").Slot} slot
 * @param {City} city
 * @param {() => void} changed
 * @returns {Editor}
 */
export function slotEditor(slot, city, changed) {
  switch (slot) {
    case "kind":
      return listEditor(slot, KINDS, changed);
    case "urgency":
      return listEditor(slot, URGENCIES, changed);
    case "summary":
      return textEditor(h("textarea", { rows: 3, ...labelled(slot) }), changed);
    case "place":
      return placeEditor(city, changed);
    case "category":
      return categoryEditor(city, changed);
    case "co_departments":
      return departmentsEditor(city, changed);
    default:
      return textEditor(h("input", { type: "text", autocomplete: "off", ...labelled(slot) }), changed);
  }
}

/** @param {string} slot */
const labelled = (slot) => ({ i18nAttr: { "aria-label": `slot.${slot}` } });

/**
 * @param {HTMLInputElement | HTMLTextAreaElement} control
 * @param {() => void} changed
 * @returns {Editor}
 */
function textEditor(control, changed) {
  control.addEventListener("input", changed);
  return {
    element: control,
    control,
    get: () => control.value.trim(),
    set: (value) => (control.value = value ?? ""),
    lock: (locked) => (control.readOnly = locked),
  };
}

/**
 * @param {string} slot
 * @param {string[]} terms
 * @param {() => void} changed
 * @returns {Editor}
 */
function listEditor(slot, terms, changed) {
  const options = terms.map((term) => h("option", { value: term, i18n: `term.${term}` }));
  const control = h("select", { ...labelled(slot), on: { change: changed } }, h("option", { value: "" }, "—"), ...options);
  return {
    element: control,
    control,
    get: () => control.value,
    set: (value) => (control.value = value ?? ""),
    lock: (locked) => (control.disabled = locked),
  };
}

/**
 * @param {City} city
 * @param {() => void} changed
 * @returns {Editor}
 */
function placeEditor(city, changed) {
  const listId = `streets-${Math.random().toString(36).slice(2)}`;
  const streets = h("datalist", { id: listId });
  const district = h("input", { type: "text", list: "districts", i18nAttr: { "aria-label": "place.district", placeholder: "place.district" } });
  const street = h("input", { type: "text", list: listId, i18nAttr: { "aria-label": "place.street", placeholder: "place.street" } });
  const detail = h("input", { type: "text", i18nAttr: { "aria-label": "place.detail", placeholder: "place.detail" } });
  const controls = [district, street, detail];
  const offer = () => {
    const known = city.districts.filter((d) => !district.value || d.name === district.value);
    fill(streets, ...known.flatMap((d) => d.streets).map((name) => h("option", { value: name })));
  };
  for (const control of controls) {
    control.autocomplete = "off";
    control.addEventListener("input", () => (offer(), changed()));
  }
  offer();
  return {
    element: h("div", { class: "place" }, district, street, detail, streets),
    control: district,
    get: () => {
      const [d, s, x] = controls.map((control) => control.value.trim());
      return d || s || x ? { district: d, street: s, detail: x } : "";
    },
    set: (value) => {
      [district.value, street.value, detail.value] = [value?.district ?? "", value?.street ?? "", value?.detail ?? ""];
      offer();
    },
    lock: (locked) => controls.forEach((control) => (control.readOnly = locked)),
  };
}

/**
 * One category of the taxonomy, searched by its names, its code and what citizens call it.
 * @param {City} city
 * @param {() => void} changed
 * @returns {Editor}
 */
function categoryEditor(city, changed) {
  /** @type {import("./types.js").Category | null} */
  let chosen = null;
  let isLocked = false;
  const shown = h("span", { class: "chips" });
  const box = new Combobox({
    options: () => categoryOptions(city.categories ?? []),
    choose: (text) => put((city.categories ?? []).find((one) => one.path.join("/") === text) ?? null),
    label: "slot.category",
    placeholder: "search_category",
  });
  const draw = () => {
    fill(shown, ...(chosen ? [chip(chosen)] : []));
    box.element.hidden = isLocked;
  };
  const put = (/** @type {import("./types.js").Category | null} */ wanted) => {
    chosen = wanted;
    draw();
    changed();
  };
  const chip = (/** @type {import("./types.js").Category} */ one) =>
    h("span", { class: "chip", title: one.code }, one.path.join("/"), !isLocked && removal(one.path.join("/"), () => put(null)));
  return {
    element: h("div", { class: "departments" }, shown, box.element),
    control: box.input,
    get: () => (chosen ? { code: chosen.code, path: chosen.path } : ""),
    set: (value) => {
      chosen = value ?? null;
      draw();
    },
    lock: (locked) => {
      isLocked = locked;
      draw();
    },
  };
}

/**
 * @param {City} city
 * @param {() => void} changed
 * @returns {Editor}
 */
function departmentsEditor(city, changed) {
  /** @type {string[]} */
  let names = [];
  let isLocked = false;
  const chips = h("span", { class: "chips" });
  const box = new Combobox({
    options: () => departmentOptions(city.departments),
    choose: (name) => put([...names.filter((n) => n !== name), name]),
    label: "slot.co_departments",
    placeholder: "add_department",
  });
  const draw = () => fill(chips, ...names.map(chip));
  const put = (/** @type {string[]} */ wanted) => {
    names = wanted;
    draw();
    changed();
  };
  const chip = (/** @type {string} */ name) =>
    h("span", { class: "chip" }, name, !isLocked && removal(name, () => put(names.filter((n) => n !== name))));
  return {
    element: h("div", { class: "departments" }, chips, box.element),
    control: box.input,
    get: () => (names.length ? names : ""),
    set: (value) => {
      names = [...(value ?? [])];
      draw();
    },
    lock: (locked) => {
      isLocked = locked;
      box.element.hidden = locked;
      draw();
    },
  };
}

/**
 * @param {string} name
 * @param {() => void} remove
 */
function removal(name, remove) {
  return h("button", { type: "button", class: "remove", i18nAttr: { "aria-label": ["remove", { name }] }, on: { click: remove } }, "×");
}
