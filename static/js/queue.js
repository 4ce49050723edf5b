// Lets a moderator use the review queue by keyboard. The next signature is loaded in advance; a decision shows it
// immediately and is sent in the background. Without this script the same buttons lead from page to page.

const SETTLE = 250; // milliseconds; a repeated keystroke within this time does not decide about the next signature
const LOG = 8;

const queue = document.getElementById("queue");
const log = queue.querySelector("[role=log]");
const alarm = queue.querySelector("[role=alert]");
let shownAt = performance.now();
let isBusy = false;
let coming = ask(queue.dataset.next, new FormData(form()), [shown()]);

function form() {
  return queue.querySelector("form.presses");
}

function section() {
  return queue.querySelector("section.case");
}

function shown() {
  return section().dataset.id;
}

/** Returns the part of a page that answers a decision, or the text of its error. */
async function ask(address, data, beside) {
  data.set("part", "1");
  for (const id of beside) if (id) data.append("beside", id);
  try {
    const answer = await fetch(address, { method: "POST", body: data, credentials: "same-origin", redirect: "error" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const refused = page.querySelector("[data-refused]")?.textContent;
    if (!answer.ok) return { problem: refused ?? `${queue.dataset.lost} ${answer.status}` };
    return { said: page.querySelector("[data-said]"), next: page.querySelector("section.case") };
  } catch {
    return { problem: queue.dataset.lost };
  }
}

async function decide(button) {
  if (isBusy) return;
  isBusy = true;
  const name = section().querySelector("h1").textContent;
  const address = form().action;
  const data = new FormData(form(), button);
  form().inert = true;
  const { next, problem } = await coming;
  if (!next) return stop(problem);
  section().replaceWith(document.adoptNode(next));
  section().focus({ preventScroll: true });
  shownAt = performance.now();
  isBusy = false;
  coming = ask(address, data, [shown()]).then((answer) => hear(answer, name));
}

/** Shows a failed decision prominently; the queue continues. */
async function hear(answer, name) {
  if (!answer.problem) {
    note(answer.said);
    return answer;
  }
  alarm.textContent = `${answer.problem} (${name})`;
  alarm.hidden = false;
  return ask(queue.dataset.next, new FormData(form() ?? undefined), [shown()]);
}

function note(said) {
  if (!said) return;
  log.dataset.many = Number(log.dataset.many ?? 0) + 1;
  const line = document.createElement("li");
  line.append(...said.childNodes);
  log.prepend(line);
  while (log.children.length > LOG) log.lastElementChild.remove();
}

function stop(problem) {
  alarm.textContent = problem;
  alarm.hidden = false;
  form().inert = false;
  isBusy = false;
  coming = ask(queue.dataset.next, new FormData(form()), [shown()]);
}

function toggle(details) {
  for (const other of form().querySelectorAll("details[open]")) if (other !== details) other.open = false;
  details.open = !details.open;
}

function press(event) {
  if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || !form()) return;
  const open = form().querySelector("details[open]");
  if (event.key === "Escape") {
    if (open) open.open = false;
    section().focus({ preventScroll: true });
    return;
  }
  if (event.target.matches("input, textarea, select")) return;
  const key = event.key.toLowerCase();
  if (key === "m") {
    form().elements.note.focus();
  } else if (open?.querySelector(`button[data-key="${CSS.escape(key)}"]`)) {
    settled() && decide(open.querySelector(`button[data-key="${CSS.escape(key)}"]`));
  } else {
    const found = form().querySelector(`:scope > [data-key="${CSS.escape(key)}"]`);
    if (!found) return;
    if (found.matches("details")) toggle(found);
    else if (settled()) decide(found);
  }
  event.preventDefault();
}

function settled() {
  return performance.now() - shownAt > SETTLE;
}

document.addEventListener("keydown", press);
queue.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.submitter) decide(event.submitter);
});
section().focus({ preventScroll: true });
