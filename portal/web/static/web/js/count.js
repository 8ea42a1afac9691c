/* Counts the letters of a long answer while it is typed. Nothing is cut off: the server says by how much it is long. */
for (const note of document.querySelectorAll("[data-count]")) {
  const control = document.getElementById(note.dataset.for);
  const words = note.querySelector("span");
  if (!control || !words) continue;
  const limit = Number(note.dataset.count);
  const show = () => {
    const left = limit - control.value.length;
    const number = (value) => value.toLocaleString("en-GB");
    words.textContent = left < 0
      ? `${number(-left)} characters too many`
      : `${number(control.value.length)} of ${number(limit)} characters`;
  };
  control.addEventListener("input", show);
  show();
}
