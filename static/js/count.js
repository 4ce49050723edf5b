// Updates the count on an open page: every 30 seconds at a random offset, every five minutes while the page is hidden,
// and never after the statement is closed or if the visitor saves data. The edge cache answers.

const line = document.querySelector("[data-live]");
const { live, until, count } = line.dataset;
const { lang } = document.documentElement;
const words = new Intl.PluralRules(lang);
const said = document.createElement("p");
let told = Date.now(), heard = +count, timer;

function wait() {
  clearTimeout(timer);
  timer = setTimeout(look, (document.hidden ? 300 : 30) * (750 + Math.random() * 500));
}

async function look() {
  if (Date.now() > Date.parse(until)) return;
  const answer = await fetch(live).catch(() => null);
  if (answer?.ok) show((await answer.json()).count);
  if (answer?.status !== 404) wait();
}

// Only where the words around it stay correct. A screen reader announces a new number at most every five minutes.
function show(number) {
  if (words.select(number) !== words.select(count)) return;
  line.querySelector("b").textContent = number.toLocaleString(lang === "ar" ? "ar-EG" : lang);
  if (number === heard || Date.now() - told < 300_000) return;
  told = Date.now();
  heard = number;
  said.textContent = line.textContent;
}

if (!navigator.connection?.saveData && !matchMedia("(prefers-reduced-data: reduce)").matches) {
  said.role = "status";
  said.className = "unseen";
  line.after(said);
  document.addEventListener("visibilitychange", wait);
  wait();
}
