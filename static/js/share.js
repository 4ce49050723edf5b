// Shares a link with the browser's own share dialog if it has one, or copies it to the clipboard.

const part = document.querySelector(".share-now");
const { title, address } = part.dataset;
const status = part.querySelector("[role=status]");
const share = part.querySelector("[data-do=share]");
const copy = part.querySelector("[data-do=copy]");

if (navigator.share) {
  share.hidden = false;
  share.addEventListener("click", () => {
    navigator.share({ title, text: title, url: address }).catch(() => {}); // closed without sharing
  });
}

if (navigator.clipboard) {
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(address);
    status.textContent = "";
    requestAnimationFrame(() => (status.textContent = status.dataset.copied));
  });
}
