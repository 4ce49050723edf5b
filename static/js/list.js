// Updates the list while the visitor types, and loads more names below it. It fetches the same page that the form or the
// link leads to by a plain GET, and takes the part with the names.

const PAUSE = 250; // milliseconds after the last key

const form = document.querySelector("form.search");
const input = form.querySelector("[type=search]");
const said = document.getElementById("said");
let timer;
let asked;

const results = () => document.getElementById("results");

async function part(url) {
  asked?.abort();
  asked = new AbortController();
  const response = await fetch(url, { signal: asked.signal });
  if (!response.ok) throw new Error(response.status);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  return document.adoptNode(page.getElementById("results"));
}

function address() {
  const url = new URL(form.action);
  url.search = "";
  for (const [name, value] of new FormData(form)) if (value) url.searchParams.set(name, value);
  return url;
}

async function search() {
  const url = address();
  const found = await part(url);
  results().replaceWith(found);
  history.replaceState(null, "", url);
  said.textContent = found.dataset.said;
}

async function more(link) {
  const found = await part(link.href);
  const first = found.querySelector(".names > li");
  results().querySelector(".names").append(...found.querySelectorAll(".names > li"));
  const next = found.querySelector(".more-names");
  const here = results().querySelector(".more-names");
  if (next) here.replaceWith(next);
  else here.remove();
  first.tabIndex = -1;
  first.focus({ preventScroll: true });
  said.textContent = found.dataset.said;
}

// A later keystroke replaced this request: no error. Any other failure loads the page without the script.
const unless = (failed) => (error) => error.name === "AbortError" || failed();

input.addEventListener("input", (event) => {
  clearTimeout(timer);
  if (!event.isComposing) timer = setTimeout(() => search().catch(unless(() => {})), PAUSE);
});
input.addEventListener("compositionend", () => input.dispatchEvent(new Event("input")));

document.addEventListener("click", (event) => {
  const link = event.target.closest("#results a[rel=next]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  more(link).catch(unless(() => location.assign(link.href)));
});
