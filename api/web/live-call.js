/** The WebSocket of one call: audio up, events down, taken up again after the last event whenever it breaks. */
import { api, ApiError } from "./api-client.js";

/**
 * @typedef {object} Handlers
 * @property {(hello: {call: any, seq: number, heard_until: Record<string, number>, ended: boolean}) => void} hello
 * @property {(event: import("./types.js").WireEvent) => void} event
 * @property {(interim: import("./types.js").Interim) => void} interim
 * @property {(seconds: number) => void} lag
 * @property {(problem: ApiError, from?: Record<string, number>) => void} problem `from`: resend the sound from there
 * @property {(state: "connecting" | "open" | "waiting" | "closed") => void} state
 */

const FIRST_WAIT = 500;
const LONGEST_WAIT = 8000;

/** Answers that trying again will not change: not logged in, not allowed, no such call. */
const REFUSED = [401, 403, 404];

/** Close codes after which trying again makes no sense: refused by policy, or by the service on purpose. */
const isFinal = (/** @type {number} */ code) => code === 1008 || (code >= 4400 && code < 4500);

export class LiveCall {
  /**
   * @param {string} callId
   * @param {() => number} after the last event that the screen holds
   * @param {Handlers} handlers
   */
  constructor(callId, after, handlers) {
    this.callId = callId;
    this.after = after;
    this.handlers = handlers;
    /** @type {WebSocket | null} */
    this.socket = null;
    this.wait = FIRST_WAIT;
    this.closed = false;
    this.over = false;
    this.greeted = false;
    this.timer = 0;
  }

  /** Connect, and stay connected until `close`. */
  open() {
    this.handlers.state("connecting");
    this.greeted = false;
    const socket = new WebSocket(api.liveUrl(this.callId, this.after()));
    socket.binaryType = "arraybuffer";
    socket.addEventListener("message", (message) => this.receive(message));
    socket.addEventListener("close", (event) => this.broke(socket, event.code));
    this.socket = socket;
  }

  /** Whether what is sent now would arrive. */
  get ready() {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  /** Bytes that were handed over and have not left yet. */
  get backlog() {
    return this.socket?.bufferedAmount ?? 0;
  }

  /** @param {ArrayBuffer | object} frame sound, or a message that becomes JSON */
  send(frame) {
    if (!this.ready) return;
    this.socket?.send(frame instanceof ArrayBuffer ? frame : JSON.stringify(frame));
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    this.socket?.close();
    this.handlers.state("closed");
  }

  /** @param {MessageEvent} message */
  receive(message) {
    const said = JSON.parse(message.data);
    switch (said.type) {
      case "hello":
        this.wait = FIRST_WAIT;
        this.greeted = true;
        this.over = said.ended;
        this.handlers.state("open");
        return this.handlers.hello(said);
      case "event":
        if (said.name === "call_ended") this.over = true;
        return this.handlers.event(said);
      case "interim":
        return this.handlers.interim(said);
      case "lag":
        return this.handlers.lag(said.seconds);
      case "problem":
        return this.handlers.problem(new ApiError(200, "problem", said.message, said.chinese), said.from);
      default:
        return undefined; // a newer service may say more than this page knows
    }
  }

  /**
   * @param {WebSocket} socket
   * @param {number} code
   */
  async broke(socket, code) {
    if (socket !== this.socket || this.closed) return;
    const refusal = this.greeted ? null : await this.refusal();
    if (this.closed) return;
    if (refusal) this.handlers.problem(refusal);
    if (refusal || isFinal(code) || (this.over && code === 1000)) {
      this.handlers.state("closed");
      return;
    }
    this.handlers.state("waiting");
    this.timer = window.setTimeout(() => this.open(), this.wait * (0.75 + Math.random() / 2));
    this.wait = Math.min(LONGEST_WAIT, this.wait * 2);
  }

  /**
   * A browser does not say why a socket was not opened: a plain request does.
   * @returns {Promise<ApiError | null>} why trying again makes no sense, if it does not
   */
  async refusal() {
    try {
      await api.events(this.callId, this.after());
      return null;
    } catch (error) {
      return error instanceof ApiError && REFUSED.includes(error.status) ? error : null;
    }
  }
}
