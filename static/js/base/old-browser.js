// Says in both languages that this browser is too old, or that the page did not come completely, where it would stay blank.
// A classic script in the oldest JavaScript, since it must run where the others cannot even be read.
(function () {
  // The newest things that the pages cannot do without; their syntax is as old.
  var known =
    Array.prototype.at &&
    Object.hasOwn &&
    window.ResizeObserver &&
    window.HTMLDialogElement &&
    window.CSSLayerBlockRule; // without layers not one rule of the style sheets counts
  var SENTENCE =
    "This browser is too old for Playlab, or the page did not load completely: try to reload it. Playlab needs Chrome or Edge 100, Firefox 100, Safari 15.4 or newer." +
    " · 这个浏览器太旧，或者页面没有完整加载：请试着重新加载。Playlab 需要 Chrome 或 Edge 100、Firefox 100、Safari 15.4 或更新的版本。";

  function show() {
    if (document.getElementById("old-browser")) return;
    var line = document.createElement("p");
    line.id = "old-browser";
    line.className = "page-warning";
    line.textContent = SENTENCE;
    document.body.insertBefore(line, document.getElementById("main"));
  }
  function failed(event) {
    var script = event.target === window || event.target.nodeName === "SCRIPT";
    if (script && !document.documentElement.hasAttribute("data-ready")) whenRead(show);
  }
  function whenRead(then) {
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", then);
    else then();
  }
  window.addEventListener("error", failed, true);
  if (!known) whenRead(show);
})();
