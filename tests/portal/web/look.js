/* What a page must hold however wide, however coloured. Returns sentences; none when all is well.
   Run in the page by tests/portal/web/test_look.py. */
(focusToo) => {
  const faults = [];
  const name = (element) => {
    const words = (element.getAttribute("aria-label") || element.textContent || element.id || "").trim();
    const classes = element.getAttribute("class");
    return `<${element.localName}${classes ? `.${classes.trim().replaceAll(/\s+/g, ".")}` : ""}> ${words.slice(0, 40)}`;
  };
  const clipped = (element) => {
    for (let it = element; it; it = it.parentElement) if (getComputedStyle(it).clipPath === "inset(50%)") return true;
    return false;
  };
  /* A country of the flow map says its sentence alone, when it is chosen. */
  const unseen = (element) => element.closest(".mine, .vh, [hidden], defs, title, desc, dialog:not([open])")
    || clipped(element) || !element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true });
  const inScroll = (element) => element.closest(".scroll");
  const width = document.documentElement.clientWidth;

  if (document.documentElement.scrollWidth > width) faults.push(`the page is ${document.documentElement.scrollWidth} wide`);

  /* Every line of text: inside the page, not cut by its box, on no other line. */
  const lines = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || ["SCRIPT", "STYLE", "TEXTAREA", "OPTION"].includes(element.tagName) || unseen(element)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) {
      if (box.width < 2 || box.height < 2) continue;
      if (!inScroll(element) && (box.left < -0.5 || box.right > width + 0.5)) faults.push(`outside the page: ${name(element)}`);
      const fixed = element.closest(".band__head, .savebar, .form__tasks, .skip");
      /* A box of text is as high as its font wants to be; letters fill its middle. */
      const edge = 0.18 * box.height;
      if (!inScroll(element) && !fixed) {
        lines.push({ element, left: box.left, right: box.right, top: box.top + edge, bottom: box.bottom - edge });
      }
    }
    const style = getComputedStyle(element);
    if (style.overflowX === "hidden" && element.scrollWidth > element.clientWidth + 1) faults.push(`cut: ${name(element)}`);
  }
  lines.sort((a, b) => a.top - b.top);
  for (let i = 0; i < lines.length; i += 1) {
    const one = lines[i];
    for (let j = i + 1; j < lines.length && lines[j].top < one.bottom - 1; j += 1) {
      const two = lines[j];
      if (one.element.contains(two.element) || two.element.contains(one.element)) continue;
      const across = Math.min(one.right, two.right) - Math.max(one.left, two.left);
      if (across > 1) faults.push(`on each other: ${name(one.element)} and ${name(two.element)}`);
    }
  }

  /* Targets: 24 px (WCAG 2.5.8), 44 px for what one came to press. A link in a sentence is as high as its line. */
  const pressed = "a[href], button, summary, input:not([type=hidden]), select, textarea";
  const main = ".btn:not(.btn--small), .move, .nav a, .tools a, .pages a, .tabs a, .tasks a, .input";
  for (const element of document.querySelectorAll(pressed)) {
    if (unseen(element) || element.closest("svg") || element.matches(".skip, :disabled")) continue;
    let box = element.getBoundingClientRect();
    if (element.matches("[type=radio], [type=checkbox]")) {
      const label = element.closest("label") ?? document.querySelector(`label[for="${element.id}"]`);
      const other = label?.getBoundingClientRect() ?? box;
      box = { width: Math.max(box.width, other.width), height: Math.max(box.height, other.height) };
    }
    const row = element.matches(".tasks a") ? element.closest("li").getBoundingClientRect() : box;
    const inline = getComputedStyle(element).display === "inline";
    const least = element.matches(main) ? 44 : 24;
    const alone = element.parentElement.textContent.trim() === element.textContent.trim();
    if (inline && (!alone || element.closest("h3, h2, p, li, td, th, dd"))) continue;
    if (row.height < least - 0.5 || row.width < 24) faults.push(`small, ${Math.round(row.width)} by ${Math.round(row.height)}: ${name(element)}`);
  }

  /* Focus: something about the element, its form or its mark must look different. */
  if (focusToo) {
    const look = (element) => [element, element.closest("form"), element.querySelector(".node")].map((it) => {
      if (!it) return "";
      const style = getComputedStyle(it);
      return [style.outlineStyle, style.outlineWidth, style.outlineColor, style.boxShadow, style.backgroundImage,
        style.borderColor, style.stroke, style.r].join();
    }).join("|");
    for (const element of document.querySelectorAll(`${pressed}, [tabindex="0"]`)) {
      if (unseen(element) || element.disabled) continue;
      document.activeElement?.blur();
      const before = look(element);
      element.focus({ preventScroll: true, focusVisible: true });
      if (document.activeElement !== element) continue;
      if (look(element) === before) faults.push(`focus unseen: ${name(element)}`);
    }
    document.activeElement?.blur();
  }
  return [...new Set(faults)];
}
