// The server's error sentences in the page's language. The server speaks English, in the few forms of playground/config.py.

const FORMS = [
  [/^invalid (?<field>\w+): (?<value>.*) \(want a whole number from (?<low>\S+) to (?<high>\S+)\)$/, "error.whole"],
  [/^invalid (?<field>\w+): (?<value>.*) \(want a number from (?<low>\S+) to (?<high>\S+)\)$/, "error.number"],
  [/^invalid (?<field>\w+): (?<value>.*) \(want one of (?<choices>.*)\)$/, "error.choice"],
  [
    /^invalid (?<field>\w+): (?<value>.*) \(want at most (?<layers>\d+) layers of 1 to (?<neurons>\d+) neurons\)$/,
    "error.layers",
  ],
  [/^invalid (?<field>\w+): (?<value>.*) \(want 1 to (?<most>\d+) characters without .*\)$/, "error.text"],
  [/^invalid (?<field>\w+): (?<value>.*) \(want up to (?<most>\d+) characters\)$/, "error.length"],
  [/^training has failed: /, "notice.failed"],
  [/^the server is full: it holds (?<sessions>\d+) sessions$/, "error.full"],
];

/** [translation key, values] for a sentence of the server. One of another form is quoted as it is. */
export function errorText(sentence) {
  for (const [form, key] of FORMS) {
    const found = sentence.match(form);
    if (found) return [key, { ...found.groups }];
  }
  return ["notice.error", { error: sentence }];
}
