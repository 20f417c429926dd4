// What a tab may keep beyond a reload, where the browser lets it.

/** sessionStorage, or null where it is blocked. */
export function tabStorage() {
  try {
    return sessionStorage;
  } catch {
    return null;
  }
}
