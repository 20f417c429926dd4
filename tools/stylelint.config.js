// No rule of the style sheets may need a newer browser than package.json's `browserslist` names: cascade layers all of
// these have, nesting and `light-dark()` not. Where one may do without,
// the line says so, and says what stands there instead.

export default {
  plugins: ["stylelint-no-unsupported-browser-features"],
  reportNeedlessDisables: true,
  reportDescriptionlessDisables: true,
  rules: {
    "plugin/no-unsupported-browser-features": [
      true,
      {
        ignorePartialSupport: true,
        // Each only adds: where it is not known, things look or move as the browser has them anyway.
        ignore: ["css-touch-action", "css-scrollbar", "extended-system-fonts"],
      },
    ],
    // Not in that plugin's data: Chrome 111 and 123, Firefox 113 and 120, Safari 16.2 and 17.5.
    "function-disallowed-list": ["color-mix", "light-dark"],
  },
};
