// A file to try it with: flats and houses as a class could have asked for them; invented.

/**
 * Areas, ages and kinds as CSV. names: of the three columns, then of the two kinds.
 *
 * @param {string[]} names
 */
export function sampleCsv([area, age, kind, flat, house]) {
  const rows = Array.from({ length: 40 }, (_, at) => {
    const isFlat = at % 2 === 0;
    const size = (isFlat ? 42 : 85) + ((at * 37) % 61);
    const years = (isFlat ? 3 : 18) + ((at * 23) % 40);
    return `${size},${years},${isFlat ? flat : house}`;
  });
  return `\ufeff${[`${area},${age},${kind}`, ...rows].join("\r\n")}\r\n`; // Excel reads UTF-8 by the mark
}
