// Whether the browser keeps this server's cookie, by which alone the server knows whose a Playground, a run or a notebook is.

/** False where cookies are blocked. */
export function cookiesWork() {
  if (!navigator.cookieEnabled) return false;
  document.cookie = "playlab_probe=1; SameSite=Lax; Path=/";
  const works = document.cookie.includes("playlab_probe=1");
  document.cookie = "playlab_probe=; SameSite=Lax; Path=/; Max-Age=0";
  return works;
}
