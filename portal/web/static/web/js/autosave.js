/* Saves a long form while it is filled in.

   <form data-autosave="URL" data-version="N"> posts itself to URL after a pause in typing, with the field `version`.
   200 {"saved_at": "14:02", "version": N + 1, "errors": {field: [message]}}  the text is safe
   409 {"message", "theirs": {field: value}, "version"}                       changed elsewhere: the person decides
   anything else                                                              kept on this device and tried again */
const QUIET = 800;
const PATIENCE = 3000;
const RETRY_FIRST = 4000;
const RETRY_LAST = 60000;
const LONGEST_KEPT = 7 * 24 * 60 * 60 * 1000;
const NEVER_KEPT = new Set(["csrfmiddlewaretoken", "version"]);

/* Private windows and full disks refuse storage; typing must go on without it. */
const shelf = {
  read(key) { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
  write(key, value) { try { localStorage.setItem(key, JSON.stringify(value)); return true; } catch { return false; } },
  clear(key) { try { localStorage.removeItem(key); } catch { /* nothing was kept */ } },
};

function answersOf(form) {
  const answers = {};
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && !NEVER_KEPT.has(name)) (answers[name] ??= []).push(value);
  }
  for (const secret of form.querySelectorAll("input[type=password]")) delete answers[secret.name];
  return answers;
}

/* `whole`: a name that is missing means "not ticked", as in a posted form; otherwise it means "leave alone". */
function fill(form, answers, whole) {
  for (const control of form.elements) {
    if (!control.name || NEVER_KEPT.has(control.name) || ["file", "submit", "button", "password"].includes(control.type)) continue;
    const given = answers[control.name];
    if (given === undefined && !whole) continue;
    const values = given === undefined || given === null ? [] : [].concat(given).map(String);
    if (control.type === "checkbox" || control.type === "radio") {
      control.checked = given === true || values.includes(control.value);
    } else if (control.type === "select-multiple") {
      for (const option of control.options) option.selected = values.includes(option.value);
    } else if (values.length) {
      /* Several controls of one name take their values in the order of the page. */
      const twins = [...form.elements].filter((other) => other.name === control.name && other.type === control.type);
      control.value = values[Math.max(twins.indexOf(control), 0)] ?? values[0];
    }
    control.dispatchEvent(new Event("input", { bubbles: false }));
  }
}

function question(form, text, buttons) {
  form.querySelector("[data-clash]")?.remove();
  const box = document.createElement("section");
  box.className = "clash";
  box.dataset.clash = "";
  box.setAttribute("role", "alert");
  const words = document.createElement("p");
  words.textContent = text;
  const row = document.createElement("p");
  row.className = "row";
  for (const [label, act] of buttons) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn--quiet btn--small";
    button.textContent = label;
    button.addEventListener("click", () => { box.remove(); act(); });
    row.append(button);
  }
  box.append(words, row);
  form.prepend(box);
}

