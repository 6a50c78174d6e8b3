/** How times, shares and values are written on the screen. */
import { currentLanguage, hasWords, t } from "./i18n.js";

export { person } from "./people.js";

/** @param {number} seconds @returns {string} 1:05 */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds || 0));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = String(whole % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

/* The service dates orders and articles by the city's clock (CITY_TIME in api/services.py), so the screen does not go by the machine's. */
const CITY_TIME = "Asia/Shanghai";
const ofDay = new Intl.DateTimeFormat("sv-SE", { timeZone: CITY_TIME, timeStyle: "medium" });
const ofDate = new Intl.DateTimeFormat("sv-SE", { timeZone: CITY_TIME, dateStyle: "short", timeStyle: "short" });

/** @param {string | number | Date} moment @returns {string} the city's time, 14:03:22 */
export function timeOfDay(moment) {
  const at = new Date(moment);
  return Number.isNaN(at.getTime()) ? "" : ofDay.format(at);
}

/** @param {string | number | Date} moment @returns {string} the city's time, 2026-11-22 14:03 */
export function dateAndTime(moment) {
  const at = new Date(moment);
  return Number.isNaN(at.getTime()) ? "" : ofDate.format(at);
}

/** @param {string} moment @returns {string} how long ago, in words */
export function age(moment) {
  const minutes = Math.max(0, Math.floor((Date.now() - new Date(moment).getTime()) / 60000));
  if (minutes < 1) return t("age.now");
  if (minutes < 60) return t("age.minutes", { n: minutes });
  if (minutes < 60 * 24) return t("age.hours", { n: Math.floor(minutes / 60) });
  return t("age.days", { n: Math.floor(minutes / 60 / 24) });
}

/** @param {number} share 0 to 1 @param {number} [digits] @returns {string} */
export function percent(share, digits = 0) {
  return `${(100 * share).toFixed(digits)}%`;
}

/**
 * A probability as a whole percentage; nothing is certain, so no 0% and no 100%.
 * @param {number} probability 0 to 1
 * @returns {string}
 */
export function likelihood(probability) {
  if (probability >= 0.995) return ">99%";
  return probability < 0.005 ? "<1%" : percent(probability);
}

/** @param {number} number @returns {string} */
export function count(number) {
  return number.toLocaleString(currentLanguage() === "zh" ? "zh-CN" : "en-GB");
}

/** A slot's value as one line. @param {unknown} value @returns {string} */
export function slotText(value) {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.join(t("list_separator"));
  if (typeof value === "object") {
    if ("path" in value) return /** @type {{path: string[]}} */ (value).path.join("/");
    const place = /** @type {{district?: string, street?: string, detail?: string, title?: string}} */ (value);
    return place.title ?? [place.district, place.street, place.detail].filter(Boolean).join("");
  }
  return term(String(value));
}

/**
 * A term of the hotline that the wire carries in Chinese (投诉, 特急) in the language of the screen.
 * @param {string} value
 */
export function term(value) {
  return hasWords(`term.${value}`) ? t(`term.${value}`) : value;
}

/** The words for a reason that is a known code, else the reason as somebody wrote it. @param {string} reason */
export function reasonText(reason) {
  return hasWords(`reason.${reason}`) ? t(`reason.${reason}`) : reason;
}
