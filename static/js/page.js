// Offers the page in the browser's preferred language, if that is another language of the site. Nothing is stored, so the
// line appears again on the next page.

const offers = [...document.querySelectorAll("[data-offer]")];
const here = document.documentElement.lang;
const known = new Set([here, ...offers.map((offer) => offer.lang)]);
const wanted = navigator.languages.map((language) => language.toLowerCase().split("-")[0]);
const best = wanted.find((language) => known.has(language));
const offer = best !== here && offers.find((each) => each.lang === best);

if (offer) {
  for (const link of offer.querySelectorAll("a")) link.search = location.search;
  offer.hidden = false;
}

// Loads interactive modules after the page: the page loads one module, and that one loads the others.
const lively = document.querySelector("[data-module]");
if (lively) import(lively.dataset.module);
