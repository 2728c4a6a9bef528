/* 挂号: what the answers of the autosave mean on this page. Everything here is a convenience. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-registering]");
  if (!form) return;
  const plain = (text) => text.replaceAll("\r\n", "\n");
  form.addEventListener("hz:saved", (event) => {
    const told = event.detail;
    // A page that had no draft yet has one now: a reload must come back to it.
    if (told.address && !location.pathname.endsWith(told.address)) history.replaceState(null, "", told.address);
    if (!told.words) return;
    const note = form.querySelector("[data-masked]");
    if (note) { note.hidden = false; note.querySelector("[data-masked-words]").textContent = told.words; }
    // What was stored masked is shown masked; where somebody is still typing, once she leaves the field. Whatever was typed
    // since is not overwritten: the next save masks that.
    Object.entries(told.values || {}).forEach(([name, value]) => {
      const control = form.elements[name];
      const isText = control instanceof HTMLTextAreaElement || (control instanceof HTMLInputElement && control.type === "text");
      if (!isText || control.value === value) return;
      const sent = plain(told.sent.get(name) || "");
      const show = () => { if (plain(control.value) === sent) control.value = value; };
      if (control === document.activeElement) control.addEventListener("blur", show, { once: true }); else show();
    });
  });
  form.querySelectorAll("select[data-picks]").forEach((select) => {
    select.addEventListener("change", () => { document.getElementById(select.dataset.picks).checked = Boolean(select.value); });
  });
})();
