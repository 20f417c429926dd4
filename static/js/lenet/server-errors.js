// The server's error sentences in the page's language. The server speaks English, in the few forms of lenet/config.py and
// lenet/runs.py; a sentence of another form is quoted as it is.

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
  [/^run \S+ belongs to another browser$/, "fault.foreign"],
  [/^the server still reads its runs/, "fault.reading"],
  [/^no (run|sweep) /, "fault.noRun"],
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
  [/^nothing was changed: /, "fault.busy"],
  [/^the server is busy: /, "fault.busy"],
  [/^the queue does not answer: /, "fault.queueSlow"],
  [/^the server has made a mistake/, "fault.mistake"],
  [/^run \S+ has no (finished )?epoch/, "fault.noEpoch"],
  [/^run \S+ (of sweep \S+ )?is \w+:/, "fault.tooLate"],
  [/^run \S+ has settings this version does not know: (?<names>.*)$/, "fault.outdated"],
  [/^that is not the teacher's token$/, "fault.token"],
  [/^the canvas is empty$/, "draw.first-mnist"],
  [
    /^could not get the data set \w+\. Tried:\n(?<tried>[^]*)\nPut these four files, unpacked, into (?<folder>.*):\n(?<files>[^]*)$/,
    "fault.noData",
  ],
  [/^that file is not on the server/, "fault.noFile"],
  [/ was removed from the server$/, "fault.removed"],
  [/^this machine has no CUDA device/, "fault.noGpu"],
  [/^requests from other origins/, "fault.origin"],
  [/^no machine that trains runs is there/, "fault.noMachine"],
  [/^the queue cannot be reached: (?<error>.*)$/, "fault.queue"],
  [/^offline$/, "fault.offline"],
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
