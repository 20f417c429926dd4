// Files as people have them: encodings, separators, numbers, headers, and which columns are meant.

import assert from "node:assert/strict";
import test from "node:test";

import papa from "papaparse";

import { columnsOf, guessChoice, hasHeader, namesOf } from "../../../../static/js/playground/own/columns.js";
import { decode } from "../../../../static/js/playground/own/encoding.js";
import { guessDecimal, readNumber } from "../../../../static/js/playground/own/numbers.js";
import { MOST_COLUMNS, MOST_ROWS, readTable, SEPARATORS } from "../../../../static/js/playground/own/table.js";

const bytesOf = (text) => new TextEncoder().encode(text);

/** UTF-16 with or without its mark. */
function utf16(text, isBig, mark = true) {
  const units = [...(mark ? "\ufeff" : ""), ...text].join("");
  const bytes = new Uint8Array(2 * units.length);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < units.length; at++) view.setUint16(2 * at, units.charCodeAt(at), !isBig);
  return bytes;
}

const FLOWERS = "花瓣长度,品种\r\n1.4,山鸢尾\r\n4.7,变色鸢尾\r\n";
const GB18030 = Uint8Array.from(
  // the same in GB18030
  [0xbb, 0xa8, 0xb0, 0xea, 0xb3, 0xa4, 0xb6, 0xc8, 0x2c, 0xc6, 0xb7, 0xd6, 0xd6, 0x0d, 0x0a]
    .concat([0x31, 0x2e, 0x34, 0x2c, 0xc9, 0xbd, 0xf0, 0xb0, 0xce, 0xb2, 0x0d, 0x0a])
    .concat([0x34, 0x2e, 0x37, 0x2c, 0xb1, 0xe4, 0xc9, 0xab, 0xf0, 0xb0, 0xce, 0xb2, 0x0d, 0x0a]),
);

const ENCODED = {
  "UTF-8": [bytesOf(FLOWERS), FLOWERS, "utf-8"],
  "UTF-8 with a mark": [Uint8Array.of(0xef, 0xbb, 0xbf, ...bytesOf(FLOWERS)), FLOWERS, "utf-8"],
  "UTF-16, little end first": [utf16(FLOWERS, false), FLOWERS, "utf-16le"],
  "UTF-16, big end first": [utf16(FLOWERS, true), FLOWERS, "utf-16be"],
  "UTF-16 without a mark": [utf16("x,y,label\n1,2,a\n", false, false), "x,y,label\n1,2,a\n", "utf-16le"],
  "UTF-16 without a mark, big end first": [utf16("x,y,label\n1,2,a\n", true, false), "x,y,label\n1,2,a\n", "utf-16be"],
  GB18030: [GB18030, FLOWERS, "gb18030"],
  "Latin-1": [Uint8Array.from("Größe,T °C\n1,é\n", (c) => c.charCodeAt(0)), "Größe,T °C\n1,é\n", "windows-1252"],
  "Latin-1 with two such letters in a row": [
    Uint8Array.from("Größe,Fläche\n1,Äöü\n", (c) => c.charCodeAt(0)),
    "Größe,Fläche\n1,Äöü\n",
    "windows-1252",
  ],
  "UTF-8 with a damaged byte": [
    Uint8Array.from(bytesOf(FLOWERS.repeat(3)), (byte, at) => (at === 1 ? 0xff : byte)),
    new TextDecoder().decode(Uint8Array.from(bytesOf(FLOWERS.repeat(3)), (byte, at) => (at === 1 ? 0xff : byte))),
    "utf-8",
  ],
  ASCII: [bytesOf("x,y\n1,2\n"), "x,y\n1,2\n", "utf-8"],
};
for (const [name, [bytes, text, encoding]] of Object.entries(ENCODED))
  test(`a file in ${name} is read as it was meant`, () => assert.deepEqual(decode(bytes), { text, encoding }));

