// What docs/protocol.md says, for tests to hold the page to.

import { readFileSync } from "node:fs";

/** {code: names of its values}, of every refusal that has a code. */
export function refusalCodes() {
  const page = readFileSync(new URL("../../../docs/protocol.md", import.meta.url), "utf8");
  const table = page.split("| code | when | values |\n")[1].split("\n\n")[0];
  const names = (cell) => [...cell.matchAll(/`([^`]+)`/g)].flatMap(([, text]) => text.split(", "));
  const rows = table.split("\n").slice(1);
  return Object.fromEntries(
    rows.flatMap((row) => {
      const cells = row.split("|").slice(1, -1);
      return names(cells[0]).map((code) => [code, names(cells.at(-1))]);
    }),
  );
}
