/**
 * What runs in the page: the filter and the panel of failing checks. It reads and clones what is in the document and puts
 * no text from tests into markup. Without it the page still shows everything, and links lead to the failing checks.
 */

export const SCRIPT = `
'use strict';
const all = (selector, from = document) => Array.from(from.querySelectorAll(selector));
const panel = document.getElementById('panel');
const heading = panel.querySelector('h3');
const contents = panel.querySelector('div');

function show(link) {
  heading.textContent = link.getAttribute('aria-label');
  contents.replaceChildren(...link.dataset.f.split(' ').map((id) => {
    const copy = document.getElementById(id).cloneNode(true);
    copy.removeAttribute('id');
    return copy;
  }));
  panel.showModal();
  panel.scrollTop = 0;
}

document.addEventListener('click', (event) => {
  const link = event.target.closest('a[data-f]');
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    show(link);
  } else if (event.target === panel || event.target.closest('#panel header button')) {
    panel.close();
  }
});

const box = document.getElementById('filter');
const rows = all('tr[data-words]');
const chips = all('.tools button');
const output = document.querySelector('.tools output');
let chosen = 'all';

function fits(row, words) {
  const kinds = row.dataset.kinds.split(' ');
  return (chosen === 'all' || kinds.includes(chosen)) && words.every((word) => row.dataset.words.includes(word));
}

function filter() {
  const words = box.value.toLowerCase().split(/\\s+/).filter(Boolean);
  let shown = 0;
  for (const row of rows) {
    row.hidden = !fits(row, words);
    shown += row.hidden ? 0 : 1;
  }
  output.textContent = shown + ' of ' + rows.length + ' calls';
}

box.addEventListener('input', filter);
for (const chip of chips) {
  chip.addEventListener('click', () => {
    chosen = chip.value;
    for (const other of chips) other.setAttribute('aria-pressed', String(other === chip));
    filter();
  });
}
// A square of a card leads to a row: it must be there.
document.addEventListener('click', (event) => {
  if (event.target.closest('svg a')) {
    box.value = '';
    chips[0].click();
  }
});
document.querySelector('.tools').hidden = false;
filter();
`;