const NO_TEXT = {
  empty: [Uint8Array.of(), bytesOf(" \n\t\n"), Uint8Array.of(0xef, 0xbb, 0xbf)],
  workbook: [Uint8Array.of(0x50, 0x4b, 3, 4, 20, 0, 6, 0)],
  oldWorkbook: [Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1)],
  picture: [
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0),
    Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0),
  ],
  document: [bytesOf("%PDF-1.7\n")],
  markup: [
    bytesOf("<!DOCTYPE html>\n<table><tr><td>1"),
    bytesOf("\n <svg xmlns=''>"),
    bytesOf('<?xml version="1.0"?>'),
  ],
  binary: [Uint8Array.of(1, 2, 3, 0, 250), Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0), bytesOf("a\u0001b")],
};
for (const [fault, files] of Object.entries(NO_TEXT))
  test(`no table: ${fault}`, () => {
    for (const bytes of files) assert.deepEqual(decode(bytes), { fault });
  });

test("what somebody says of the encoding counts", () => {
  const bytes = Uint8Array.from("Größe\n1\n", (c) => c.charCodeAt(0));
  assert.equal(decode(bytes, "windows-1252").text, "Größe\n1\n");
  assert.equal(decode(bytesOf("Größe"), "gb18030").text, new TextDecoder("gb18030").decode(bytesOf("Größe")));
});

test("a picture's first bytes may begin a text", () => {
  assert.equal(decode(bytesOf("BMI,age\n1,2\n")).encoding, "utf-8");
  assert.equal(decode(bytesOf("GIF8,x\n1,2\n")).encoding, "utf-8");
});

// --- numbers

const POINT = {
  1.5: 1.5,
  "-2": -2,
  "+3.": 3,
  ".25": 0.25,
  "1e3": 1000,
  "1.5E-3": Math.fround(0.0015),
  " 7 ": 7,
  "1,234.5": 1234.5,
  "12,345,678": 12345678,
  "1 234": 1234,
  "1\u00a0234,5": NaN,
  "1\u202f234": 1234,
  "1'234.5": 1234.5,
  "１２．５": 12.5,
  "−4": -4,
  "12 %": 12,
  "12％": 12,
  "$1,000": 1000,
  "￥20": 20,
  "30元": 30,
  "1,5": NaN,
  abc: NaN,
  "12 cm": NaN,
  "0x1F": NaN,
  "1_000": NaN,
  "1,23": NaN,
  "1,2345": NaN,
  "10²": NaN,
  "1.2.3": NaN,
  "--1": NaN,
  "=1+1": NaN,
  "=cmd|'/c calc'!A0": NaN,
  true: NaN,
  "2024-01-05": NaN,
  "": null,
  " ": null,
  NaN: null,
  NA: null,
  "N/A": null,
  null: null,
  "-": null,
  "?": null,
  缺失: null,
  none: NaN,
  无: NaN,
  inf: Infinity,
  "-Infinity": -Infinity,
  "1e300": Infinity,
  "-1e39": -Infinity,
  "3.4e38": Math.fround(3.4e38),
  "1e-60": 0,
};
const COMMA = {
  "1,5": 1.5,
  "1.234,5": 1234.5,
  1.234: 1234,
  "1 234,5": 1234.5,
  1.5: NaN,
  ",5": 0.5,
  "-2": -2,
  "1,5e3": 1500,
};

test("numbers as people write them; texts that are not numbers, empty ones, and values beyond what is kept", () => {
  for (const [cell, value] of Object.entries(POINT)) assert.deepEqual(readNumber(cell, "point"), value, cell);
  for (const [cell, value] of Object.entries(COMMA)) assert.deepEqual(readNumber(cell, "comma"), value, cell);
});

test("whatever number is written in either way is read as it is", () => {
  let state = 1;
  const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
  for (let trial = 0; trial < 500; trial++) {
    const value = Math.fround((random() - 0.5) * 10 ** Math.round(random() * 12 - 4));
    const text = String(value);
    const english = Math.abs(value) < 1e15 ? value.toLocaleString("en-US", { maximumFractionDigits: 20 }) : text;
    const german = Math.abs(value) < 1e15 ? value.toLocaleString("de-DE", { maximumFractionDigits: 20 }) : text;
    assert.equal(readNumber(text, "point"), value, text);
    assert.equal(readNumber(text.replace(".", ","), "comma"), value, text);
    assert.equal(readNumber(english, "point"), value, english);
    assert.equal(readNumber(german, "comma"), value, german);
  }
});

