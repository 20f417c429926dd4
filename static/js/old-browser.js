// Says in both languages that this browser is too old, or that the page did not come completely, where it would stay blank.
// A classic script in the oldest JavaScript, since it must run where the others cannot even be read.
(function () {
  // The newest things that the pages cannot do without; their syntax is as old.
  var known = Array.prototype.at && Object.hasOwn && window.ResizeObserver && window.HTMLDialogElement;
  function show() {
    var sentence = document.getElementById("old-browser");
    if (sentence) sentence.hidden = false;
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
