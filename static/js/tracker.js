/* Makes pages better; every page works without it. */
import { readAmount, writeAmount } from "./amounts.js";

/* A form that changes something is sent once; one that takes a while says so. */
const asleep = new Set();

addEventListener("submit", ({ target: form, defaultPrevented }) => {
  if (defaultPrevented || form.getAttribute("method") !== "post") return;
  if ("again" in form.dataset) return; // it hands a file out, and the page stays
  const outcome = form.querySelector("[role=status]");
  setTimeout(() => {
    for (const button of form.elements) {
      if (button.tagName !== "BUTTON" || button.disabled) continue;
      button.disabled = true;
      asleep.add(button);
    }
  });
  if (outcome && form.dataset.busy) outcome.textContent = form.dataset.busy;
});

/* Going back shows the form as it was, ready to be used again. */
addEventListener("pageshow", (event) => {
  if (event.persisted) for (const button of asleep) button.disabled = false;
  asleep.clear();
});

/* What was refused is read out, and its links lead to the fields. */
document.querySelector(".summary")?.focus();

/* Totals and the room that is left, beside the fields that they are about. */
function matching(form, names) {
  const parts = names.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  const pattern = new RegExp(`^${parts.join(".*")}$`);
  return [...form.elements].filter((field) => field.type === "text" && pattern.test(field.name));
}

function sentence({ sum: names, from = 0, of, total, left, over, unread }, form, language) {
  const typed = matching(form, names).map((field) => field.value).filter((text) => text.trim());
  const amounts = typed.map((text) => readAmount(text, language));
  if (amounts.includes(null)) return { text: unread, late: false };
  const sum = amounts.reduce((so_far, cents) => so_far + cents, Number(from));
  const room = of === undefined ? 0 : Number(of) - sum;
  const template = of === undefined ? total : room < 0 ? over : left;
  const said = { total: sum, left: room, over: -room };
  const text = template.replace(/\{(total|left|over)\}/g, (_, name) => writeAmount(said[name], language));
  return { text, late: room < 0 };
}

export function keepUpToDate(output) {
  const form = output.closest("form");
  const language = document.documentElement.lang;
  const update = () => {
    const { text, late } = sentence(output.dataset, form, language);
    if (output.textContent !== text) output.textContent = text;
    output.classList.toggle("is-late", late);
  };
  form.addEventListener("input", update);
  addEventListener("pageshow", update);
}

document.querySelectorAll("output[data-sum]").forEach(keepUpToDate);
