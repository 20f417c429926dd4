// What the server refuses and why a run has ended, in the page's language. Where the code of a refusal says it all, it is
// taken; else its English sentence, in the few forms of lenet/config.py and lenet/runs.py. Another one is quoted as it is.

const CODES = {
  "wrong-token": "fault.token",
  origin: "fault.origin",
  "no-such-run": "fault.noRun",
  "no-such-sweep": "fault.noRun",
  "no-such-epoch": "fault.noEpoch",
  "no-files": "fault.removed",
  "no-file": "fault.noFile",
  "not-yours": "fault.foreign",
  "not-resumable": "fault.tooLate",
  "not-active": "fault.tooLate",
  active: "fault.tooLate",
  reading: "fault.reading",
  busy: "fault.busy",
  "too-many-questions": "fault.busy",
  "no-worker": "fault.noMachine",
  "no-answer": "fault.unanswered",
  "empty-drawing": "draw.first-mnist",
  mistake: "fault.mistake",
  http: "fault.http",
  offline: "fault.offline",
};

const FORMS = [
  [/^invalid \w+: (?<value>.*) \(want a whole number from (?<low>\S+) to (?<high>\S+)\)$/, "fault.whole"],
  [/^invalid \w+: (?<value>.*) \(want a number from (?<low>\S+) to (?<high>\S+)\)$/, "fault.number"],
  [/^invalid (?<field>\w+): (?<value>.*) \(want one of (?<choices>.*)\)$/, "fault.choice"],
  [/^invalid \w+: (?<value>.*) \(want less than train_images, which is (?<most>\d+)\)$/, "fault.holdout"],
  [/^invalid \w+: (?<value>.*) \(want at most (?<most>\d+) images\)$/, "fault.batch"],
  [/^invalid axes: .* \(want at most (?<most>\d+) combinations, here are (?<count>\d+)\)$/, "fault.combinations"],
  [/^invalid axes: .* \(want an object with a hyperparameter or more\)$/, "fault.noAxes"],
  [/^invalid \w+: .* \(want a list of 1 to (?<most>\d+) values\)$/, "fault.values"],
  [/^invalid \w+: .* \(want each value once\)$/, "fault.twice"],
  [/^invalid \w+: .* \(want low less than high, .*\)$/, "fault.range"],
  [/^invalid device: (?<value>.*) \(want auto or cpu: this server has no GPU\)$/, "fault.noGpu"],
  [/^you have (?<count>\d+) runs queued or running/, "fault.cap"],
  [/^invalid name: .* \(want at most (?<most>\d+) characters/, "fault.name"],
  [/^by the teacher$/, "end.byTeacher"],
  [/^the server was closed$/, "end.closed"],
  [/^its process was told to end/, "end.signalled"],
  [/^the test accuracy reached (?<accuracy>\S+)$/, "end.reached"],
  [/^the test accuracy moved by less than (?<change>\S+)$/, "end.moved"],
  [/^run \S+ cannot be read: (?<reason>.*)$/, "fault.unreadable"],
  [/^its records cannot be read: (?<reason>.*)$/, "fault.records"],
  [/^what the queue holds of it cannot be read$/, "fault.queueRecords"],
  [/^run \S+ cannot be deleted: (?<reason>.*)$/, "fault.inUse"],
  [/^programs have (?<count>\d+) runs queued or running/, "fault.programs"],
  [/^the queue is full: (?<have>\d+) .* of (?<most>\d+) at most$/, "fault.full"],
  [/^the queue does not answer: /, "fault.queueSlow"],
  [/^run \S+ has settings this version does not know: (?<names>.*)$/, "fault.outdated"],
  [
    /^could not get the data set \w+\. Tried:\n(?<tried>[^]*)\nPut these four files, unpacked, into (?<folder>.*):\n(?<files>[^]*)$/,
    "fault.noData",
  ],
  [/^this machine has no CUDA device/, "fault.noGpu"],
  [/^the queue cannot be reached: (?<error>.*)$/, "fault.queue"],
  [/^the loss is no longer a number .*epoch (?<epoch>\d+)/, "fault.notANumber"],
  [/^the GPU's memory is full/, "fault.outOfMemory"],
  [/^(the disk|cannot store the run): (?<error>.*)$/, "fault.disk"],
  [/^the training process (was killed|ended without a word)$/, "fault.killed"],
  [/^its worker was lost: another will go on/, "fault.workerLost"],
  [/^(?<count>\d+) workers were lost over it$/, "fault.workersLost"],
  [/^cannot start: (?<error>.*)$/, "fault.cannotStart"],
  [/^this machine's version does not know its settings: (?<names>.*)$/, "fault.otherVersion"],
  [/^it could not start; the log/, "fault.machineLog"],
  [/^the queue has lost it$/, "fault.lost"],
  [/^it did not answer and was killed$/, "fault.noAnswer"],
  [/it goes on from epoch (?<epoch>\d+); its optimizer starts anew/, "fault.restoredWeights"],
  [/it goes on from epoch (?<epoch>\d+)/, "fault.restored"],
  [/it starts from the beginning/, "fault.begunAgain"],
  [/^(metrics.jsonl was damaged|lost: epoch|tested again: epoch)/, "fault.mended"],
];

/** [translation key, values] for a refusal, {code, message}, as an ApiError has it. */
export function refusalText({ code, message }) {
  return code in CODES ? [CODES[code], { error: message }] : errorText(message);
}

/** [translation key, values] for a sentence of the server. */
export function errorText(sentence) {
  for (const [form, key] of FORMS) {
    const found = sentence.match(form);
    if (found) return [key, valuesOf(key, found.groups ?? {})];
  }
  return ["fault.other", { error: sentence }];
}

/** What was wrong, without the quotes in which the server puts a text; names of values as the form has them. */
function valuesOf(key, groups) {
  const values = { ...groups };
  if (values.value) values.value = values.value.replace(/^(['"])(.*)\1$/, "$2");
  if (key === "fault.choice") {
    const group = values.field === "preset" ? "preset" : "option";
    values.choices = listOf(values.choices.split(", ").map((name) => [`${group}.${name}`]));
  }
  return values;
}

/** Texts in a row, as one text. */
function listOf([first, ...others]) {
  return others.length > 0 ? ["fault.list", { first, rest: listOf(others) }] : first;
}
