// What a page may keep beyond a reload, where the browser lets it.

/** sessionStorage, or null where it is blocked. */
export function tabStorage() {
  try {
    return sessionStorage;
  } catch {
    return null;
  }
}

/** localStorage, which all tabs share, or null where it is blocked. */
export function ownStorage() {
  try {
    return localStorage;
  } catch {
    return null;
  }
}
