/* Search: up and down go through the results, and what was just looked for is kept in this window alone. */
(() => {
  "use strict";
  const KEY = "hz-recent", MOST = 6;
  const box = document.querySelector("[data-ask] [data-find]");
  const links = () => [...document.querySelectorAll("[data-hit] .hz-hit__t")];
  const kept = () => { try { return JSON.parse(sessionStorage.getItem(KEY) || "[]").filter((one) => typeof one === "string"); } catch { return []; } };
  const keep = (list) => { try { sessionStorage.setItem(KEY, JSON.stringify(list)); } catch { /* full or forbidden */ } };

  const remember = () => {
    const text = box?.value.trim();
    if (text) keep([text, ...kept().filter((one) => one !== text)].slice(0, MOST));
  };
  const recall = () => {
    const place = document.querySelector("[data-recent]"), list = place?.querySelector("[data-recent-list]");
    if (!list) return;
    list.replaceChildren(...kept().map((text) => {
      const link = document.createElement("a");
      link.className = "hz-chip"; link.textContent = text; link.href = `?q=${encodeURIComponent(text)}`;
      return link;
    }));
    place.hidden = !list.children.length;
  };

  document.addEventListener("keydown", (event) => {
    if (!["ArrowDown", "ArrowUp"].includes(event.key) || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const all = links(), at = all.indexOf(document.activeElement);
    if (at < 0 && document.activeElement !== box) return;
    const next = at + (event.key === "ArrowDown" ? 1 : -1);
    if (next >= all.length) return;
    event.preventDefault();
    (next < 0 ? box : all[next]).focus();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-hit] a")) remember();
    if (event.target.closest("[data-forget]")) { keep([]); recall(); }
  });
  box?.form.addEventListener("submit", remember);
  document.addEventListener("htmx:load", recall);
  if (new URLSearchParams(location.search).get("q")) remember();
  recall();
})();