test("the decimals' sign is what makes more of the cells numbers; where nothing tells, what is usual with the separator", () => {
  assert.equal(guessDecimal(["1.5", "2.5", "3"], false), "point");
  assert.equal(guessDecimal(["1,5", "2,25", "3"], false), "comma");
  assert.equal(guessDecimal(["1.234", "0,5"], true), "comma");
  assert.equal(guessDecimal(["1,234", "2,345"], false), "point");
  assert.equal(guessDecimal(["1,234", "2,345"], true), "comma");
  assert.equal(guessDecimal(["1,234.5", "2"], true), "point");
  assert.equal(guessDecimal(["a", "1"], true), "point");
});

// --- tables

const cells = (text, separator) => readTable(text, papa, separator).rows;

const SEPARATED = {
  comma: [
    "x,y,label\n1,2,a\n3,4,b\n",
    "1, 2, 3\n4, 5, 6\n",
    '"1,5","2,5",a\n"3,5","4,5",b\n',
    "sep=,\r\na,b\r\n1,2\r\n",
  ],
  semicolon: ["x;y;label\n1,5;2,5;a\n3,5;4,5;b\n", "1,5;2,5;3\n4,5;5,5;6\n", "sep=;\r\n1;2\r\n3;4\r\n"],
  tab: ["x\ty\tlabel\n1\t2\ta b\n3\t4\tc d\n", "1,5\t2,5\n3,5\t4,5\n", "1\t\t3\n4\t5\t6\n"],
  bar: ["x|y|label\n1|2|a\n"],
  wide: ["1.5  2.5   Iris setosa\n3.5   4.5  Iris versicolor\n"],
  spaces: ["  1.5 2.5 a\n13.5 4.5 b\n", "1 2 3\n4 5 6\n"],
  fullComma: ["x，y，label\n１．５，2，甲\n３，4，乙\n"],
  fullSemicolon: ["1，5；2，5；3\n4，5；5，5；6\n"],
};
for (const [name, texts] of Object.entries(SEPARATED))
  test(`the separator is guessed: ${name}`, () => {
    for (const text of texts) assert.equal(readTable(text, papa).separator, name, text);
  });

test("every separator reads back what was written with it, whatever the decimals and the line ends", () => {
  const rows = [["x", "y", "label"], ...Array.from({ length: 20 }, (_, at) => [`${at}.5`, `-${at}.25`, "abc"[at % 3]])];
  for (const name of Object.keys(SEPARATORS))
    for (const end of ["\n", "\r\n", "\r"])
      for (const decimal of ["point", "comma"]) {
        if (name === "comma" && decimal === "comma") continue; // then the cells are quoted
        const sign = { wide: "   ", spaces: " " }[name] ?? SEPARATORS[name];
        const written = rows.map((row) => row.map((cell) => (decimal === "comma" ? cell.replace(".", ",") : cell)));
        const table = readTable(written.map((row) => row.join(sign)).join(end) + end, papa);
        assert.deepEqual(table.rows.slice(0, rows.length), written, `${name} ${JSON.stringify(end)} ${decimal}`);
        assert.equal(table.decimal, decimal);
      }
});

test("lines may end in more than one way in the same text", () => {
  const rows = Array.from({ length: 40 }, (_, at) => [`${at}.5`, `-${at}.25`, "abc"[at % 3]]);
  const mixtures = {
    "a head with CRLF, rows with LF": (at) => (at === 0 ? "\r\n" : "\n"),
    "a head with LF, rows with CRLF": (at) => (at === 0 ? "\n" : "\r\n"),
    "CRLF, then LF": (at) => (at < 20 ? "\r\n" : "\n"),
    "LF, then CR": (at) => (at < 20 ? "\n" : "\r"),
    "CR, then CRLF": (at) => (at < 20 ? "\r" : "\r\n"),
    "all three in turn": (at) => ["\r\n", "\n", "\r"][at % 3],
  };
  for (const [name, end] of Object.entries(mixtures))
    for (const separator of Object.keys(SEPARATORS)) {
      const sign = { wide: "   ", spaces: " " }[separator] ?? SEPARATORS[separator];
      const text = rows.map((row, at) => row.join(sign) + end(at)).join("");
      for (const start of [
        "",
        ...(sign.length === 1 ? ["\r\n", "\n", "\r"].map((line) => `sep=${sign}${line}`) : []),
      ]) {
        const table = readTable(start + text, papa);
        assert.deepEqual(table.rows.slice(0, 40), rows, `${name}, ${separator} ${JSON.stringify(start)}`);
      }
    }
});

