// A press of a mouse or a finger: what would move away what is pressed waits until it is over.

let isPressed = null; // null: nobody has asked yet
const waiting = [];

/** From now on it is known whether something is pressed. */
export function watchPresses() {
  if (isPressed !== null) return;
  isPressed = false;
  addEventListener("mousedown", begun, true); // before the focus goes where it leads
  for (const type of ["mouseup", "dragend", "contextmenu"]) addEventListener(type, () => setTimeout(over), true); // after the click
}

/** The end of a press that opens a list is not told. */
function begun({ target }) {
  isPressed = target instanceof Element && target.closest("select") === null;
}

function over() {
  isPressed = false;
  for (const act of waiting.splice(0)) act();
}

/** Calls `act` when nothing is pressed: now, or after the click. */
export function afterPress(act) {
  if (isPressed) waiting.push(act);
  else act();
}
