// A page that is served follows its runs.
let before = '';
const lost = make('p', 'The server cannot be reached; trying again.');
const follow = async () => {
  try {
    const now = await (await fetch(location.href)).text();
    if (before && now !== before) {
      const page = new DOMParser().parseFromString(now, 'text/html');
      document.querySelector('header').replaceWith(page.querySelector('header'));
      ['data', 'tables'].forEach(id => document.getElementById(id).replaceWith(page.getElementById(id)));
      document.dispatchEvent(new Event('changed'));
    }
    before = now;
    lost.remove();
  } catch {
    document.querySelector('main').prepend(lost);
  }
  setTimeout(follow, 2000);
};
follow();