test("quoted cells hold separators, lines and quotes; a quote that is never closed swallows nothing", () => {
  assert.deepEqual(cells('a,"b,""c""\nd"\n1,2\n').slice(0, 2), [
    ["a", 'b,"c"\nd'],
    ["1", "2"],
  ]);
  const open = cells('x,y\n1,"2\n3,4\n5,6\n');
  assert.deepEqual(open[2], ["3", "4"]);
  assert.deepEqual(open[3], ["5", "6"]);
});

test("rows of any length become even, empty ones stay in their place, and there is an end to rows and columns", () => {
  assert.deepEqual(cells("x,y,z\n1,2\n\n3,4,5,6\n").slice(0, 4), [
    ["x", "y", "z", ""],
    ["1", "2", "", ""],
    ["", "", "", ""],
    ["3", "4", "5", "6"],
  ]);
  const long = readTable("1,2\n".repeat(MOST_ROWS + 5), papa);
  assert.equal(long.rows.length, MOST_ROWS);
  assert.ok(long.isLong);
  assert.ok(!readTable("1,2\n".repeat(50), papa).isLong);
  const wide = readTable(`${Array(150).fill("1").join(",")}\n`.repeat(3), papa);
  assert.equal(wide.width, 150);
  assert.equal(wide.rows[0].length, MOST_COLUMNS);
});

test("no file is so odd that the page stands still: long lines, long runs of spaces, quotes and empty lines", () => {
  const odd = {
    "one line": "1,2,3,".repeat(500_000),
    "one cell": "a".repeat(3e6),
    spaces: `a${" ".repeat(1e6)}b\n`.repeat(3),
    quotes: '"'.repeat(3e6),
    lines: `1,2\n${"\n".repeat(3e6)}`,
    "many columns": `${"1,".repeat(20_000)}\n`.repeat(50),
  };
  for (const [what, text] of Object.entries(odd)) {
    const start = performance.now();
    const table = readTable(text, papa);
    guessChoice(columnsOf(table, hasHeader(table)));
    assert.ok(performance.now() - start < 10_000, what); // some take an hour where a search is quadratic
  }
});

// --- columns

/** [whether it has names, columns, choice] of a text. */
function guessed(text) {
  const table = readTable(text, papa);
  const isHeaded = hasHeader(table);
  const columns = columnsOf(table, isHeaded);
  return { isHeaded, columns, choice: guessChoice(columns) };
}
const rowsOf = (count, make) => Array.from({ length: count }, (_, at) => make(at)).join("\n");
const noise = (at) => ((at * 7919) % 101) / 10;

test("names are found in the first row, and not where numbers stand there", () => {
  assert.ok(guessed("x,y,label\n1,2,a\n3,4,b\n").isHeaded);
  assert.ok(guessed(",x,y\n0,1,2\n1,3,4\n").isHeaded);
  assert.ok(guessed("长度;宽度\n1,5;2\n2,5;3\n").isHeaded);
  assert.ok(!guessed("1,2,a\n3,4,b\n").isHeaded);
  assert.ok(!guessed("a,1,2\nb,3,4\n").isHeaded);
  assert.ok(guessed("\n\nname,size\nTom,3\nEva,4\n").isHeaded);
});

