/**
 * Building elements. Text that comes from the wire only ever becomes a text node: nothing here parses HTML.
 */
import { bindText, bindAttribute } from "./i18n.js";

const SVG = "http://www.w3.org/2000/svg";

/**
 * @typedef {object} Props
 * @property {string} [class]
 * @property {string | [string, Record<string, unknown>]} [i18n] key of the words shown, translated again on a switch
 * @property {Record<string, string | [string, Record<string, unknown>]>} [i18nAttr] attributes that hold words
 * @property {Record<string, EventListener>} [on]
 * @property {Record<string, string>} [data]
 */

/**
 * Make an HTML element.
 * @param {string} tag
 * @param {Props & Record<string, unknown>} [props] what is not named in Props becomes an attribute; false and null are left out
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {any} the element, typed loosely because the tag decides its class
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  const { class: className, i18n, i18nAttr, on, data, ...attributes } = props;
  if (className) element.className = className;
  for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, value);
  for (const [name, listener] of Object.entries(on ?? {})) element.addEventListener(name, listener);
  Object.assign(element.dataset, data ?? {});
  if (i18n) bindText(element, i18n);
  for (const [name, words] of Object.entries(i18nAttr ?? {})) bindAttribute(element, name, words);
  element.append(...present(children));
  return element;
}

/**
 * Make an SVG element.
 * @param {string} tag
 * @param {Record<string, unknown>} [attributes]
 * @param {...(Node | string | null | false)} children
 * @returns {SVGElement}
 */
export function svg(tag, attributes = {}, ...children) {
  const element = /** @type {SVGElement} */ (document.createElementNS(SVG, tag));
  for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, value);
  element.append(...present(children));
  return element;
}

/**
 * Put new children in the place of the old ones; the focus stays on the element with the same `data-key`.
 * @param {Element} parent
 * @param {...(Node | string | null | undefined | false)} children
 */
export function fill(parent, ...children) {
  const active = document.activeElement;
  const key = active instanceof HTMLElement && parent.contains(active) ? active.dataset.key : undefined;
  parent.replaceChildren(...present(children));
  if (key) /** @type {HTMLElement | null} */ (parent.querySelector(`[data-key="${CSS.escape(key)}"]`))?.focus();
}

/**
 * The element of that id. Pages are written by hand: a missing one is a fault of the page.
 * @param {string} id
 * @returns {any}
 */
export function byId(id) {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no #${id}`);
  return element;
}

/**
 * @param {Element} element
 * @param {string} name
 * @param {unknown} value
 */
function setAttribute(element, name, value) {
  if (value === false || value === null || value === undefined) return;
  element.setAttribute(name, value === true ? "" : String(value));
}

/**
 * @param {(Node | string | null | undefined | false)[]} children
 * @returns {(Node | string)[]}
 */
function present(children) {
  return /** @type {(Node | string)[]} */ (children.filter((child) => child || child === ""));
}
