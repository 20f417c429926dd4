// The page that is printed: whose it is, which this browser alone knows, and the browser's print once all pictures are
// there.

const KEPT = "playlab-report"; // {name, number}

function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? "{}") ?? {};
  } catch {
    return {};
  }
}

const said = kept();
for (const key of ["name", "number"]) {
  const [place] = document.querySelectorAll(`[data-report="${key}"]`);
  if (place && typeof said[key] === "string") place.textContent = said[key];
}
// A picture that cannot be had is not waited for.
await Promise.allSettled([...document.images].map((picture) => picture.decode()));
await document.fonts.ready;
print();

export {}; // a module, which may wait
