// Why a run of an earlier version ended. Its records have an English sentence alone; those of today have a code besides.
// Nothing is added here: what the server says anew has its code in lenet/reasons.py.

const FORMS = [
  [/^by the teacher$/, "by-teacher"],
  [/^the server was closed$/, "closed"],
  [/^its process was told to end/, "signalled"],
  [/^its records cannot be read: (?<error>.*)$/, "records"],
  [/^what the queue holds of it cannot be read$/, "queue-records"],
  [
    /^could not get the data set \w+\. Tried:\n(?<tried>[^]*)\nPut these four files, unpacked, into (?<place>.*):\n(?<files>[^]*)$/,
    "no-data",
  ],
  [/^this machine has no CUDA device/, "no-gpu"],
  [/^the loss is no longer a number .*epoch (?<epoch>\d+)/, "not-a-number"],
  [/^the GPU's memory is full/, "gpu-memory"],
  [/^the disk: (?<error>.*)$/, "disk"],
  [/^the training process (was killed|ended without a word)$/, "killed"],
  [/^(?<count>\d+) workers were lost over it$/, "workers-lost"],
  [/^cannot start: (?<error>.*)$/, "cannot-start"],
  [/^this machine's version does not know its settings: (?<names>.*)$/, "other-version"],
  [/^it could not start; the log/, "machine-log"],
  [/^the queue has lost it$/, "lost"],
  [/^it did not answer and was killed$/, "no-answer"],
  [/it goes on from epoch (?<epoch>\d+); its optimizer starts anew/, "restored-weights"],
  [/it goes on from epoch (?<epoch>\d+)/, "restored"],
  [/it starts from the beginning/, "begun-again"],
  [/^(metrics.jsonl was damaged|lost: epoch|tested again: epoch)/, "mended"],
];

/** The {code, values} that a sentence stands for; null where it is none of them. */
export function oldReason(sentence) {
  for (const [form, code] of FORMS) {
    const found = sentence.match(form);
    if (found) return { code, values: { ...found.groups } };
  }
  return null;
}
