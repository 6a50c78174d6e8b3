/** Keys and fields: whose keys they are, and that nothing half typed is lost when a sheet is drawn anew. */
import { t } from "./i18n.js";

/**
 * @param {Event} event
 * @param {() => void} what
 */
export function act(event, what) {
  event.preventDefault();
  what();
}

/**
 * A field that says so where there is more in it than may be sent, and keeps it: `maxlength` cuts off what is pasted.
 * @template {HTMLInputElement | HTMLTextAreaElement} Field
 * @param {Field} field
 * @param {number} most characters
 * @returns {Field}
 */
export function atMost(field, most) {
  field.addEventListener("input", () => {
    const n = [...field.value.trim()].length;
    field.setCustomValidity(n > most ? t("too_long", { n, most }) : "");
  });
  return field;
}

/** Whether keys belong to a field. */
export function isTyping() {
  const active = document.activeElement;
  return active instanceof HTMLInputElement || active instanceof HTMLTextAreaElement || active instanceof HTMLSelectElement;
}

/**
 * Draw anew; what was begun in the field that has the focus, what stands unsent in a form, and where the sheet was
 * scrolled to, stay.
 * @param {Element} host
 * @param {() => void} draw
 */
export function keepingWhatIsTyped(host, draw) {
  const active = document.activeElement;
  const field = (active instanceof HTMLInputElement || active instanceof HTMLTextAreaElement) && host.contains(active) ? active : null;
  const begun = field && field.value !== field.defaultValue ? field.value : null;
  const caret = field && begun !== null && field.type !== "date" ? field.selectionStart : null;
  const top = host.scrollTop;
  const unsent = new Map(fieldsOfForms(host).filter(isBegun).map((one) => [one.dataset.key, one.value]));
  draw();
  host.scrollTop = top;
  for (const one of fieldsOfForms(host)) one.value = unsent.get(one.dataset.key) ?? one.value;
  const now = document.activeElement;
  if (begun === null || !(now instanceof HTMLInputElement || now instanceof HTMLTextAreaElement) || now.dataset.key !== field?.dataset.key) return;
  now.value = begun;
  if (caret !== null) now.setSelectionRange(caret, caret);
}

/** Fields that are sent with a button: those of a sheet are sent as soon as they are left. @param {Element} host */
function fieldsOfForms(host) {
  return /** @type {(HTMLInputElement | HTMLSelectElement)[]} */ ([...host.querySelectorAll("form :is(input, select)[data-key]")]);
}

/** @param {HTMLInputElement | HTMLSelectElement} field */
function isBegun(field) {
  if (field instanceof HTMLInputElement) return field.value !== field.defaultValue;
  return [...field.options].some((option) => option.selected !== option.defaultSelected);
}
