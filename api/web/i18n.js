/** Chinese first, English by a switch that is remembered. Elements bound here change language where they stand. */
import { WORDS } from "./words.js";

const STORED = "hotline.language";
/** @type {"zh" | "en"} */
let language = localStorage.getItem(STORED) === "en" ? "en" : "zh";
/** @type {Set<() => void>} */
const listeners = new Set();

/** @typedef {string | [string, Record<string, unknown>]} Words a key, or a key with what goes into its {places} */

/** @returns {"zh" | "en"} */
export function currentLanguage() {
  return language;
}

/**
 * The words of `key` in the language of the screen.
 * @param {string} key
 * @param {Record<string, unknown>} [places]
 * @returns {string}
 */
export function t(key, places = {}) {
  const words = WORDS[language][key] ?? key;
  return words.replace(/\{(\w+)\}/g, (whole, name) => (name in places ? String(places[name]) : whole));
}

/** A sentence that the service says in both languages. @param {{message: string, chinese: string}} said */
export function inLanguage({ message, chinese }) {
  return language === "zh" ? chinese : message.replace(/^(?:the|there|rule|department)\b/, (word) => word[0].toUpperCase() + word.slice(1)).replace(/(?<=\b(?:Correct|Fill in|has no) )[\u4e00-\u9fff]+/g, labelInEnglish);
}

/** The files name fields in Chinese; an English screen does not. @param {string} label */
function labelInEnglish(label) {
  const key = Object.keys(WORDS.zh).find((name) => name.startsWith("knowledge.field.") && WORDS.zh[name] === label);
  return key ? WORDS.en[key] : label;
}

/**
 * Whether there are words for `key`: for names that come from the wire and may be newer than this page.
 * @param {string} key
 */
export function hasWords(key) {
  return key in WORDS[language];
}

/**
 * @param {HTMLElement} element
 * @param {Words} words
 */
export function bindText(element, words) {
  element.dataset.i18n = JSON.stringify(words);
  element.textContent = say(words);
}

/**
 * @param {HTMLElement} element
 * @param {string} name
 * @param {Words} words
 */
export function bindAttribute(element, name, words) {
  const bound = JSON.parse(element.dataset.i18nAttr ?? "{}");
  element.dataset.i18nAttr = JSON.stringify({ ...bound, [name]: words });
  element.setAttribute(name, say(words));
}

/**
 * @param {"zh" | "en"} wanted
 */
export function setLanguage(wanted) {
  language = wanted;
  localStorage.setItem(STORED, wanted);
  translatePage();
  redraw();
}

/** Draw anew what is drawn anew after a change of language: what it shows is called otherwise now. */
export function redraw() {
  for (const listener of listeners) listener();
}

/**
 * Call `listener` after each change of language: for pictures and numbers that are drawn anew.
 * @param {() => void} listener
 */
export function onLanguage(listener) {
  listeners.add(listener);
}

/** Translate what the page's HTML and the bound elements hold. */
export function translatePage() {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  for (const element of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-i18n]"))) {
    element.textContent = say(parse(element.dataset.i18n ?? ""));
  }
  for (const element of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-i18n-attr]"))) {
    const bound = JSON.parse(element.dataset.i18nAttr ?? "{}");
    for (const [name, words] of Object.entries(bound)) element.setAttribute(name, say(/** @type {Words} */ (words)));
  }
}

/**
 * @param {Words} words
 */
function say(words) {
  return typeof words === "string" ? t(words) : t(words[0], words[1]);
}

/**
 * The page's HTML names a bare key; elements made by script hold JSON.
 * @param {string} stored
 * @returns {Words}
 */
function parse(stored) {
  return stored.startsWith("[") || stored.startsWith('"') ? JSON.parse(stored) : stored;
}
