// Whether all of a notebook is on the server before a report is made of it. Knows no page.

/**
 * Sends what was typed and pinned. Resolves when all is answered, or cannot be by now, to what the report lacks, as
 * [translation key, how many]; null where the server does not take the notebook's texts or its title now.
 *
 * @returns {Promise<[string, number][] | null>}
 */
export async function lacking(notebook, { saver, titles, pins }) {
  const [waiting] = await Promise.all([pins.send(), titles.flush(), saver.flush()]);
  if (saver.isLost || titles.of(notebook) !== null) return null;
  const refused = saver.pendingOf(notebook).size;
  const counts = /** @type {[string, number][]} */ ([
    ["export.lacksPins", waiting],
    ["export.lacksCells", refused],
  ]);
  return counts.filter(([, count]) => count > 0);
}
