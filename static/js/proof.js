// Computes the proof of work. While very many sign at once, each signature needs one; a signature without it is held for
// review. The work starts when the visitor starts to type, so it is usually done before they submit the form.

const TAKEN_FOR = 15 * 60_000; // the server takes a proof for 20 minutes
const PATIENCE = 60_000;

const form = document.querySelector("form[data-challenge]");
const status = form.querySelector("[role=status]");
let begun = null;
let isSolving = false;
let isWaiting = false;
let proof = null;

function begin() {
  begun = { at: performance.now(), proof: work().catch(() => null) };
  return begun.proof;
}

/** Returns null if no proof is needed or it failed: the form is then sent without one. */
async function work() {
  const answer = await fetch(form.dataset.challenge, { cache: "no-store", signal: AbortSignal.timeout(5000) });
  if (answer.status !== 200) return null;
  const challenge = await answer.json();
  isSolving = true;
  say();
  const solution = await solve(challenge).finally(() => (isSolving = false));
  return btoa(JSON.stringify({ challenge, solution }));
}

function solve(challenge) {
  const worker = new Worker(form.dataset.worker);
  const solved = new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => (data?.derivedKey ? resolve(data) : reject(data?.error));
    worker.onerror = reject;
  });
  worker.postMessage({ type: "work", challenge, counterStart: 0, counterStep: 1, timeout: PATIENCE });
  return solved.finally(() => worker.terminate());
}

function say() {
  if (isWaiting && isSolving) status.textContent = status.dataset.working;
}

async function proofForNow() {
  const earlier = begun && performance.now() - begun.at < TAKEN_FOR ? await begun.proof : null;
  return earlier ?? begin(); // no proof was needed when the visitor began to type; it may be needed now
}

async function send(event) {
  event.preventDefault();
  if (isWaiting) return;
  isWaiting = true;
  say();
  proof = await proofForNow();
  form.submit();
}

form.addEventListener("focusin", () => begun ?? begin());
form.addEventListener("submit", send);
form.addEventListener("formdata", ({ formData }) => proof && formData.set("proof", proof));
window.addEventListener("pageshow", ({ persisted }) => {
  if (!persisted) return; // restored by the Back button: a used proof is not valid again
  begun = proof = null;
  isWaiting = false;
  status.textContent = "";
});
