// Keyboard and small comforts of the console. Every page works without this file.
(function () {
  "use strict";

  // Highlights: pointing at or focusing a label shows its places in the text.
  function show(key, on) {
    document.querySelectorAll("[data-keys~='" + CSS.escape(key) + "']").forEach(function (el) {
      el.classList.toggle("lit", on);
    });
    document.querySelectorAll("[data-reader]").forEach(function (el) {
      el.classList.toggle("dimmed", on);
    });
  }
  ["mouseover", "focusin"].forEach(function (kind) {
    document.addEventListener(kind, function (e) {
      var el = e.target.closest && e.target.closest("[data-lights]");
      if (el) { show(el.dataset.lights, true); }
    });
  });
  ["mouseout", "focusout"].forEach(function (kind) {
    document.addEventListener(kind, function (e) {
      var el = e.target.closest && e.target.closest("[data-lights]");
      if (el) { show(el.dataset.lights, false); }
    });
  });

  // Jump from a finding to its quote inside the source pane, without moving the page.
  document.addEventListener("click", function (e) {
    var link = e.target.closest && e.target.closest("[data-jump]");
    if (!link) { return; }
    var target = document.getElementById(link.dataset.jump);
    if (!target) { return; }
    e.preventDefault();
    document.querySelectorAll(".current").forEach(function (el) { el.classList.remove("current"); });
    document.querySelectorAll("[data-keys~='" + CSS.escape(link.dataset.jump.replace(/^q-/, "")) + "']")
      .forEach(function (el) { el.classList.add("current"); });
    var card = link.closest("[data-card]");
    if (card) { card.classList.add("current"); }
    var calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    target.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
    target.focus({ preventScroll: true });
  });

  // Files dropped on, or chosen in, an upload box.
  document.addEventListener("change", function (e) {
    var input = e.target;
    if (input.matches && input.matches("[data-file]")) {
      var name = input.files.length > 1 ? input.files.length + " tệp" : (input.files[0] || {}).name || "";
      var out = document.getElementById(input.dataset.file);
      if (out) { out.textContent = name; }
      if (input.dataset.submit !== undefined && input.files.length) {
        if (out) { out.textContent = "Đang tải lên và đọc: " + name; }
        input.form.requestSubmit();
      }
    }
    if (input.matches && input.matches("[data-autosubmit]")) { input.form.requestSubmit(); }
  });
  ["dragover", "dragleave", "drop"].forEach(function (kind) {
    document.addEventListener(kind, function (e) {
      var box = e.target.closest && e.target.closest("[data-drop]");
      if (!box) { return; }
      e.preventDefault();
      box.classList.toggle("over", kind === "dragover");
      if (kind === "drop") {
        var input = box.querySelector("input[type=file]");
        input.files = e.dataTransfer.files;
        input.dispatchEvent(new Event("change", { bubbles: true }));
      }
    });
  });

  // Ctrl+Enter sends the form that is being written, as its first button would.
  document.addEventListener("keydown", function (e) {
    if (e.key === "Enter" && (e.ctrlKey || e.metaKey) && e.target.form) {
      e.preventDefault();
      e.target.form.requestSubmit(e.target.form.querySelector("button:not([type]), button[type=submit]"));
    }
  });

  // Single keys, never while somebody is writing.
  document.addEventListener("keydown", function (e) {
    if (e.ctrlKey || e.metaKey || e.altKey || e.defaultPrevented) { return; }
    var t = e.target;
    if (t.closest && t.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, dialog[open]")) { return; }
    var key = e.key === "?" ? "?" : e.key.toLowerCase();
    var row = document.querySelector("[data-row].active");
    var el = (row && row.querySelector("[data-row-key='" + CSS.escape(key) + "']")) || document.querySelector("[data-key='" + CSS.escape(key) + "']:not([disabled])");
    if (el) {
      e.preventDefault();
      if (el.matches("input, textarea, select")) { el.focus(); if (el.select) { el.select(); } }
      else { el.click(); }
    }
  });

  // Dialogs and menus.
  document.addEventListener("click", function (e) {
    var opener = e.target.closest && e.target.closest("[data-dialog]");
    if (opener) {
      var dialog = document.getElementById(opener.dataset.dialog);
      if (dialog && dialog.showModal) { e.preventDefault(); dialog.showModal(); }
    }
    var closer = e.target.closest && e.target.closest("[data-close]");
    if (closer) { e.preventDefault(); closer.closest("dialog").close(); }
    var nav = e.target.closest && e.target.closest("[data-menu]");
    if (nav) {
      var open = document.body.classList.toggle("nav-open");
      nav.setAttribute("aria-expanded", String(open));
    }
    var copy = e.target.closest && e.target.closest("[data-copy]");
    if (copy && navigator.clipboard) {
      navigator.clipboard.writeText(copy.dataset.copy).then(function () { say("Đã sao chép."); });
    }
    if (e.target.closest && e.target.closest("[data-print]")) { window.print(); }
  });

  // Theme: kept in this browser only.
  document.addEventListener("click", function (e) {
    var button = e.target.closest && e.target.closest("[data-theme-toggle]");
    if (!button) { return; }
    var dark = document.documentElement.dataset.theme
      ? document.documentElement.dataset.theme === "dark"
      : window.matchMedia("(prefers-color-scheme: dark)").matches;
    document.documentElement.dataset.theme = dark ? "light" : "dark";
    try { localStorage.setItem("theme", document.documentElement.dataset.theme); } catch (_) { /* private mode */ }
  });

  // Messages for everybody, screen readers included.
  function say(text, kind) {
    var box = document.getElementById("messages");
    if (!box) { return; }
    var line = document.createElement("p");
    line.className = "toast " + (kind || "");
    line.textContent = text;
    box.appendChild(line);
    setTimeout(function () { line.remove(); }, 6000);
  }
  function offline(yes) { document.body.classList.toggle("offline", yes); }
  document.addEventListener("htmx:sendError", function () { offline(true); });
  document.addEventListener("htmx:afterOnLoad", function () { offline(false); });
  document.addEventListener("htmx:responseError", function (e) {
    if (e.detail.xhr.status === 401) { over(); return; }
    var said = e.detail.xhr.getResponseHeader("X-Message");
    say(said ? decodeURIComponent(said) : "Máy chủ chưa làm được việc này (mã " + e.detail.xhr.status + ").", "bad");
  });
  window.addEventListener("offline", function () { offline(true); });
  window.addEventListener("online", function () { offline(false); });

  // A form goes out once, and only while the server answers and the session lasts: what was typed is never lost.
  var csrf = "";
  function over() {
    var dialog = document.getElementById("session-over");
    if (dialog && !dialog.open) { dialog.showModal(); }
  }
  function session() {
    return fetch("/session", { headers: { Accept: "application/json" }, cache: "no-store" }).then(function (reply) {
      offline(false);
      if (!reply.ok) { return false; }
      return reply.json().then(function (said) {
        csrf = said.csrf;
        document.querySelectorAll("input[name=csrf]").forEach(function (el) { el.value = csrf; });
        return true;
      });
    });
  }
  document.addEventListener("htmx:configRequest", function (e) {
    if (csrf) { e.detail.headers["X-CSRF-Token"] = csrf; }
  });
  document.addEventListener("submit", function (e) {
    var form = e.target, by = e.submitter;
    if (e.defaultPrevented || form.method !== "post" || form.getAttribute("action") === "/login" || form.hasAttribute("hx-post")) { return; }
    if (form.dataset.sent === "yes") { form.dataset.sent = "gone"; return; }
    e.preventDefault();
    if (form.dataset.sent) { return; }
    form.dataset.sent = "asking";
    form.classList.add("sending");
    session().then(function (lasts) {
      if (lasts) { form.dataset.sent = "yes"; form.requestSubmit(by); return; }
      ready(form);
      over();
    }, function () { ready(form); offline(true); });
  });
  function ready(form) { delete form.dataset.sent; form.classList.remove("sending"); }
  // What was typed into a guarded form is not left behind by a slip of the hand.
  window.addEventListener("beforeunload", function (e) {
    var typed = Array.prototype.some.call(document.querySelectorAll("form[data-guard]:not(.sending) textarea"), function (el) {
      return el.value !== el.defaultValue;
    });
    if (typed) { e.preventDefault(); }
  });
  // Back from the page that followed.
  window.addEventListener("pageshow", function () { document.querySelectorAll("form.sending").forEach(ready); });
  // Back from signing in elsewhere.
  window.addEventListener("focus", function () {
    var dialog = document.getElementById("session-over");
    if (dialog && dialog.open) { session().then(function (lasts) { if (lasts) { dialog.close(); say("Đã đăng nhập lại."); } }, function () {}); }
  });

  // A part that was replaced keeps the reader's place: the active row stays active, focus stays in it.
  var place = "";
  document.addEventListener("htmx:beforeSwap", function (e) {
    var target = e.detail.target;
    place = target.id && target.contains(document.activeElement) ? target.id : "";
    if (place && target.classList.contains("active")) { place += "!"; }
  });
  document.addEventListener("htmx:afterSettle", function () {
    open(document);
    if (!place) { return; }
    var el = document.getElementById(place.replace("!", ""));
    if (el) {
      if (place.endsWith("!")) { el.classList.add("active"); }
      if (!el.contains(document.activeElement)) { (el.querySelector("[autofocus]") || el).focus({ preventScroll: true }); }
    }
    place = "";
  });

  // Folded on a narrow screen, open where there is room.
  function open(root) {
    if (!window.matchMedia("(min-width: 62.01rem)").matches) { return; }
    root.querySelectorAll("details[data-wide-open]").forEach(function (el) { el.open = true; el.removeAttribute("data-wide-open"); });
  }
  open(document);
})();

// Moving through lists by keyboard (J, K, Enter) and opening folded parts.
(function () {
  "use strict";
  function writing(t) { return t.closest && t.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, dialog[open]"); }
  document.addEventListener("keydown", function (e) {
    if (e.ctrlKey || e.metaKey || e.altKey || e.defaultPrevented || writing(e.target)) { return; }
    var key = e.key.toLowerCase();
    if (key !== "j" && key !== "k") { return; }
    var rows = Array.prototype.slice.call(document.querySelectorAll("[data-row]"));
    if (!rows.length) { return; }
    var at = rows.findIndex(function (r) { return r.classList.contains("active"); });
    at = Math.max(0, Math.min(rows.length - 1, at + (key === "j" ? 1 : -1)));
    rows.forEach(function (r) { r.classList.remove("active"); });
    rows[at].classList.add("active");
    rows[at].scrollIntoView({ block: "nearest" });
    var link = rows[at].querySelector("[data-row-link]");
    if (link) { link.focus({ preventScroll: true }); }
    e.preventDefault();
  });
  document.addEventListener("click", function (e) {
    var opener = e.target.closest && e.target.closest("[data-opens]");
    if (!opener) { return; }
    var part = document.getElementById(opener.dataset.opens);
    if (!part) { return; }
    part.open = !part.open;
    if (part.open) {
      var first = part.querySelector("input:checked, input, select, textarea");
      if (first) { first.focus(); }
    }
  });
})();

// The search that is on the page goes into the form that keeps it.
document.addEventListener("click", function (e) {
  "use strict";
  var button = e.target.closest && e.target.closest("[data-query]");
  if (!button) { return; }
  document.querySelectorAll("[data-current-query]").forEach(function (el) { el.value = button.dataset.query; });
});
