// Elements, and the tables of the report.

const make = (tag, text, parent) => {
  const element = document.createElement(tag);
  element.textContent = text;
  if (parent) parent.append(element);
  return element;
};

// Where tables do not fit, a hint tells that there is more to the right. The names of the rows stay, as far as they
// leave half of the room to the figures.
const hint = table => table.classList.toggle('more', table.scrollLeft + table.clientWidth < table.scrollWidth - 1);
const pin = table => {
  const origin = table.getBoundingClientRect().left;
  const lefts = [...table.querySelectorAll('tbody tr:first-child th')]
      .map(name => name.getBoundingClientRect())
      .map(({left, right}) => right - origin < table.clientWidth / 2 ? left - origin + 'px' : 'auto');
  table.querySelectorAll('tr').forEach(row => lefts.forEach((left, i) => {
    row.children[i].classList.add('name');
    row.children[i].style.left = left;
  }));
};
const fit = new ResizeObserver(entries => entries.forEach(({target}) => {
  if (target.scrollLeft === 0) pin(target);
  hint(target);
}));
const watchTables = () => document.querySelectorAll('.scroll').forEach(table => {
  fit.observe(table);
  table.addEventListener('scroll', () => hint(table), {passive: true});
});

// Of the maps, one is shown.
const showMaps = () => {
  const maps = [...document.querySelectorAll('[data-heat]')];
  if (maps.length < 2) return;
  const choice = document.createElement('select');
  choice.setAttribute('aria-label', 'Measure of the heat map');
  maps.forEach(map => { make('option', map.dataset.heat, choice).value = map.dataset.heat; });
  const show = () => maps.forEach(map => { map.hidden = map.dataset.heat !== choice.value; });
  choice.addEventListener('change', show);
  document.getElementById('heat').insertBefore(choice, maps[0]);
  show();
};
