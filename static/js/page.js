// Offers the page in the language that the browser asks for first, where it is another one that we have. Nothing is
// remembered: who stays is offered it again, in one quiet line.

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

// What moves comes when the page is there: it asks for one module, and that one for the others.
const lively = document.querySelector("[data-module]");
if (lively) import(lively.dataset.module);
