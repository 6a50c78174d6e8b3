/** How people are called. A name is asked for when somebody is first shown: no screen gets a list of all accounts. */
import { api } from "./api-client.js";
import { redraw } from "./i18n.js";

const AT_ONCE = 50; // as many as the service answers

/** Shown names by what people sign with. @type {Record<string, string>} */
const known = {};
/** Whom the service was asked about. @type {Set<string>} */
const asked = new Set();
/** @type {string[]} */
const waiting = [];

/** @param {Record<string, string>} found */
export function knowPeople(found) {
  Object.assign(known, found);
}

/** How a person is called; whoever is not known (yet), by what they sign with. @param {string | null} [name] */
export function person(name) {
  if (!name) return "";
  if (Object.hasOwn(known, name)) return known[name] || name;
  if (!asked.has(name)) {
    asked.add(name);
    if (waiting.push(name) === 1) setTimeout(() => void askForNames(), 0);
  }
  return name;
}

/** All that were shown in one go are asked for together; what shows them is drawn again. */
async function askForNames() {
  while (waiting.length) {
    const names = waiting.splice(0, AT_ONCE);
    const found = await api.people(names).catch(() => ({ people: {} }));
    knowPeople(found.people);
    if (Object.keys(found.people).length) redraw();
  }
}

/**
 * A sentence of the service with those called by their names whom it names; each once, since a name may be a word too.
 * @param {string} sentence
 * @param {string[]} names
 */
export function withPeople(sentence, names) {
  return names.reduce((said, name) => said.replace(name, () => person(name)), sentence);
}
