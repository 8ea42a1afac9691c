/* Entry: marks that scripts run, and loads a module only where a page has its hook. */
const has = (selector) => document.querySelector(selector) !== null;

document.documentElement.classList.add("js");

if (has("[data-scheme-form]")) import("./scheme.js");
if (has("form[data-autosave]")) import("./autosave.js");
if (has("[data-progress]")) import("./progress.js");
if (has("[data-count]")) import("./count.js");
if (has("details[data-dialog]")) import("./dialog.js");
if (has("details[data-wide-open]")) import("./disclosure.js");

/* After a mistake the summary is where reading goes on. */
document.querySelector(".mend")?.focus();

/* Signing out leaves nothing behind on a shared computer. */
document.querySelector("form[data-sign-out]")?.addEventListener("submit", () => {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith("noc:")) localStorage.removeItem(key);
  } catch { /* this browser keeps nothing anyway */ }
});
