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
      if (input.dataset.submit !== undefined && input.files.length) { input.form.requestSubmit(); }
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

  // Ctrl+Enter sends the form that is being written.
  document.addEventListener("keydown", function (e) {
    if (e.key === "Enter" && (e.ctrlKey || e.metaKey) && e.target.form) {
      e.preventDefault();
      e.target.form.requestSubmit();
    }
  });

  // Single keys, never while somebody is writing.
  document.addEventListener("keydown", function (e) {
    if (e.ctrlKey || e.metaKey || e.altKey || e.defaultPrevented) { return; }
    var t = e.target;
    if (t.closest && t.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, dialog[open]")) { return; }
    var key = e.key === "?" ? "?" : e.key.toLowerCase();
    var el = document.querySelector("[data-key='" + CSS.escape(key) + "']:not([disabled])");
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
  document.addEventListener("htmx:sendError", function () {
    say("Mất kết nối tới máy chủ. Dữ liệu bạn nhập vẫn còn trên trang; hãy thử lại.", "bad");
  });
  document.addEventListener("htmx:responseError", function (e) {
    var said = e.detail.xhr.getResponseHeader("X-Message");
    say(said ? decodeURIComponent(said) : "Máy chủ chưa làm được việc này (mã " + e.detail.xhr.status + ").", "bad");
  });
  window.addEventListener("offline", function () { document.body.classList.add("offline"); });
  window.addEventListener("online", function () { document.body.classList.remove("offline"); });
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
