/* Keys of a list: J and K walk the rows, Enter opens one, E presses the button [data-done] of the row. Links and buttons do the same
   without script. */
(() => {
  "use strict";
  const table = document.querySelector("[data-keys]");
  if (!table) return;
  const rows = [...table.querySelectorAll("[data-href]")];
  const link = (row) => row.querySelector("a[href]");
  const current = () => rows.findIndex((row) => row.contains(document.activeElement));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input,textarea,select,[contenteditable]")) return;
    const key = event.key.toLowerCase();
    const here = current();
    if (key === "e" && here >= 0) rows[here].querySelector("[data-done]")?.click();
    if (key !== "j" && key !== "k") return;
    event.preventDefault();
    const next = here < 0 ? 0 : Math.min(Math.max(here + (key === "j" ? 1 : -1), 0), rows.length - 1);
    link(rows[next])?.focus();
    rows[next]?.scrollIntoView({ block: "nearest" });
  });
  table.addEventListener("click", (event) => {
    const row = event.target.closest("tr[data-href]");
    if (row && !event.target.closest("a,button") && !getSelection().toString()) location.assign(row.dataset.href);
  });
})();
