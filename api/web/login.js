/** The way in: name and password, then the desks that the account's roles open. */
import { api, ApiError } from "./api-client.js";
import { desksOf, showProblem, wireLanguage, wordsOf } from "./desk-frame.js";
import { byId, fill, h } from "./dom.js";
import { onLanguage, translatePage } from "./i18n.js";

/** Why nobody was let in. @type {unknown} */
let fault = null;

/** @param {import("./types.js").Account} account */
function welcome(account) {
  const next = new URLSearchParams(location.search).get("next");
  const open = desksOf(account);
  // only an address of this very list is followed
  const wanted = open.find((desk) => `/${desk}` === next);
  if (wanted) return location.replace(`/${wanted}`);
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

function askName() {
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
onLanguage(() => refuse(fault));
byId("login").addEventListener("submit", enter);
try {
  welcome(await api.me());
} catch (error) {
  if (!(error instanceof ApiError) || error.status !== 401) showProblem(error);
  askName();
}
