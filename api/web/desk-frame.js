/** What every desk has around it: who is logged in, the language switch, the way out, and a place for problems. */
import { api, ApiError, onSuccess } from "./api-client.js";
import { byId, fill, h } from "./dom.js";
import { currentLanguage, hasWords, onLanguage, setLanguage, t, translatePage } from "./i18n.js";
import { knowPeople, withPeople } from "./people.js";

/** Every desk, and the roles that open it. */
const DESKS = { agent: ["agent"], dispatcher: ["dispatcher"], catalogue: ["dispatcher", "editor"], knowledge: ["editor", "administrator"], evaluator: ["evaluator"] };

/** @param {import("./types.js").Account} account @returns {string[]} the desks that it may use */
export function desksOf(account) {
  return Object.entries(DESKS).flatMap(([desk, roles]) => (roles.some((role) => account.roles.includes(role)) ? [desk] : []));
}

/** What is on this page answers to hands and keys from now on. */
export function pageIsReady() {
  document.body.setAttribute("aria-busy", "false");
}

/** The desk that an address names, if it names one. @param {string | null} path @returns {string} */
export function deskAt(path) {
  return Object.keys(DESKS).find((desk) => `/${desk}` === path) ?? "";
}

/**
 * Why somebody may not use a desk, and whom to ask.
 * @param {import("./types.js").Account} account
 * @param {string} desk
 */
export function whyRefused(account, desk) {
  const wanted = DESKS[/** @type {keyof typeof DESKS} */ (desk)].map((role) => t(`role.${role}`)).join(t("list_separator"));
  return [
    h("p", {}, h("strong", {}, t("error.no_role", { name: account.display_name || account.name, desk: t(`desk.${desk}`) }))),
    h("p", {}, t("error.no_role_why", { roles: wanted })),
  ];
}

/**
 * Take the desk into use: whoever is not logged in goes to the login, whoever lacks the role is told so.
 * @returns {Promise<import("./types.js").Account | null>} null where the desk may not be used
 */
export async function enterDesk() {
  translatePage();
  wireLanguage();
  try {
    const account = await api.me();
    knowPeople({ [account.name]: account.display_name });
    showAccount(account);
    if (desksOf(account).includes(deskAt(location.pathname))) return account;
    refuse(account);
    pageIsReady();
    return null;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) location.replace(`/?next=${encodeURIComponent(location.pathname)}`);
    else showProblem(error);
    return null;
  }
}

/** The switch shows the language that it leads to. */
export function wireLanguage() {
  const button = byId("language");
  const draw = () => {
    button.textContent = currentLanguage() === "zh" ? "English" : "中文";
    button.lang = currentLanguage() === "zh" ? "en" : "zh-CN";
  };
  button.addEventListener("click", () => {
    setLanguage(currentLanguage() === "zh" ? "en" : "zh");
    draw();
  });
  onLanguage(() => {
    if (problem !== null) showProblem(problem);
  });
  draw();
}

/** @param {import("./types.js").Account} account */
function showAccount(account) {
  const links = desksOf(account).filter((desk) => `/${desk}` !== location.pathname);
  fill(
    byId("account"),
    ...links.map((desk) => h("a", { class: "desk-link", href: `/${desk}`, i18n: `desk.${desk}` })),
    h("span", { class: "who" }, account.display_name || account.name),
    h("button", { class: "quiet", type: "button", i18n: "logout", on: { click: leave } }),
  );
}

async function leave() {
  try {
    await api.logout();
  } finally {
    location.assign("/");
  }
}

/** @param {import("./types.js").Account} account */
function refuse(account) {
  const main = document.querySelector("main") ?? document.body;
  const draw = () => {
    const back = h("p", {}, h("a", { href: "/", i18n: "choose_desk" }));
    fill(main, h("div", { class: "notice", role: "alert" }, ...whyRefused(account, deskAt(location.pathname)), back));
  };
  main.className = "refused";
  for (const part of document.querySelectorAll("body > header > :not(h1, #language, #account, .spacer)")) part.remove();
  onLanguage(draw);
  draw();
}

let problemTimer = 0;
/** What the box says. @type {unknown} */
let problem = null;

/** @param {unknown} error @returns {string} in the language of the screen, and never a script's own English on it */
export function wordsOf(error) {
  if (!(error instanceof ApiError)) return error instanceof Error && error.constructor !== Error ? t("error.page") : error instanceof Error ? error.message : String(error);
  const own = `problem.${error.type}`;
  return hasWords(own) ? t(own) : withPeople(error.said, error.people);
}

function hideProblem() {
  clearTimeout(problemTimer);
  byId("problem").hidden = true;
  problem = null;
}

/** What a person asked for was done: an older problem is settled. So is one of the network when the service answers. */
onSuccess((asked) => {
  const unreachable = problem instanceof ApiError && (problem.status === 0 || problem.status >= 500);
  if (problem !== null && (asked || unreachable)) hideProblem();
});

/**
 * Say what went wrong where it cannot be missed and does not move anything.
 * @param {unknown} error
 */
export function showProblem(error) {
  const again = error instanceof ApiError && error.status === 401;
  const box = byId("problem");
  fill(
    box,
    h("span", {}, wordsOf(error)),
    again && h("a", { href: "/", target: "_blank", i18n: "login.again" }),
    h("button", { class: "quiet", type: "button", i18n: "close", on: { click: hideProblem } }),
  );
  box.hidden = false;
  problem = error;
  clearTimeout(problemTimer);
  problemTimer = window.setTimeout(hideProblem, 12000);
  if (!(error instanceof ApiError) && error instanceof Error) console.error(error);
}

/**
 * Say something to those who hear the screen.
 * @param {string} text
 */
export function announce(text) {
  byId("announcer").textContent = text;
}

/** An id for something that may be sent twice and must count once. */
export function newId() {
  // crypto.randomUUID exists only in secure contexts; an intranet may well serve plain HTTP
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
