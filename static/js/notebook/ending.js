// How long a notebook is kept. Pure.

const WARNED = 14 * 86_400; // seconds before its end

/** Whether it ends so soon that it is said. */
export function isEnding({ deleted_on }, now = Date.now() / 1000) {
  return deleted_on !== null && deleted_on !== undefined && deleted_on - now < WARNED;
}
