/**
 * How much of each answer card is seen: one is open, the others show their title and the sentence that answers. The open
 * one gives way, down to a few lines of its quote, until all of them fit beside the departments.
 */

/**
 * From one to the next less air, and at last fewer lines: an emergency above or a question to ask takes its place. `lines`
 * of the quote stay in any case, and the sentence that answers up to `most` lines.
 */
const STEPS = [
  { look: [], lines: 3, most: 5 },
  { look: ["tight"], lines: 3, most: 5 },
  { look: ["tight", "tightest"], lines: 2, most: 2 },
];

/**
 * @param {HTMLElement} host of the cards
 * @param {string} wanted the suggestion that somebody turned to; where it is gone, the first card is open
 */
export function layOut(host, wanted) {
  const cards = /** @type {HTMLElement[]} */ ([...host.querySelectorAll(".card.suggested")]);
  const open = cards.find((card) => card.dataset.suggestion === wanted) ?? cards[0];
  for (const card of /** @type {NodeListOf<HTMLElement>} */ (host.querySelectorAll(".card"))) card.classList.toggle("open", card === open);
  const quote = /** @type {HTMLElement | null} */ (open?.querySelector("blockquote") ?? null);
  if (quote) fit(host, cards, quote);
}

/**
 * @param {HTMLElement} host
 * @param {HTMLElement[]} cards
 * @param {HTMLElement} quote of the open card
 */
function fit(host, cards, quote) {
  const at = quote.scrollTop;
  const before = quote.style.maxHeight;
  const line = parseFloat(getComputedStyle(quote).lineHeight);
  const sentence = /** @type {HTMLElement | null} */ (quote.querySelector(".answering"))?.offsetHeight ?? 0;
  for (const { look, lines, most } of STEPS) {
    host.classList.remove("tight", "tightest");
    host.classList.add(...look);
    if (shrink(host, cards, quote, Math.min(most * line, Math.max(lines * line, sentence)))) break;
  }
  if (quote.style.maxHeight === before) quote.scrollTop = at; // somebody may have scrolled it
  else showSentence(quote);
}

/**
 * @param {HTMLElement} host
 * @param {HTMLElement[]} cards
 * @param {HTMLElement} quote
 * @param {number} least pixels of the quote that are left in any case
 * @returns {boolean} whether all cards are seen
 */
function shrink(host, cards, quote, least) {
  quote.style.maxHeight = "";
  const bottom = Math.max(...cards.map((card) => card.offsetTop + card.offsetHeight));
  const over = bottom + parseFloat(getComputedStyle(host).paddingBottom) - host.clientHeight;
  if (over <= 0) return true;
  const height = quote.offsetHeight - over;
  quote.style.maxHeight = `${Math.max(least, height)}px`;
  return height >= least;
}

/** Scroll the quote, and nothing around it, to the sentence that answers. @param {HTMLElement} quote */
function showSentence(quote) {
  const sentence = /** @type {HTMLElement | null} */ (quote.querySelector(".answering"));
  if (sentence) quote.scrollTop = sentence.offsetTop;
}
