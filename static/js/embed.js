// Other sites include this script. It turns each <a data-undersigned="slug"> into a frame with the statement's count and
// a link to its form, in the language of the page, with the height of its content. Without the script the link stays.

(() => {
  const site = new URL(document.currentScript.src).origin;
  const prefixed = ["fr", "id", "hi", "ar"];
  const frames = [];

  function prefix(element) {
    const language = (element.closest("[lang]")?.lang ?? "").toLowerCase().split("-")[0];
    return prefixed.includes(language) ? `/${language}` : "";
  }

  function frameFor(link) {
    const frame = document.createElement("iframe");
    frame.src = `${site}${prefix(link)}/embed/${encodeURIComponent(link.dataset.undersigned)}/`;
    frame.title = link.textContent.trim();
    frame.loading = "lazy";
    Object.assign(frame.style, { border: "0", width: "100%", height: "260px" });
    return frame;
  }

  function place() {
    for (const link of document.querySelectorAll("a[data-undersigned]")) {
      const frame = frameFor(link);
      frames.push(frame);
      link.replaceWith(frame);
    }
  }

  // Accepts the height only from the frame itself, and only while the frame shows this site.
  function resize({ origin, source, data }) {
    const frame = origin === site && frames.find((each) => each.contentWindow === source);
    const height = data?.undersigned;
    if (frame && Number.isInteger(height) && height > 0 && height <= 2000) frame.style.height = `${height}px`;
  }

  addEventListener("message", resize);
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", place);
  else place();
})();
