/** The way in: name and password, then the desks that the account's roles open. */
import { api, ApiError } from "./api-client.js";
import { deskAt, desksOf, pageIsReady, showProblem, whyRefused, wireLanguage, wordsOf } from "./desk-frame.js";
import { byId, fill, h } from "./dom.js";
import { onLanguage, t, translatePage } from "./i18n.js";

/** Why nobody was let in. @type {unknown} */
let fault = null;
/** Who is in, once somebody is. @type {import("./types.js").Account | null} */
let known = null;
/** The desk that somebody wanted to open and was led here from; only one of our own is followed. */
const wanted = deskAt(new URLSearchParams(location.search).get("next"));

/** @param {import("./types.js").Account} account */
function welcome(account) {
  const open = desksOf(account);
  if (open.includes(wanted)) return location.replace(`/${wanted}`);
  known = account;
  explain();
  byId("login").hidden = true;
  byId("desks").hidden = false;
  fill(byId("desk-list"), ...open.map(deskLink), open.length === 0 && h("p", { class: "hint", i18n: "no_desk" }));
  fill(
    byId("account"),
    h("span", { class: "who" }, account.display_name || account.name),
    h("button", { type: "button", class: "quiet", i18n: "logout", on: { click: leave } }),
  );
  return byId("desk-list").querySelector("a")?.focus();
}

/** @param {string} desk */
function deskLink(desk) {
  return h("a", { class: "desk-choice", href: `/${desk}` }, h("strong", { i18n: `desk.${desk}` }), h("span", { i18n: `desk.${desk}.about` }));
}

/** Why this page is shown to somebody who asked for another. */
function explain() {
  byId("login-why").textContent = wanted && !known ? t("login.why", { desk: t(`desk.${wanted}`) }) : "";
  fill(byId("no-role"), ...(wanted && known ? whyRefused(known, wanted) : []));
}

function askName() {
  known = null;
  explain();
  byId("login").hidden = false;
  byId("desks").hidden = true;
  fill(byId("account"));
  byId("name").focus();
}

async function leave() {
  await api.logout().catch(showProblem);
  askName();
}

/** @param {unknown} why null where there is nothing to say any more */
function refuse(why) {
  fault = why;
  byId("login-fault").textContent = why === null ? "" : wordsOf(why);
}

/** @param {Event} event */
async function enter(event) {
  event.preventDefault();
  const button = byId("login").querySelector("button");
  button.disabled = true;
  refuse(null);
  try {
    const account = await api.login(byId("name").value.trim(), byId("password").value);
    byId("password").value = "";
    welcome(account);
  } catch (error) {
    refuse(error);
    byId("password").select();
  } finally {
    button.disabled = false;
  }
}

translatePage();
wireLanguage();
onLanguage(() => {
  refuse(fault);
  explain();
});
byId("login").addEventListener("submit", enter);
try {
  welcome(await api.me());
} catch (error) {
  if (!(error instanceof ApiError) || error.status !== 401) showProblem(error);
  askName();
}
pageIsReady();
