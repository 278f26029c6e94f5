/* Imports: what is on its way says how far it is, and files may be dropped on the page. */
const WAIT = 1000;

/* Asks how far a file is; the page is shown anew when its file waits for somebody. */
async function follow(place) {
  if (!document.hidden) {
    const answer = await fetch(place.dataset.standing).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const { state, done, whole, words } = await answer.json();
    if (state !== place.dataset.state) {
      location.reload();
      return;
    }
    show(place, done, whole, words);
  }
  setTimeout(follow, WAIT, place);
}

function show(place, done, whole, words) {
  const bar = place.querySelector("progress");
  const said = place.querySelector("[data-words]");
  if (bar && whole) Object.assign(bar, { max: whole, value: done });
  if (said && said.textContent !== words) said.textContent = words;
}

/* Says of files that are too many or too large that they are, before they are sent. */
function judge(input) {
  const files = [...input.files];
  const size = files.reduce((sum, file) => sum + file.size, 0);
  const isTooMuch = files.length > Number(input.dataset.most) || size > Number(input.dataset.bytes);
  input.setCustomValidity(isTooMuch ? input.dataset.tooMuch : "");
  if (isTooMuch) input.reportValidity();
}

const bringsFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");

function takeDropped(form) {
  const input = form.querySelector("input[type=file]");
  input.addEventListener("change", () => judge(input));
  addEventListener("dragover", (event) => {
    if (!bringsFiles(event)) return;
    event.preventDefault();
    form.classList.add("is-over");
  });
  addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) form.classList.remove("is-over");
  });
  addEventListener("drop", (event) => {
    if (!bringsFiles(event)) return;
    event.preventDefault();
    form.classList.remove("is-over");
    input.files = event.dataTransfer.files;
    judge(input);
    input.focus();
  });
}

document.querySelectorAll("[data-standing]").forEach(follow);
document.querySelectorAll("form[data-drop]").forEach(takeDropped);

/* Says on the button what will be done with what is chosen. */
function tellWhatIsKept(form) {
  const button = form.querySelector("button[data-bring]");
  const update = () => {
    const leaves = form.querySelectorAll("input[name=leave_out]:checked").length;
    const changes = form.querySelector("input[name=apply_changes]:checked");
    const { bring, only } = button.dataset; // only: what is done where nothing is new
    const parts = [changes && only ? only : bring];
    if (changes && !only) parts.push(button.dataset.changes);
    if (leaves) parts.push(button.dataset.leaves.replace("{count}", leaves));
    button.textContent = parts.join(", ");
  };
  form.addEventListener("input", update);
  addEventListener("pageshow", update);
  update();
}

function offerToPrint(button) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

document.querySelectorAll("form[data-keep]").forEach(tellWhatIsKept);
document.querySelectorAll("button[data-print]").forEach(offerToPrint);
