/* Printing and copying the backup codes; the page offers a file without it. */
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

for (const button of document.querySelectorAll("[data-copy]")) {
  // Pages without a secure address have no clipboard.
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const rows = document.getElementById(button.dataset.copy).children;
    await navigator.clipboard.writeText([...rows].map((row) => row.textContent.trim()).join("\n"));
    button.textContent = button.dataset.done;
  });
}
