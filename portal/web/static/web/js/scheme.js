/* Remembers the display switch as soon as it is turned; without this module the form does it. */
const form = document.querySelector("[data-scheme-form]");
const YEAR = 365 * 24 * 60 * 60;

form.addEventListener("change", (event) => {
  const choice = event.target.value;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  const age = choice === "system" ? 0 : YEAR;
  document.cookie = `scheme=${choice}; Path=/; Max-Age=${age}; SameSite=Lax${secure}`;
  if (choice === "system") delete document.documentElement.dataset.scheme;
  else document.documentElement.dataset.scheme = choice;
});
