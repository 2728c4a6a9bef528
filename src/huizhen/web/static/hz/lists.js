/* Keys of a list: J and K walk the rows, Enter opens one, X ticks it, E presses the button [data-done] of the row. Links, boxes and
   buttons do the same without script. A list that was swapped for a fresh one goes on where the reader was. */
(() => {
  "use strict";
  const list = () => document.querySelector("[data-keys]");
  const rows = () => [...(list()?.querySelectorAll("[data-href]") || [])];
  const link = (row) => row?.querySelector("a[href]");
  const current = () => rows().findIndex((row) => row.contains(document.activeElement));
  const typing = "input:not([type=checkbox]),textarea,select,[contenteditable]";
  let left = -1;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest(typing)) return;
    const key = event.key.toLowerCase(), here = current(), all = rows();
    if (key === "e" && here >= 0) { left = here; all[here].querySelector("[data-done]")?.click(); }
    if (key === "x" && here >= 0) all[here].querySelector("input[type=checkbox]")?.click();
    if (key !== "j" && key !== "k") return;
    event.preventDefault();
    const next = here < 0 ? 0 : Math.min(Math.max(here + (key === "j" ? 1 : -1), 0), all.length - 1);
    link(all[next])?.focus();
    all[next]?.scrollIntoView({ block: "nearest" });
  });
  document.addEventListener("click", (event) => {
    const row = event.target.closest("[data-keys] tr[data-href]");
    if (row && !event.target.closest("a,button,input,label,form") && !getSelection().toString()) location.assign(row.dataset.href);
  });
  document.addEventListener("htmx:afterSettle", () => {
    if (left >= 0 && list()) link(rows()[Math.min(left, rows().length - 1)])?.focus();
    left = -1;
  });
  /* One box ticks them all: data-every names the boxes of the list. */
  document.addEventListener("change", (event) => {
    const every = event.target.dataset?.every;
    if (every) list()?.querySelectorAll(`input[name=${every}][type=checkbox]`).forEach((one) => { one.checked = event.target.checked; });
  });
})();