const CHOICES = {
  // what the file is: [its text, names of x, y and label, kind]
  iris: [
    `sepal length,sepal width,petal length,petal width,species\n${rowsOf(30, (at) => `${noise(at)},${noise(at + 3)},${noise(at + 5)},1,${["setosa", "versicolor", "virginica"][at % 3]}`)}`,
    ["sepal length", "sepal width", "species"],
    "classes",
  ],
  "a numbered file of pandas": [
    `,a,b,class\n${rowsOf(30, (at) => `${at},${noise(at)},${noise(at + 1)},${at % 2}`)}`,
    ["a", "b", "class"],
    "classes",
  ],
  "numbers and no names": [rowsOf(30, (at) => `${noise(at)} ${noise(at + 2)} ${at % 3}`), ["A", "B", "C"], "classes"],
  "a label in front": [
    `diagnosis,radius,texture\n${rowsOf(30, (at) => `${"MB"[at % 2]},${noise(at)},${noise(at + 1)}`)}`,
    ["radius", "texture", "diagnosis"],
    "classes",
  ],
  "a regression": [
    `weight,power,consumption\n${rowsOf(30, (at) => `${noise(at)},${noise(at + 1)},${noise(at + 2)}`)}`,
    ["weight", "power", "consumption"],
    "value",
  ],
  "x1, x2 and y": [
    `y,x1,x2\n${rowsOf(30, (at) => `${noise(at)},${noise(at + 1)},${noise(at + 2)}`)}`,
    ["x1", "x2", "y"],
    "value",
  ],
  "y before x": [
    `y,x,label\n${rowsOf(30, (at) => `${noise(at)},${noise(at + 1)},${at % 2}`)}`,
    ["x", "y", "label"],
    "classes",
  ],
  "a target of many values": [
    `a,b,target\n${rowsOf(30, (at) => `${noise(at)},${noise(at + 1)},${at}`)}`,
    ["a", "b", "target"],
    "value",
  ],
  "names of people": [
    `name,height,weight,sex\n${rowsOf(30, (at) => `n${at},${noise(at)},${noise(at + 1)},${"mf"[at % 2]}`)}`,
    ["height", "weight", "sex"],
    "classes",
  ],
  "nine classes": [
    `a,b,c\n${rowsOf(45, (at) => `${noise(at)},${noise(at + 1)},k${at % 9}`)}`,
    ["a", "b", "c"],
    "classes",
  ],
  "有 and 无": [
    `长,宽,病\n${rowsOf(30, (at) => `${noise(at)},${noise(at + 1)},${"有无"[at % 2]}`)}`,
    ["长", "宽", "病"],
    "classes",
  ],
  "one number and a class": [
    `size,kind\n${rowsOf(30, (at) => `${noise(at)},${"ab"[at % 2]}`)}`,
    ["size", null, "kind"],
    "classes",
  ],
  "two numbers": [
    `size,price\n${rowsOf(30, (at) => `${noise(at)},${noise(at + 1)}`)}`,
    ["size", null, "price"],
    "value",
  ],
  "a year and a number": [
    `year,price\n${rowsOf(30, (at) => `${1990 + at},${noise(at + 1)}`)}`,
    ["year", null, "price"],
    "value",
  ],
};
for (const [what, [text, names, kind]] of Object.entries(CHOICES))
  test(`x, y and label are guessed: ${what}`, () => {
    const { columns, choice } = guessed(text);
    const found = [choice.x, choice.y, choice.label].map((at) => (at === null ? null : columns[at].name));
    assert.deepEqual(found, names);
    assert.equal(choice.kind, kind);
  });

test("nothing is guessed where there is nothing to choose", () => {
  assert.equal(guessed(rowsOf(30, (at) => `${noise(at)}`)).choice, null);
  assert.equal(guessed(`a,b\n${rowsOf(30, (at) => `t${at},u${at}`)}`).choice, null);
});

test("names are cut, told apart, and as they are: markup is a text like any other", () => {
  const long = "长".repeat(50);
  const names = namesOf([
    "x",
    "x",
    "",
    "  ",
    `<img src=x onerror="alert(1)">`,
    long,
    long,
    "a\u202eb\u0000\tc",
    "x (2)",
  ]);
  assert.deepEqual(names.slice(0, 5), ["x", "x (2)", "C", "D", `<img src=x onerror="alert(1)">`]);
  assert.deepEqual([...names[5]].length, 40);
  assert.ok(names[5].endsWith("…"));
  assert.equal([...names[6]].length, 40);
  assert.ok(names[6].endsWith(" (2)"));
  assert.equal(names[7], "a b c");
  assert.equal(new Set(names).size, names.length);
  assert.equal(namesOf(Array(30).fill(""))[28], "AC");
});

test("rare and new characters, and what joins them, stay in names", () => {
  const written = ["𱍐", "🫨", "👨\u200d👩\u200d👧 家庭", "\u200d"];
  assert.deepEqual(namesOf(written), [...written.slice(0, 3), "D"]);
});

test("a percent sign behind the numbers goes into the name", () => {
  const { columns } = guessed("share,share 2 (%),n\n12%,1%,3\n13 %,2%,4\n");
  assert.deepEqual(
    columns.map(({ name }) => name),
    ["share (%)", "share 2 (%)", "n"],
  );
});
