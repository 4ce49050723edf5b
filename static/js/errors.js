// Focuses the summary of errors in browsers that ignore its autofocus attribute.
// A click on one of its lines moves to the field and keeps the label visible.

const summary = document.getElementById("errors");

function goToField(event) {
  const line = event.target.closest("a[href^='#']");
  const field = line && document.getElementById(line.hash.slice(1));
  if (!field) return;
  event.preventDefault();
  field.closest("details")?.setAttribute("open", "");
  (field.closest(".field") ?? field).scrollIntoView({ block: "start" });
  field.focus({ preventScroll: true });
}

if (summary) {
  summary.focus({ preventScroll: true });
  summary.scrollIntoView({ block: "start" });
  summary.addEventListener("click", goToField);
}
