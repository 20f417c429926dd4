// Why the link alone no longer gives a training: "edited" by hand, "restored" from this page after the server had lost it, or
// null where it does. The server only says whether it is so; which of the two, the page remembers. Pure.

/** before: {edited, generation, config}, as the page had it. reply: the same of the server, whose `edited` is true or false. */
export function whyEdited(before, reply, fields) {
  if (!reply.edited) return null;
  const isLive = ([key, { change }]) => change === "live" && before.config[key] !== reply.config[key];
  const touched = before.generation !== reply.generation || [...fields].some(isLive);
  return before.edited === "restored" && !touched ? "restored" : "edited";
}

/** The same for a `training` of last-state.js that was taken up again: what was edited by hand before stays so. */
export function whyRestored({ edited }) {
  return edited === "edited" ? "edited" : "restored";
}
