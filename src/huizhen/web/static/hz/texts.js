/* Long texts: marks around the selection, pictures pasted, dropped or chosen. Everything here is a convenience.
   <div data-writing="id of the textarea" data-pictures="where they are taken in"> with [data-wrap] [data-lead] [data-picture] [data-said]. */
(() => {
  "use strict";
  const csrf = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value || "";
  const put = (area, text, from, to) => {
    area.focus();
    area.setSelectionRange(from, to);
    // execCommand keeps the browser's own undo; where it is gone the text is set.
    if (!document.execCommand || !document.execCommand("insertText", false, text)) area.setRangeText(text, from, to, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const wrap = (area, mark) => {
    const from = area.selectionStart, to = area.selectionEnd;
    const chosen = area.value.slice(from, to);
    const isMarked = chosen.startsWith(mark) && chosen.endsWith(mark) && chosen.length > 2 * mark.length;
    put(area, isMarked ? chosen.slice(mark.length, -mark.length) : mark + chosen + mark, from, to);
    if (!chosen) area.setSelectionRange(from + mark.length, from + mark.length);
  };
  const lead = (area, mark) => {
    const from = area.value.lastIndexOf("\n", area.selectionStart - 1) + 1;
    const after = area.value.indexOf("\n", area.selectionEnd);
    const to = after < 0 ? area.value.length : after;
    const lines = area.value.slice(from, to).split("\n");
    const numbered = mark === "1. ";
    put(area, lines.map((line, n) => (numbered ? `${n + 1}. ` : mark) + line.replace(/^(?:#{1,6} |[-*] |\d+\. |> )/, "")).join("\n"), from, to);
  };
  const send = async (area, box, file) => {
    const said = box.querySelector("[data-said]");
    const body = new FormData();
    body.append("picture", file, file.name || "picture.png");
    said.textContent = box.dataset.saySending;
    try {
      const answer = await fetch(box.dataset.pictures, {
        method: "POST", body, credentials: "same-origin", headers: { "X-CSRFToken": csrf(), Accept: "application/json" },
      });
      const told = (answer.headers.get("Content-Type") || "").includes("json") ? await answer.json() : {};
      said.textContent = told.text ? "" : told.sentence || box.dataset.sayFailed;
      if (!told.text) return;
      const at = area.selectionEnd;
      const before = at && area.value[at - 1] !== "\n" ? "\n" : "";
      put(area, `${before}${told.text}\n`, at, at);
    } catch { said.textContent = box.dataset.sayFailed; }
  };
  const pictures = (list) => [...(list || [])].filter((file) => file.type.startsWith("image/"));
  const start = (box) => {
    const area = document.getElementById(box.dataset.writing);
    if (!area || box.dataset.ready) return;
    box.dataset.ready = "1";
    box.querySelector("[data-tools]").hidden = false;
    box.addEventListener("click", (event) => {
      const tool = event.target.closest("[data-wrap],[data-lead]");
      if (!tool) return;
      if (tool.dataset.wrap) wrap(area, tool.dataset.wrap); else lead(area, tool.dataset.lead);
    });
    if (!box.dataset.pictures) return;
    const sendAll = async (files) => { for (const file of files) await send(area, box, file); };
    box.querySelector("[data-picture]")?.addEventListener("change", async (event) => { await sendAll(pictures(event.target.files)); event.target.value = ""; });
    area.addEventListener("paste", (event) => {
      const files = pictures(event.clipboardData?.files);
      if (files.length) { event.preventDefault(); sendAll(files); }
    });
    area.addEventListener("dragover", (event) => { if ([...event.dataTransfer.types].includes("Files")) { event.preventDefault(); area.classList.add("is-dropping"); } });
    area.addEventListener("dragleave", () => area.classList.remove("is-dropping"));
    area.addEventListener("drop", (event) => {
      area.classList.remove("is-dropping");
      const files = pictures(event.dataTransfer?.files);
      if (files.length) { event.preventDefault(); sendAll(files); }
    });
  };
  const startAll = (root) => root.querySelectorAll("[data-writing]").forEach(start);
  startAll(document);
  document.addEventListener("htmx:load", (event) => startAll(event.detail.elt));
})();
