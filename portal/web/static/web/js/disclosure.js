/* Holds filters open on wide pages in browsers that cannot do it by stylesheet (no ::details-content). */
if (!CSS.supports("selector(::details-content)")) {
  const wide = matchMedia("(width >= 60rem)");
  const apply = () => {
    for (const details of document.querySelectorAll("details[data-wide-open]")) {
      if (wide.matches) details.open = true;
    }
  };
  wide.addEventListener("change", apply);
  apply();
}
