/* Follows long work: asks its address and moves the bar. The server answers
   {"value": 3, "max": 10, "text": "…", "done": false, "location": "/where/next/"}. */
const QUICK = 1500;
const SLOW = 15000;

function follow(box) {
  const bar = box.querySelector("progress");
  const words = box.querySelector("[data-progress-text]");
  let wait = QUICK;

  async function ask() {
    try {
      const reply = await fetch(box.dataset.progress, { headers: { "X-Requested-With": "fetch", Accept: "application/json" } });
      if (!reply.ok) throw new Error(String(reply.status));
      const state = await reply.json();
      wait = QUICK;
      if (state.max) {
        bar.max = state.max;
        bar.value = state.value;
      }
      if (state.text && words.textContent !== state.text) words.textContent = state.text;
      if (state.done) {
        if (!state.max) { bar.max = 1; bar.value = 1; }
        if (state.location) location.assign(state.location);
        return;
      }
    } catch {
      wait = Math.min(wait * 2, SLOW);
      words.textContent = "No answer just now; the work goes on, and this page keeps asking.";
    }
    setTimeout(ask, wait);
  }
  setTimeout(ask, wait);
}

document.querySelectorAll("[data-progress]").forEach(follow);
