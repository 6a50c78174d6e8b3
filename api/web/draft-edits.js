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
    /** @type {Version | null} */
    this.sent = null;
    /** What was typed and not taken, by version. @type {Map<string, Unsaved>} */
    this.unsaved = new Map();
  }

  /** @param {Content} fields @returns {Promise<void>} */
  edit(fields) {
    const full = this.shown();
    if (!full) return this.sending;
    const changed = Object.keys(fields).some((field) => JSON.stringify(fields[field]) !== JSON.stringify(full.content[field]));
    if (changed) this.sending = this.sending.then(() => this.send(full.version, fields));
    else this.undo(Object.keys(fields));
    return this.sending;
  }

  /** Leave these fields as they are saved. @param {string[]} names */
  undo(names) {
    const version = this.shown()?.version;
    if (!version) return;
    this.forget(version, names);
    this.draw();
  }

  /** What was typed into the fields of a version and is not saved. @param {Version | undefined} version @returns {Unsaved} */
  unsavedOf(version) {
    return (version && this.unsaved.get(keyOf(version))) ?? {};
  }

  /** What was on the screen, as the last answer had it: another article may be looked at by now. @param {Version} version */
  latest(version) {
    return [this.shown()?.version, this.sent].find((one) => isSame(one, version)) ?? version;
  }

  /** @param {Version} version that was on the screen @param {Content} fields */
  async send(version, fields) {
    try {
      const full = await knowledgeApi.step("edits", this.latest(version), { fields });
      this.sent = full.version;
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
