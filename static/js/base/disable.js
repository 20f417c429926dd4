// Whether a button can be pressed, without taking the focus from who has just pressed it: a button that is disabled loses
// it, and the next Tab would begin at the top of the page. Such a button is only said to be disabled until the focus goes.

const known = new WeakSet();

/** Lets a button be pressed or not; one that has the focus keeps it. */
export function setDisabled(button, isDisabled) {
  const isKept = isDisabled && document.activeElement === button;
  if (isKept && !known.has(button)) guard(button);
  button.disabled = isDisabled && !isKept;
  if (isKept) button.setAttribute("aria-disabled", "true");
  else button.removeAttribute("aria-disabled");
}

function guard(button) {
  known.add(button);
  const isOff = () => button.getAttribute("aria-disabled") === "true";
  button.addEventListener("click", (event) => isOff() && (event.preventDefault(), event.stopImmediatePropagation()), {
    capture: true, // before what the button does
  });
  // When the window loses the focus, the button has it within the window still.
  button.addEventListener("blur", () => isOff() && setDisabled(button, true));
}