function autosave(form) {
  const url = form.dataset.autosave;
  /* The person is part of the key: a control room shares its computers. */
  const key = `noc:${document.body.dataset.viewer ?? ""}:${url}`;
  const status = form.querySelector("[data-autosave-status]") ?? document.querySelector("[data-autosave-status]");
  let timer = 0;
  let retry = RETRY_FIRST;
  let saving = false;
  let again = false;
  let asking = false;
  let leaving = false;
  let pressed = null;
  let last = JSON.stringify(answersOf(form));

  function say(head, note = "") {
    if (!status) return;
    const strong = document.createElement("b");
    strong.textContent = head;
    status.replaceChildren(strong);
    if (note) {
      const small = document.createElement("span");
      small.textContent = note;
      status.append(small);
    }
  }

  function showErrors(errors) {
    /* Only fields that were marked by the server before can lose their mark here; new ones wait for "Save". */
    for (const control of form.querySelectorAll("[aria-invalid]")) {
      if (errors[control.name]) continue;
      control.removeAttribute("aria-invalid");
      control.closest(".bad")?.classList.remove("bad");
      document.getElementById(`${control.id}_error`)?.remove();
      document.querySelector(`.mend a[href="#${CSS.escape(control.id)}"]`)?.closest("li").remove();
    }
    const summary = document.querySelector(".mend");
    if (summary && !summary.querySelector("li")) summary.remove();
  }

  function put(sent = false) {
    return shelf.write(key, { version: form.dataset.version, answers: answersOf(form), at: Date.now(), sent });
  }

  function keep(reason = "Not saved on the server yet") {
    const kept = put();
    say(kept ? "Kept on this device" : "Not saved yet", kept ? reason : "This browser keeps nothing; leave the page open");
    clearTimeout(timer);
    timer = setTimeout(save, retry);
    retry = Math.min(retry * 2, RETRY_LAST);
  }

  function settle(now, reply) {
    form.dataset.version = reply.version;
    const hidden = form.elements.namedItem("version");
    if (hidden) hidden.value = reply.version;
    last = now;
    retry = RETRY_FIRST;
    /* The server keeps what is valid; an answer with a mistake exists on this device only, until it is mended. */
    const open = Object.keys(reply.errors ?? {}).length > 0;
    if (open) put(); else shelf.clear(key);
    say(`Saved ${reply.saved_at}`, open ? "All but an answer with a mistake, which is kept on this device" : "");
    showErrors(reply.errors ?? {});
  }

  function clash(reply) {
    asking = true;
    put();
    say("Not saved", "Please choose which text stays");
    question(form, reply.message, [
      ["Keep mine", () => { asking = false; form.dataset.version = reply.version; last = ""; save(); }],
      ["Take the other one", () => {
        asking = false;
        fill(form, reply.theirs ?? {}, false);
        settle(JSON.stringify(answersOf(form)), { version: reply.version, saved_at: "elsewhere" });
      }],
    ]);
  }

  async function save() {
    if (asking || leaving) return;
    if (saving) { again = true; return; }
    const now = JSON.stringify(answersOf(form));
    if (now === last) return;
    saving = true;
    const body = new FormData(form);
    /* Files travel with the real submit only: sending them with every pause would cost too much. */
    for (const input of form.querySelectorAll("input[type=file]")) body.delete(input.name);
    body.set("version", form.dataset.version);
    try {
      const reply = await fetch(url, {
        method: "POST", body, redirect: "manual", credentials: "same-origin",
        headers: { "X-Requested-With": "fetch", Accept: "application/json" },
      });
      if (reply.ok) settle(now, await reply.json());
      else if (reply.status === 409) clash(await reply.json());
      else {
        const out = reply.type === "opaqueredirect" || reply.status === 401 || reply.status === 403;
        const told = await reply.json().then((answer) => answer.message, () => undefined);
        keep(told ?? (out ? "Not saved on the server yet. Sign in in another tab, then go on here" : undefined));
      }
    } catch {
      keep();
    }
    saving = false;
    if (pressed) send();
    else if (again) { again = false; save(); }
  }

  /* A button pressed while a save is under way waits for its version number: else the form would clash with itself. */
  function send() {
    const { button } = pressed;
    pressed = null;
    saving = false;
    if (asking) return;
    form.requestSubmit(button);
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(save, QUIET);
  }

  form.addEventListener("input", later);
  form.addEventListener("change", later);
  /* The copy stays until the next page proves that the server has it: a submit can get lost like anything else. */
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (saving) {
      event.preventDefault();
      if (!pressed) setTimeout(() => { if (pressed) send(); }, PATIENCE);
      pressed = { button: event.submitter };
      return;
    }
    leaving = true;
    put(true);
  });
  addEventListener("pageshow", (event) => { if (event.persisted) leaving = false; });
  addEventListener("online", () => { retry = RETRY_FIRST; save(); });
  addEventListener("pagehide", () => {
    if (!asking && !leaving && JSON.stringify(answersOf(form)) !== last) put();
  });

  const kept = shelf.read(key);
  const arrived = kept?.sent && Number(form.dataset.version) > Number(kept.version);
  if (!kept || arrived || Date.now() - kept.at > LONGEST_KEPT || JSON.stringify(kept.answers) === last) {
    shelf.clear(key);
  } else {
    asking = true;
    question(form, "This device kept text that the server does not have yet.", [
      ["Bring it back", () => { asking = false; fill(form, kept.answers, true); save(); }],
      ["Throw it away", () => { asking = false; shelf.clear(key); }],
    ]);
  }
}

document.querySelectorAll("form[data-autosave]").forEach(autosave);
