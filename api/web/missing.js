/** What a browser shows at an address where nothing is: the way back. */
import { wireLanguage } from "./desk-frame.js";
import { byId } from "./dom.js";
import { translatePage } from "./i18n.js";

translatePage();
wireLanguage();
byId("missing-back").href = "/";
byId("missing-back").focus();
