// What a Chinese or Japanese keyboard types for the signs of ASCII. Pure.

const WIDE = /[！-～]/g; // each as far from its ASCII sign as the others
const APART = 0xfee0;

/** The text with ASCII's digits, letters and signs in place of full-width ones, of 。 and of the minus of typesetters: "１．５，−２" as "1.5,-2". */
export function halfWidth(text) {
  return text
    .replace(WIDE, (sign) => String.fromCharCode(sign.charCodeAt(0) - APART))
    .replaceAll("。", ".")
    .replaceAll("−", "-")
    .replaceAll("\u3000", " ");
}
