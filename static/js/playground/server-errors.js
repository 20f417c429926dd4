// What the server refuses, in the page's language. An error of a setting comes as data: {code, field, values}. The others
// are sentences of playground/sessions.py and web/limits.py, in a few forms; one of another form is quoted as it is.

const CODES = new Set(["whole", "number", "choice", "layers", "text", "length"]);

const FORMS = [
  [/this browser has (?<count>\d+) (sessions in use|connections), the most allowed/, "error.browserFull"],
  [/the server is full|programs( that are no browser)? have \d+/, "error.full"],
  [/^no session on this connection/, "error.noSession"],
  [/^too many commands/, "error.tooMany"],
  [/^the server failed on this command/, "error.failed"],
  [/^training has failed: /, "notice.failed"],
];

/** [translation key, values] for a refusal: {code, field, values, error} or {error}. */
export function errorText({ code, field, values, error }) {
  if (CODES.has(code)) return [`error.${code}`, { ...values, field: [`label.${field}`] }];
  for (const [form, key] of FORMS) {
    const found = error.match(form);
    if (found) return [key, { ...found.groups }];
  }
  return ["notice.error", { error }];
}

/** The same for a warning about a link, which also tells what is taken instead. */
export function warningText(warning) {
  const { taken } = warning.values;
  return taken === "" ? errorText(warning) : ["error.taken", { problem: errorText(warning), taken }];
}
