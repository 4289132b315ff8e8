// Before anything is drawn: the theme this browser was left in.
(function () {
  "use strict";
  try {
    var theme = localStorage.getItem("theme");
    if (theme === "dark" || theme === "light") { document.documentElement.dataset.theme = theme; }
  } catch (_) { /* private mode */ }
})();
