/* Lifts the question of a disclosure into a native dialog: the page behind it rests, Escape leads out, and the
   disclosure's button has the focus again afterwards. One that comes back with mistakes stays open in its place. */
for (const details of document.querySelectorAll("details[data-dialog]:not([open])")) {
  const opener = details.querySelector("summary");
  const box = opener.nextElementSibling;
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-labelledby", box.getAttribute("aria-labelledby"));
  details.after(dialog);
  const way = box.querySelector("[data-close]");
  way.hidden = false;
  way.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => { details.append(box); opener.focus(); });
  opener.addEventListener("click", (event) => {
    event.preventDefault();
    dialog.append(box);
    dialog.showModal();
  });
}
