/* Makes pages better; every page works without it. */
"use strict";

/* A form that takes a while says so, and is sent once. */
for (const form of document.querySelectorAll("form[data-busy]")) {
  form.addEventListener("submit", () => {
    const button = form.querySelector("button");
    const outcome = form.querySelector("[role=status]");
    setTimeout(() => { button.disabled = true; });
    if (outcome) outcome.textContent = form.dataset.busy;
  });
}

/* Going back shows the form as it was, ready to be used again. */
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const button of document.querySelectorAll("button[disabled]")) button.disabled = false;
});
