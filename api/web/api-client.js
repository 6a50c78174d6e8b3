/** The public API, as docs/wire.md has it. Every refusal becomes an ApiError with a sentence for the person. */
import { currentLanguage, t } from "./i18n.js";

/** A request that was refused or got no answer. `type` is the service's name of the error. */
export class ApiError extends Error {
  /**
   * @param {number} status 0 where the service could not be reached
   * @param {string} type
   * @param {string} message
   * @param {string} [chinese] the same, where it came from the service
   * @param {string[]} [people] accounts that it names
   */
  constructor(status, type, message, chinese = "", people = []) {
    super(message);
    this.status = status;
    this.type = type;
    this.chinese = chinese;
    this.people = people;
  }

  /** The sentence in the language of the screen. */
  get said() {
    return (currentLanguage() === "zh" && this.chinese) || this.message;
  }
}

/** @type {(asked: boolean) => void} */
let succeeded = () => {};

/**
 * Let `listener` know of everything that the service did or answered.
 * @param {(asked: boolean) => void} listener told whether a person had asked for it
 */
export function onSuccess(listener) {
  succeeded = listener;
}

/** Let the listener know of what was asked for and done without {@link ask}, as an upload is. */
export function wasDone() {
  succeeded(true);
}

/**
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 * @returns {Promise<any>} the JSON answered; null where there is none
 */
export async function ask(method, path, body) {
  const headers = { Accept: "application/json", ...(method === "GET" ? {} : { "Content-Type": "application/json" }) };
  const content = method === "GET" ? undefined : JSON.stringify(body ?? {});
  const response = await reach(path, { method, headers, body: content, credentials: "same-origin" });
  const text = await response.text();
  if (!response.ok) throw refusal(response.status, text);
  succeeded(method !== "GET" && !path.endsWith("/touch"));
  return text ? JSON.parse(text) : null;
}

/**
 * @param {string} path
 * @param {RequestInit} options
 */
export async function reach(path, options) {
  try {
    return await fetch(path, options);
  } catch {
    throw new ApiError(0, "unreachable", t("error.unreachable"));
  }
}

/**
 * @param {number} status
 * @param {string} text
 */
export function refusal(status, text) {
  /** @type {{type?: string, message?: string, chinese?: string, people?: string[]}} */
  let error = {};
  try {
    error = JSON.parse(text).error ?? {};
  } catch {
    error = {};
  }
  const message = status === 401 && !error.message ? t("error.login_over") : error.message;
  return new ApiError(status, error.type ?? "unknown", message ?? t("error.status", { status }), error.chinese, error.people);
}

const TRIES = 3;

/**
 * Try again where no answer came: the id makes a second arrival of the same request harmless.
 * @param {() => Promise<any>} act
 */
export async function persistently(act) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 0 || attempt === TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, 800 * attempt));
    }
  }
}

const segment = encodeURIComponent;

export const api = {
  /** @param {string} name @param {string} password */
  login: (name, password) => ask("POST", "/api/login", { name, password }),
  logout: () => ask("POST", "/api/logout"),
  me: () => ask("GET", "/api/me"),
  /** @param {string[]} names that people signed with */
  people: (names) => ask("GET", `/api/people?${new URLSearchParams(names.map((name) => ["name", name]))}`),

  recordings: () => ask("GET", "/api/recordings"),
  areas: () => ask("GET", "/api/areas"),
  departments: () => ask("GET", "/api/departments"),
  taxonomy: () => ask("GET", "/api/taxonomy"),
  evaluation: () => ask("GET", "/api/evaluation"),

  calls: () => ask("GET", "/api/calls"),
  /** @param {Record<string, string>} call */
  startCall: (call) => ask("POST", "/api/calls", call),
  /** @param {string} id */
  endCall: (id) => ask("POST", `/api/calls/${segment(id)}/end`),
  /** @param {string} id @param {number} after */
  events: (id, after) => ask("GET", `/api/calls/${segment(id)}/events?after=${after}`),
  /** @param {string} id */
  openAppeal: (id) => ask("POST", `/api/calls/${segment(id)}/appeals`),
  /** @param {string} id @param {object} wish */
  rearrange: (id, wish) => ask("POST", `/api/calls/${segment(id)}/rearrangements`, wish),
  /** @param {string} id @param {string} hint @param {{decision_id: string}} answer */
  decline: (id, hint, answer) => ask("POST", `/api/calls/${segment(id)}/hints/${segment(hint)}/decline`, answer),
  /** @param {string} id @param {object} decision */
  decide: (id, decision) => ask("POST", `/api/calls/${segment(id)}/decisions`, decision),
  /** @param {string} id @param {string} card @param {"touch" | "case" | "report"} what @param {object} body */
  card: (id, card, what, body) => ask("POST", `/api/calls/${segment(id)}/cards/${segment(card)}/${what}`, body),
  /** @param {string} id @param {{search_id: string, appeal_id: string, query: string}} wanted */
  lookUp: (id, wanted) => ask("POST", `/api/calls/${segment(id)}/searches`, wanted),
  /** Without a call. @param {{query: string, district?: string}} wanted */
  lookUpAlone: (wanted) => ask("POST", "/api/knowledge/lookups", wanted),
  /** @param {string} id @param {string} decision @param {{take_back_id: string, appeal_id: string, edited: boolean}} wish */
  takeBack: (id, decision, wish) => ask("POST", `/api/calls/${segment(id)}/answers/${segment(decision)}/take-back`, wish),
  /** @param {string} id @param {{request_id: string, appeal_id: string}} request */
  file: (id, request) => ask("POST", `/api/calls/${segment(id)}/work-orders`, request),

  /** @param {"filed" | "dispatched"} status */
  orders: (status) => ask("GET", `/api/work-orders?status=${status}`),
  /** @param {string} number */
  order: (number) => ask("GET", `/api/work-orders/${segment(number)}`),
  /** @param {string} number @param {object} decision */
  route: (number, decision) => ask("POST", `/api/work-orders/${segment(number)}/routing`, decision),

  /** @param {string} number @param {object} given */
  sendBack: (number, given) => ask("POST", `/api/work-orders/${segment(number)}/return`, given),
  labelIssues: () => ask("GET", "/api/label-issues"),
  /** @param {string} number @param {object} review */
  reviewLabel: (number, review) => ask("POST", `/api/work-orders/${segment(number)}/label-review`, review),
  returnReasons: () => ask("GET", "/api/work-orders/return-reasons"),

  /**
   * The sound of a shipped recording.
   * @param {string} id
   * @returns {Promise<ArrayBuffer>}
   */
  async recordingAudio(id) {
    const response = await reach(`/api/recordings/${segment(id)}/audio`, { credentials: "same-origin" });
    if (!response.ok) throw refusal(response.status, await response.text());
    return response.arrayBuffer();
  },

  /** @param {string} id @param {number} after */
  liveUrl(id, after) {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    return `${scheme}://${location.host}/api/calls/${segment(id)}/live?after=${after}`;
  },
};
