// The Chinese texts call one thing by one name, on every page, in the article, in reports and in the notebook's templates.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import test from "node:test";

const ROOT = new URL("../../../", import.meta.url);
const names = (folder, ending) =>
  readdirSync(new URL(folder, ROOT))
    .filter((name) => name.endsWith(ending))
    .map((name) => folder + name);
const FILES = [
  ...names("static/js/i18n/", "zh.js"),
  ...names("notebook/templates/", ".zh.md"),
  "static/js/playground/article-zh.js",
  "notebook/words.py",
  "README.zh.md",
];
const TEXTS = FILES.map((name) => [name, readFileSync(new URL(name, ROOT), "utf8")]);

// What is said, what is not, and what may be there all the same.
const TERMS = [
  ["准确率", /准确度/g, "可以达到 {accuracy} 的准确度"], // the exercise's own sentence
  ["教师", /老师/g],
  ["备注", /笔记(?!本)/g], // 笔记本 is Jupyter's
  ["一份实验记录", /[一这那另每几]本/g],
  ["成功", /解决(?:了 \{solved|所需)|算解决/g],
  ["输出图", /热图|热力图|地图|大图/g],
  ["物种", /品种/g],
  ["重做", /恢复所撤销|撤销(?:和|或|与|、)恢复/g],
  ["游乐场", /(?<!TensorFlow |Network |The )Playground/g],
  ["您", /你/g],
  ["Tab 键", /制表键/g],
  ["TensorFlow", /Tensorflow/g],
  ["文件夹", /目录/g, 'contents="目录"'], // a report's table of contents
];

for (const [said, other, allowed = ""] of TERMS) {
  test(`Chinese texts say ${said}`, () => {
    const found = TEXTS.flatMap(([name, text]) =>
      text
        .split("\n")
        .map((line) => (allowed ? line.replaceAll(allowed, "") : line))
        .filter((line) => line.match(other))
        .map((line) => `${name}: ${line.trim()}`),
    );
    assert.deepEqual(found, []);
  });
}
