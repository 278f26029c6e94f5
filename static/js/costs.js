/* What an invoice comes to while it is typed, by the same arithmetic as the server. */
import { readAmount, writeAmount } from "./amounts.js";

const ONE = 1000000n; // shares in millionths
const SHARE = /^([0-9]{1,9})(?:[.,]([0-9]{1,4}))? *%?$/;

/* Gives a percentage as millionths of one, or null for what is none. */
function readShare(text) {
  const found = SHARE.exec(text.trim());
  if (!found) return null;
  const share = BigInt(found[1]) * 10000n + BigInt((found[2] ?? "").padEnd(4, "0"));
  return share <= ONE ? share : null;
}

/* Divides and rounds half away from zero. */
function nearest(part, whole) {
  const size = part < 0n ? -part : part;
  const rounded = (2n * size + whole) / (2n * whole);
  return part < 0n ? -rounded : rounded;
}

/* Gives what was typed, what stands for an empty field, or null for what cannot be read. */
function typed(form, name, read, empty) {
  const text = form.elements[name].value;
  return text.trim() ? read(text) : empty;
}

function sums(form, language) {
  const amount = (text) => {
    const cents = readAmount(text, language);
    return cents === null ? null : BigInt(cents);
  };
  const gross = typed(form, "gross", amount, null);
  const rate = typed(form, "vat_rate", readShare, undefined);
  const told = typed(form, "vat", amount, undefined);
  const back = typed(form, "deductible", readShare, ONE);
  const part = typed(form, "ineligible", amount, 0n);
  if ([gross, rate, told, back, part].includes(null)) return null;
  const by_rate = rate === undefined ? 0n : gross - nearest(gross * ONE, ONE + rate);
  const vat = told ?? by_rate;
  const cost = gross - vat + nearest(vat * (ONE - back), ONE);
  return { net: gross - vat, vat, cost, eligible: cost - part };
}

for (const output of document.querySelectorAll("output[data-cost]")) {
  const form = output.closest("form");
  const language = document.documentElement.lang;
  form.addEventListener("input", () => {
    const found = sums(form, language);
    const text = found
      ? output.dataset.cost.replace(/\{(net|vat|cost|eligible)\}/g, (_, name) => writeAmount(Number(found[name]), language))
      : output.dataset.unread;
    if (output.textContent !== text) output.textContent = text;
  });
}
