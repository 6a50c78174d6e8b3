/** Edits of a draft, field by field: sent one after another; what was not taken stays in its field, marked as unsaved. */
import { isSame, knowledgeApi } from "./knowledge-client.js";

/** @typedef {import("./knowledge-client.js").Content} Content */
/** @typedef {import("./knowledge-client.js").Full} Full */
/** @typedef {import("./knowledge-client.js").Version} Version */
/** @typedef {Record<string, {value: string | string[], error: unknown}>} Unsaved by field, with why it was not taken */

export class DraftEdits {
  /**
   * @param {object} given
   * @param {() => Full | null} given.shown
   * @param {(full: Full, version: Version) => void} given.saved the answer, and the version that was on the screen
   * @param {(error: unknown) => Promise<void>} given.refused
   * @param {() => void} given.draw
   */
  constructor({ shown, saved, refused, draw }) {
    this.shown = shown;
    this.saved = saved;
    this.refused = refused;
    this.draw = draw;
    /** Edits are sent one after another, each on what the one before it made: the last answer. */
    this.sending = Promise.resolve();
    /** @type {Full | null} */
    this.sent = null;
    /** Those that were not answered yet. @type {Set<{version: Version, fields: Content}>} */
    this.waiting = new Set();
    /** What was typed and not taken, by version. @type {Map<string, Unsaved>} */
    this.unsaved = new Map();
  }

  /** @param {Content} fields @returns {Promise<void>} */
  edit(fields) {
    const full = this.shown();
    if (!full) return this.sending;
    const asked = { version: full.version, fields };
    this.waiting.add(asked);
    this.sending = this.sending.then(() => this.send(full.version, fields)).finally(() => this.waiting.delete(asked));
    return this.sending;
  }

  /** Send once more what was typed into a field and not taken, unless something newer is on its way. @param {string} field */
  again(field) {
    const full = this.shown();
    const left = full && this.unsavedOf(full.version)[field];
    if (left && !this.isWaiting(full.version, field)) void this.edit({ [field]: left.value });
  }

  /** Leave a field as it is saved. @param {string} field */
  undo(field) {
    const full = this.shown();
    if (!full) return;
    if (this.isWaiting(full.version, field)) return void this.edit({ [field]: full.content[field] });
    this.forget(full.version, [field]);
    this.draw();
  }

  /** @param {Version} version @param {string} field */
  isWaiting(version, field) {
    return [...this.waiting].some((one) => isSame(one.version, version) && field in one.fields);
  }

  /** Whether something would be lost with the page. */
  get isOpen() {
    return this.waiting.size > 0 || this.unsaved.size > 0;
  }

  /** What was typed into the fields of a version and is not saved. @param {Version | undefined} version @returns {Unsaved} */
  unsavedOf(version) {
    return (version && this.unsaved.get(keyOf(version))) ?? {};
  }

  /** What was on the screen, as the last answer had it: another article may be looked at by now. @param {Version} version */
  latest(version) {
    return this.known(version)?.version ?? version;
  }

  /** @param {Version} version @returns {Full | null | undefined} */
  known(version) {
    return [this.shown(), this.sent].find((one) => isSame(one?.version, version));
  }

  /** @param {Version} version that was on the screen @param {Content} fields */
  async send(version, fields) {
    try {
      const before = this.known(version)?.content; // what it is compared with may have been on its way when it was typed
      if (before && Object.keys(fields).every((field) => JSON.stringify(fields[field]) === JSON.stringify(before[field]))) {
        this.forget(version, Object.keys(fields));
        return this.draw();
      }
      const full = await knowledgeApi.step("edits", this.latest(version), { fields });
      this.sent = full;
      this.forget(version, Object.keys(fields));
      this.saved(full, version);
    } catch (error) {
      const kept = Object.entries(fields).map(([field, value]) => [field, { value, error }]);
      this.unsaved.set(keyOf(version), { ...this.unsavedOf(version), ...Object.fromEntries(kept) });
      await this.refused(error);
      this.draw();
    }
  }

  /** @param {Version} version @param {string[]} names */
  forget(version, names) {
    const left = Object.entries(this.unsavedOf(version)).filter(([name]) => !names.includes(name));
    if (left.length > 0) this.unsaved.set(keyOf(version), Object.fromEntries(left));
    else this.unsaved.delete(keyOf(version));
  }
}

/** @param {Version} version */
function keyOf(version) {
  return `${version.article_id}/${version.number}`;
}
