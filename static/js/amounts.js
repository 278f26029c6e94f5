/* Amounts as people type and read them, by the same rules as the server. */
const LARGEST = 99999999999999;
const TYPED_MAX = 60;
const SPACES = /[ \u00a0\u202f\u2009\u2007]/g;
const AMOUNT = /^([-−]?) *(?:€|EUR)? *([-−]?) *([0-9][0-9., ]*?) *(?:€|EUR)?$/i;
const TWO_WAYS = /^[1-9][0-9]{0,2}[.,][0-9]{3}$/;
const FIGURES = {
  nl: /^(?<whole>[0-9]+|[1-9][0-9]{0,2}([. ])[0-9]{3}(?:\2[0-9]{3})*)(?:,(?<decimals>[0-9]{1,2}))?$/,
  en: /^(?<whole>[0-9]+|[1-9][0-9]{0,2}([, ])[0-9]{3}(?:\2[0-9]{3})*)(?:\.(?<decimals>[0-9]{1,2}))?$/,
};

/* Gives whole cents, or null for what is no amount or could be two. */
export function readAmount(text, language) {
  const narrow = text.replace(SPACES, " ").trim();
  const found = narrow.length <= TYPED_MAX ? AMOUNT.exec(narrow) : null;
  if (!found || (found[1] && found[2]) || TWO_WAYS.test(found[3])) return null;
  const parts = FIGURES[language === "nl" ? "nl" : "en"].exec(found[3]);
  if (!parts) return null;
  const { whole, decimals = "" } = parts.groups;
  const cents = Number(whole.replace(/[^0-9]/g, "") + decimals.padEnd(2, "0"));
  if (cents > LARGEST) return null;
  return (found[1] || found[2]) && cents ? -cents : cents;
}

/* Writes cents as a sentence has them: € 1.234,56 in Dutch. */
export function writeAmount(cents, language) {
  const [group, point] = language === "nl" ? [".", ","] : [",", "."];
  const digits = String(Math.abs(cents)).padStart(3, "0");
  const whole = digits.slice(0, -2).replace(/\B(?=(?:[0-9]{3})+$)/g, group);
  return `${cents < 0 ? "−" : ""}€\u00a0${whole}${point}${digits.slice(-2)}`;
}
