// Tells the gate what a press looked like, in the words of src/gate/evidence/report.rs. It keeps nothing, sends nothing
// by itself, and the form works without it.
(function (w, d, n) {
  "use strict";
  var moves = 0, how = "", pressed = false, seen = 0, since = now();

  function now() {
    return d.visibilityState === "hidden" ? 0 : performance.now();
  }

  function on(type, run) {
    w.addEventListener(type, function (event) {
      if (event.isTrusted || type === "click" || type === "submit") run(event);
    }, { capture: true, passive: true });
  }

  on("pointermove", function () { moves++; });
  on("pointerdown", function (event) { how = event.pointerType; });
  on("touchstart", function () { how = "touch"; });
  on("keydown", function () { how = "key"; });
  d.addEventListener("visibilitychange", function () {
    if (since) seen += performance.now() - since;
    since = now();
  });

  function driven() {
    var trace = /^(\$?cdc_|\$chrome_|_{1,2}(selenium|webdriver|driver|playwright|pw|puppeteer|nightmare|phantom)|callPhantom|domAutomation)/;
    return Object.getOwnPropertyNames(w).concat(Object.getOwnPropertyNames(d)).some(function (name) {
      return trace.test(name);
    });
  }

  function words(click) {
    var data = n.userAgentData, active = n.userActivation, by = how;
    var names = n.userAgent + (data ? JSON.stringify(data.brands) : "");
    if (click) {
      // Keys press with detail 0; screen readers press with no more than the click.
      by = click.pointerType || ((how === "key") === !click.detail ? how : "");
    }
    var said = [
      click && (click.isTrusted ? "trusted" : "untrusted"),
      active && (active.isActive ? "active" : "inactive"),
      click && by,
      d.visibilityState === "hidden" && "hidden",
      d.hasFocus() && "focus",
      n.webdriver && "webdriver",
      /headless/i.test(names) && "headless",
      driven() && "automation",
      w.matchMedia("(any-hover: hover)").matches && "hover",
      n.maxTouchPoints > 0 && "touchscreen",
      (w.outerWidth > screen.width + 40 || w.outerHeight > screen.height + 40) && "oversized",
      data && "brands",
      "moves=" + Math.min(moves, 999),
      "seen=" + Math.round(seen + (since ? performance.now() - since : 0))
    ];
    return "1 " + said.filter(Boolean).join(" ");
  }

  function tell(click) {
    var fields = d.getElementsByName("linklatch-evidence");
    if (fields.length) fields[0].value = words(click);
  }

  on("click", function (event) {
    var button = event.target.closest && event.target.closest("button");
    if (button && button.form) {
      pressed = true;
      tell(event);
    }
  });
  on("submit", function () {
    if (!pressed) tell();
    pressed = false;
  });

  // Inside another app: the way to the browser, where there is one. It opens the page there, no more.
  function app() {
    var open = d.getElementById("app-open"), copy = d.getElementById("app-copy");
    if (!copy) return;
    var url = w.location.href.split("#")[0], scheme = url.split(":")[0], rest = url.slice(scheme.length);
    var way = /Android/.test(n.userAgent) ? "intent" + rest + "#Intent;scheme=" + scheme + ";end"
      : /iP(hone|ad|od)/.test(n.userAgent) && "x-safari-" + url;
    open.hidden = !way;
    copy.hidden = !n.clipboard;
    open.addEventListener("click", function () { w.location.href = way; });
    copy.addEventListener("click", function () {
      n.clipboard.writeText(url).then(function () {
        d.getElementById("app-said").textContent = copy.getAttribute("data-said");
      });
    });
  }

  // Nobody sees, hears or reaches these: what presses or fills them presses and fills everything.
  d.addEventListener("DOMContentLoaded", function () {
    app();
    var field = d.getElementsByName("linklatch-evidence")[0], box = d.createElement("div");
    if (!field) return;
    box.className = "beside";
    box.setAttribute("aria-hidden", "true");
    ["button", "input"].forEach(function (kind) {
      var element = d.createElement(kind);
      element.name = "linklatch-note";
      element.tabIndex = -1;
      element.autocomplete = "off";
      if (kind === "button") element.value = "pressed";
      box.appendChild(element);
    });
    field.form.insertBefore(box, field.form.firstChild);
  });
})(window, document, navigator);
