// The summary of what to change takes focus by its autofocus attribute; a browser that passes over that gets it here.
// A press on one of its lines goes to the field, with the label in view.

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
