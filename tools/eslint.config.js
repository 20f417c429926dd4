// ESLint's recommended rules; what is not defined is for tsc to say, which knows the browsers (tsconfig.json).
// Nothing in the page's scripts may be newer than the browsers in package.json's `browserslist`: neither an interface
// (compat), nor syntax or a method of a value (es-x; the oldest of those browsers know ES2022 but for two things).

import js from "@eslint/js";
import compat from "eslint-plugin-compat";
import esx from "eslint-plugin-es-x";

// Iterators have had methods named like those of arrays since ES2025; without types the two look the same.
const LIKE_ARRAYS = /^es-x\/no-iterator-prototype-/;
const recent = Object.entries(esx.configs["flat/restrict-to-es2022"].rules).filter(([name]) => !LIKE_ARRAYS.test(name));
const OF_AN_ITERATOR =
  "CallExpression > MemberExpression[property.name=/^(map|filter|find|some|every|reduce|forEach|take|drop|flatMap|toArray)$/]" +
  " > CallExpression > MemberExpression.callee[property.name=/^(values|keys|entries)$/]:not([object.name='Object'])";

export default [
  { ignores: ["static/vendor/**"] },
  js.configs.recommended,
  compat.configs["flat/recommended"],
  {
    plugins: { "es-x": esx },
    settings: { "es-x": { aggressive: true } },
    rules: {
      "no-undef": "off",
      ...Object.fromEntries(recent),
      "es-x/no-class-static-block": "error", // Safari 16.4
      "es-x/no-regexp-lookbehind-assertions": "error", // Safari 16.4
      "es-x/no-resizable-and-growable-arraybuffers": "off", // takes Plotly's `resize` for one
      "no-restricted-syntax": ["error", { selector: OF_AN_ITERATOR, message: "A method of iterators is ES2025." }],
    },
    linterOptions: { reportUnusedDisableDirectives: "error" },
  },
];
