/* 会诊 Huizhen: everything here is a convenience. Every page works without it; nothing here decides anything.
   Attributes it looks for: data-autosave data-saved · data-count data-max · data-once · data-rows · data-filter ·
   data-prompts · data-confirm · data-demo · data-flash · data-back · data-find · data-show-when · data-whole */
(() => {
  "use strict";
  const words = document.body.dataset;
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const debounce = (run, wait) => {
    let timer = 0;
    return (...given) => { clearTimeout(timer); timer = setTimeout(() => run(...given), wait); };
  };
  const csrf = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value || "";
  const say = (text, good = true) => all("[data-saved]").forEach((place) => {
    place.textContent = text;
    place.classList.toggle("hz-good", good);
    place.classList.toggle("hz-warn", !good);
  });

  /* Characters are counted as the server counts them: by code point. */
  const count = (control) => {
    const place = document.getElementById(control.dataset.count);
    if (!place) return;
    const length = [...control.value].length, most = Number(control.dataset.max);
    place.textContent = words.sayCount.replace("%1", length).replace("%2", most);
    place.classList.toggle("hz-bad", length > most);
  };

  /* Drafts. The form posts itself to data-autosave after a pause in typing, and again until it is stored.
     An answer may carry JSON: {version, saved} — the version goes back with the next post. */
  const autosave = (form) => {
    const url = form.dataset.autosave;
    let dirty = false, busy = false, refused = false, wait = 2000, sender = null;
    const save = async () => {
      if (busy || refused || !dirty) return;
      busy = true; dirty = false;
      try {
        const body = new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
        const answer = await fetch(url, {
          method: "POST", body,
          headers: { "X-CSRFToken": csrf(), "X-Autosave": "1", Accept: "application/json" }, credentials: "same-origin",
        });
        const told = (answer.headers.get("Content-Type") || "").includes("json") ? await answer.json() : {};
        // Refused (somebody else saved, registered meanwhile): asking again would not help. What was typed stays on the page.
        if (told.sentence) { refused = true; say(told.sentence, false); return; }
        if (!answer.ok || answer.redirected) throw new Error(String(answer.status)); // redirected: signed out meanwhile
        if (told.version !== undefined && form.elements.version) form.elements.version.value = told.version;
        form.dispatchEvent(new CustomEvent("hz:saved", { detail: { ...told, sent: body }, bubbles: true }));
        const now = new Date();
        const time = told.saved || `${now.getHours()}:${String(now.getMinutes()).padStart(2, "0")}`;
        say(words.saySaved.replace("%s", time));
        wait = 2000;
      } catch {
        dirty = true;
        say(words.sayUnsaved, false);
        setTimeout(save, wait);
        wait = Math.min(wait * 2, 60000);
      } finally {
        busy = false;
        if (sender) { const button = sender; sender = null; form.requestSubmit(button); }
      }
      if (dirty && wait === 2000) later();
    };
    const later = debounce(save, 1200);
    form.addEventListener("input", () => { dirty = true; later(); });
    form.addEventListener("change", () => { dirty = true; later(); });
    addEventListener("online", save);
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(); });
    // While a save is under way its version is not known yet: the form waits for it, or it would collide with itself.
    form.addEventListener("submit", (event) => {
      dirty = false;
      if (busy && event.submitter) { event.preventDefault(); sender = event.submitter; }
    });
    addEventListener("beforeunload", (event) => { if (dirty && !refused) { save(); event.preventDefault(); } });
  };

  /* A second click on a button that is already sending does nothing. */
  const once = (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.getAttribute("aria-busy") === "true") { event.preventDefault(); return; }
    form.setAttribute("aria-busy", "true");
  };
  const free = () => all("form[aria-busy]").forEach((form) => form.removeAttribute("aria-busy"));

  /* Rows: <div data-rows data-max="3"> with rows [data-row], a <template> and buttons [data-add] [data-drop]. In the template
     __n__ is the number of the row, counted from 0. */
  const rows = (box) => {
    const most = Number(box.dataset.max || 50), least = Number(box.dataset.min || 1);
    const blank = box.querySelector("template"), add = box.querySelector("[data-add]");
    const list = box.querySelector("[data-list]") || box;
    const total = box.dataset.total ? document.getElementById(box.dataset.total) : null;
    const shown = () => all("[data-row]", list).filter((row) => !row.hidden);
    let next = all("[data-row]", list).length;
    const tidy = () => {
      if (add) add.hidden = shown().length >= most;
      shown().forEach((row) => all("[data-drop]", row).forEach((button) => { button.hidden = shown().length <= least; }));
      if (total) total.value = next;
    };
    box.addEventListener("click", (event) => {
      if (event.target.closest("[data-add]") && blank) {
        event.preventDefault();
        const holder = document.createElement("template");
        holder.innerHTML = blank.innerHTML.replaceAll("__n__", String(next++));
        const row = holder.content.firstElementChild;
        const last = all("[data-row]", list).at(-1);
        if (last) last.after(row); else list.append(row);
        start(row);
        window.htmx?.process(row);
        row.querySelector("input:not([type=hidden]),textarea,select")?.focus();
      } else if (event.target.closest("[data-drop]")) {
        event.preventDefault();
        const row = event.target.closest("[data-row]"), gone = row.querySelector("input[name$=DELETE]");
        if (gone) { gone.checked = true; row.hidden = true; } else row.remove();
        box.dispatchEvent(new Event("input", { bubbles: true }));
      } else return;
      tidy();
    });
    tidy();
  };

  /* 借用工作法: a step of a method that was found fills the measure it stands in, and says where it came from. */
  const cites = (place) => place.addEventListener("click", (event) => {
    const step = event.target.closest("[data-cite]"), row = event.target.closest("[data-row]");
    if (!step || !row) return;
    const what = row.querySelector("input[name$=-what]"), code = row.querySelector("input[name$=-source_code]");
    code.value = step.dataset.cite;
    if (!what.value.trim()) what.value = step.dataset.what;
    place.querySelector(".hz-cite__f").replaceChildren();
    code.dispatchEvent(new Event("input", { bubbles: true }));
    what.focus();
  });

  /* Long lists get a box above that narrows them. data-filter on a <select> or on a box whose children are [data-words] or labels. */
  const filter = (place) => {
    if (place.dataset.ready) return;
    place.dataset.ready = "1";
    const isSelect = place.tagName === "SELECT";
    const box = document.createElement("input");
    box.type = "search"; box.className = "form-control hz-filter"; box.placeholder = words.sayFilter;
    box.setAttribute("aria-label", words.sayFilter); box.autocomplete = "off";
    const none = document.createElement("p");
    none.className = "hz-help"; none.hidden = true; none.textContent = words.sayNone; none.setAttribute("role", "status");
    place.before(box); place.after(none);
    const options = isSelect ? [...place.options].map((option) => ({ option, group: option.parentElement })) : [];
    const text = (node) => `${node.textContent} ${node.dataset.words || ""}`.toLowerCase();
    box.addEventListener("input", () => {
      const asked = box.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
      const fits = (node) => asked.every((word) => text(node).includes(word));
      let found = 0;
      if (isSelect) {
        options.forEach(({ option }) => {
          const keep = !option.value || option.selected || fits(option);
          option.hidden = option.disabled = !keep;
          if (keep && option.value) found += 1;
        });
        all("optgroup", place).forEach((group) => { group.hidden = all("option", group).every((option) => option.hidden); });
      } else {
        const items = all("[data-words]", place).length ? all("[data-words]", place) : all("label", place);
        items.forEach((item) => {
          item.hidden = !(fits(item) || item.querySelector("input:checked"));
          if (!item.hidden) found += 1;
        });
        all("[data-section]", place).forEach((section) => {
          section.hidden = all("[data-words],label", section).every((item) => item.hidden);
          if (section.tagName === "DETAILS" && asked.length) section.open = !section.hidden;
        });
      }
      none.hidden = found > 0;
    });
    box.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  };

  /* Prompt tags tick as the text covers them: data-prompts="#id of the text", tags with data-words="每天|每周|次". */
  const prompts = (box) => {
    const source = document.querySelector(box.dataset.prompts);
    const left = box.parentElement.querySelector("[data-prompts-left]");
    const english = document.documentElement.lang === "en";
    if (!source) return;
    const tick = () => {
      const missing = [];
      all("[data-words]", box).forEach((tag) => {
        let covered = false;
        try { covered = new RegExp(tag.dataset.words, "i").test(source.value); } catch { covered = false; }
        tag.classList.toggle("hz-tag--zhu", covered);
        tag.classList.toggle("hz-tag--line", !covered);
        tag.classList.toggle("is-covered", covered);
        if (!covered) missing.push(english ? tag.textContent.trim().toLowerCase() : `“${tag.textContent.trim()}”`);
      });
      if (left) left.textContent = missing.length ? words.sayLeft.replace("%s", missing.join(english ? ", " : "、")) : words.sayCovered;
    };
    source.addEventListener("input", debounce(tick, 150));
    tick();
  };

  /* data-show-when="name=value|value": shown while that control has one of the values. */
  const dependent = (place) => {
    const [name, values] = place.dataset.showWhen.split("=");
    const form = place.closest("form");
    const look = () => {
      const value = new FormData(form).get(name);
      place.hidden = !values.split("|").includes(value === null ? "" : String(value));
    };
    form.addEventListener("change", look);
    look();
  };

  /* Toasts: bottom left, six seconds. The same words stay on the page. */
  const toast = (text, icon, way) => {
    let tray = document.querySelector(".hz-toasts");
    if (!tray) { tray = document.createElement("div"); tray.className = "hz-toasts"; document.body.append(tray); }
    const one = document.createElement("div");
    one.className = "hz-toast"; one.setAttribute("aria-hidden", "true");
    if (icon) one.append(icon.cloneNode(true));
    one.append(text);
    if (way) { // the page holds the same button, for those who do not see the toast
      const back = way.cloneNode(true);
      back.querySelector("button").tabIndex = -1;
      one.append(back);
    }
    tray.append(one);
    setTimeout(() => one.remove(), 6000);
  };

  const start = (root = document) => {
    all("[data-count]", root).forEach((control) => { control.addEventListener("input", () => count(control)); count(control); });
    all("form[data-autosave]", root).forEach(autosave);
    all("[data-rows]", root).forEach(rows);
    all("[data-filter]", root).forEach(filter);
    [...(root.matches?.("[data-cites]") ? [root] : []), ...all("[data-cites]", root)].forEach(cites);
    all("[data-prompts]", root).forEach(prompts);
    all("[data-show-when]", root).forEach(dependent);
  };

  start();
  document.addEventListener("htmx:load", (event) => { if (event.detail.elt !== document.body) { start(event.detail.elt); flashes(event.detail.elt); } });
  document.addEventListener("submit", (event) => {
    const asker = event.submitter?.dataset.confirm || event.target.dataset.confirm;
    if (asker && !confirm(asker)) { event.preventDefault(); event.stopImmediatePropagation(); }
  }, true);
  document.addEventListener("submit", once);
  addEventListener("pageshow", free);
  document.addEventListener("htmx:afterRequest", free);
  /* A refusal is shown where the part would have been. */
  document.addEventListener("htmx:beforeSwap", (event) => {
    if ([403, 404, 409, 413, 422, 429].includes(event.detail.xhr.status)) { event.detail.shouldSwap = true; event.detail.isError = false; }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input,textarea,select,[contenteditable]")) return;
    const find = document.querySelector("main [data-find]") || document.querySelector("[data-find]");
    if (find?.offsetParent) { event.preventDefault(); find.focus(); }
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) print();
    if (event.target.closest("[data-back]") && history.length > 1) { event.preventDefault(); history.back(); }
    const role = event.target.closest("[data-as]"), form = document.querySelector("form[data-once]");
    if (role && form?.elements.username) {
      event.preventDefault();
      form.elements.username.value = role.dataset.as;
      form.elements.password.value = role.closest("[data-demo]").dataset.demo;
      all("[data-as]").forEach((other) => other.classList.toggle("is-on", other === role));
      form.querySelector("button:not([type])").focus();
    }
  });
  const flashes = (root = document) => all("[data-flash] [data-level=success]", root).forEach((note) => {
    toast(note.querySelector("[data-said]").textContent.trim(), note.querySelector("svg"), note.querySelector("form"));
  });
  flashes();

  /* The bell asks once a minute, while somebody looks at the page; signed out, what asks is gone. */
  const MINUTE = 60000;
  let looked = Date.now();
  const look = (event) => {
    const asker = document.getElementById("bell-look");
    if (!asker || document.visibilityState !== "visible") return;
    if (event !== "now" && Date.now() - looked < MINUTE - 500) return;
    looked = Date.now();
    window.htmx?.trigger(asker, "hz:look");
  };
  setInterval(look, MINUTE);
  document.addEventListener("visibilitychange", look);

  /* A message is read when its link is followed, in this tab or in another one. In this tab the page follows what was
     posted, so that its bell has not counted the message again; two seconds are the most it waits. */
  const PATIENCE = 2000;
  const follow = async (event) => {
    const link = event.target.closest("a[data-reads]"), line = link?.closest("[data-unread]");
    if (!line || event.button > 1) return;
    line.removeAttribute("data-unread");
    const here = event.type === "click" && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (here) event.preventDefault();
    const told = fetch(line.dataset.reads, { method: "POST", keepalive: true, credentials: "same-origin", headers: { "X-CSRFToken": csrf(), "X-Quiet": "1" } });
    try {
      await (here ? Promise.race([told, new Promise((done) => { setTimeout(done, PATIENCE); })]) : told);
      if (!here) look("now");
    } catch { line.setAttribute("data-unread", ""); }
    if (here) location.assign(link.href);
  };
  document.addEventListener("click", follow);
  document.addEventListener("auxclick", follow);

  /* A box for a whole group ticks its people, and is ticked while all of them are: data-whole inside [data-section]. */
  const people = (section, pressed) => {
    const whole = section?.querySelector("[data-whole]");
    if (!whole) return;
    const rest = all("input[type=checkbox]:not([data-whole])", section);
    if (pressed === whole) rest.forEach((one) => { one.checked = whole.checked; });
    else whole.checked = rest.length > 0 && rest.every((one) => one.checked);
    const n = section.querySelector("[data-ticked]");
    if (n) n.textContent = rest.filter((one) => one.checked).length;
  };
  all("[data-section]").forEach((section) => people(section));
  document.addEventListener("change", (event) => {
    if (event.target.type === "checkbox") people(event.target.closest("[data-section]"), event.target);
  });
  document.querySelector("[data-errors]")?.focus();
})();
