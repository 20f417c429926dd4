// Single-key shortcuts. They can be switched off, since a stray key may come from speech input.

const STORE = "playlab.shortcuts";
const WRITING = "input:not([type=range], [type=checkbox], [type=radio]), textarea, dialog, [contenteditable]"; // has an undo of its own
const TYPING = `${WRITING}, select`; // a letter chooses in a list
const PRESSED = "button, a, summary, input:not([type=range])"; // by the space bar

/** actions: {key: action}; "ctrl+z" is the Command key on a Mac, " " is the space bar, which on a button or a checkbox presses that instead. toggle: the checkbox that switches them off. */
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
    if (event.defaultPrevented || event.altKey) return;
    const isCommand = event.ctrlKey || event.metaKey; // which no speech input says by mistake
    if (!isCommand && !toggle.checked) return;
    const at = /** @type {Element} */ (event.target);
    if (at.closest(isCommand ? WRITING : TYPING)) return;
    if (event.key === " " && at.closest(PRESSED)) return;
    const action =
      actions[`${isCommand ? "ctrl+" : ""}${isCommand && event.shiftKey ? "shift+" : ""}${event.key.toLowerCase()}`];
    if (!action) return;
    event.preventDefault();
    action();
  });
}
