// The page that stands where another was asked for and cannot be shown: its header, and its texts in the page's language.

import { translate } from "../base/i18n.js";
import { startHeader } from "../parts/header.js";

startHeader();
translate();
document.documentElement.dataset.ready = "";
