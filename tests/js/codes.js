// The codes of refusals that the docs list, for tests to hold the pages to. tests/test_docs.py holds the docs to the source.

import { readFileSync } from "node:fs";

/** {code: names of its values}, of the table in docs/PAGE.md with these heads of columns. */
export function codesOf(page, heads) {
  const text = readFileSync(new URL(`../../docs/${page}.md`, import.meta.url), "utf8");
  const table = text.split(`| ${heads.join(" | ")} |\n`)[1].split("\n\n")[0];
  const names = (cell) => [...cell.matchAll(/`([^`]+)`/g)].flatMap(([, words]) => words.split(", "));
  return Object.fromEntries(
    table
      .trim()
      .split("\n")
      .slice(1)
      .flatMap((row) => {
        const cells = row.split("|").slice(1, -1);
        const values = heads.at(-1) === "values" ? names(cells.at(-1)) : [];
        return names(cells[0].split(":")[0]).map((code) => [code, values]);
      }),
  );
}

/** The codes with which any request may be refused. */
export const ofAnyRequest = () => Object.keys(codesOf("api", ["code of any request", "status", "when"]));
