/* Passkeys. <form data-passkey="get|create" data-passkey-options="URL"> asks URL for options, lets the browser use or
   make a passkey, puts its answer into [data-passkey-answer] and is then sent like any other form. The words for what
   can go wrong stand in the form's data attributes; the server says the rest. */
const LATIN = { "-": "+", _: "/" };

const bytes = (text) => Uint8Array.from(atob(text.replace(/[-_]/g, (letter) => LATIN[letter])), (letter) => letter.charCodeAt(0));
const words = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const known = (list = []) => list.map((each) => ({ ...each, id: bytes(each.id) }));

/* By hand, because parse…OptionsFromJSON and toJSON are missing in browsers that people still use. */
function readable(options) {
  const read = { ...options, challenge: bytes(options.challenge) };
  if (options.user) read.user = { ...options.user, id: bytes(options.user.id) };
  if (options.excludeCredentials) read.excludeCredentials = known(options.excludeCredentials);
  if (options.allowCredentials) read.allowCredentials = known(options.allowCredentials);
  return read;
}

function written({ id, rawId, type, authenticatorAttachment, response }) {
  const parts = {};
  for (const key of ["clientDataJSON", "attestationObject", "authenticatorData", "signature"]) {
    if (response[key]) parts[key] = words(response[key]);
  }
  if (response.getTransports) parts.transports = response.getTransports();
  const attachment = authenticatorAttachment ? { authenticatorAttachment } : {};
  return JSON.stringify({ id, rawId: words(rawId), type, ...attachment, response: parts });
}

/* Which of the form's words fits a refusal of the browser (WebAuthn Level 3, 5.1.3 and 5.1.4). */
const REASONS = {
  NotAllowedError: "cancelled", AbortError: "cancelled", InvalidStateError: "known",
  ConstraintError: "unlocked", NotSupportedError: "unsupported", SecurityError: "unsupported",
};

function attach(form) {
  const field = form.querySelector("[data-passkey-answer]");
  const place = form.querySelector("[data-passkey-said]");
  const button = form.querySelector("button[type=submit]");
  let busy = false;
  form.querySelector("[data-passkey-scriptless]").remove();

  function line(name, text) {
    const made = document.createElement("p");
    made.className = name;
    made.textContent = text;
    return made;
  }

  /* The first sentence of a mistake stands on the flag, what to do beneath it. */
  function say(text, mistake) {
    const [, what, then = ""] = text.match(/^(.*?)(?:\. (.*))?$/s);
    place.classList.toggle("bad", mistake);
    place.replaceChildren(...(mistake ? [line("flag", what), ...(then ? [line("hint mt4", then)] : [])] : [line("hint", text)]));
  }

  async function options() {
    const body = new FormData();
    for (const name of ["csrfmiddlewaretoken", "name"]) {
      const control = form.elements.namedItem(name);
      if (control) body.set(name, control.value);
    }
    const reply = await fetch(form.dataset.passkeyOptions, {
      method: "POST", body, redirect: "manual", credentials: "same-origin",
      headers: { "X-Requested-With": "fetch", Accept: "application/json" },
    });
    const told = await reply.json();
    if (!reply.ok) throw new Error(told.message);
    return readable(told);
  }

  async function answer() {
    let publicKey;
    try {
      publicKey = await options();
    } catch (error) {
      say(error instanceof SyntaxError || error instanceof TypeError ? form.dataset.failed : error.message, true);
      return;
    }
    try {
      field.value = written(await navigator.credentials[form.dataset.passkey]({ publicKey }));
    } catch (error) {
      say(form.dataset[REASONS[error.name] ?? "cancelled"], true);
      return;
    }
    // A form that the step-up page carries along may have a field of that name.
    HTMLFormElement.prototype.submit.call(form);
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) return;
    if (!window.PublicKeyCredential || !navigator.credentials) {
      say(form.dataset.unsupported, true);
      return;
    }
    busy = true;
    button.setAttribute("aria-disabled", "true");
    say(form.dataset.wait, false);
    await answer();
    button.removeAttribute("aria-disabled");
    busy = false;
  });
  /* A page that comes back from the browser's memory must not send an old answer. */
  addEventListener("pageshow", () => { field.value = ""; });
}

document.querySelectorAll("form[data-passkey]").forEach(attach);
