// Runs before the first paint, as a classic script: decides language, theme and palette so that nothing flashes.
// theme.js and i18n.js read these attributes afterwards; they alone change them.
(() => {
  const root = document.documentElement;
  const stored = (name) => {
    try {
      return localStorage.getItem(`playlab.${name}`);
    } catch {
      return null; // storage may be blocked; then every visit starts from the browser's preferences
    }
  };
  const chinese = /^zh\b/i;
  const preferred = (navigator.languages ?? [navigator.language]).find((tag) => /^(zh|en)\b/i.test(tag)) ?? "en";
  const language = stored("language") ?? preferred;
  root.lang = chinese.test(language) ? "zh-CN" : "en";
  root.dataset.theme = stored("theme") ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  root.dataset.palette = stored("palette") ?? "classic";
})();
