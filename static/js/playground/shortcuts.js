// Single-key shortcuts. They can be switched off, since a stray key may come from speech input.

const STORE = "playlab.shortcuts";
const TYPING = "input, select, textarea, dialog, [contenteditable]";

/** actions: {key: action}; " " is the space bar, which on a button presses that button instead. toggle: the checkbox that switches them off. */
export function startShortcuts(actions, toggle) {
  try {
    toggle.checked = localStorage.getItem(STORE) !== "off";
  } catch {
    toggle.checked = true;
  }
  toggle.addEventListener("change", () => {
    try {
      localStorage.setItem(STORE, toggle.checked ? "on" : "off");
    } catch {
      // blocked storage: the choice holds for this page only
    }
  });
  document.addEventListener("keydown", (event) => {
    if (!toggle.checked || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = /** @type {Element} */ (event.target);
    if (at.closest(TYPING)) return;
    if (event.key === " " && at.closest("button, a, summary")) return;
    const action = actions[event.key.toLowerCase()];
    if (!action) return;
    event.preventDefault();
    action();
  });
}
