// Runs in a page, and gives what keeps some people from using it: structure, contrast, width. Looked at as it is shown.
(() => {
  const issues = [];
  const check = (holds, issue) => void (holds || issues.push(issue));
  const all = (selector) => [...document.querySelectorAll(selector)].filter((element) => element.checkVisibility());

  check(document.documentElement.lang !== '', 'no language');
  check(document.title !== '', 'no title');
  check(all('main').length === 1, 'not one main');
  check(all('h1').length === 1, 'not one h1');
  check(document.querySelector('meta[name=viewport]') !== null, 'no viewport');
  check(document.querySelectorAll('[role=status]').length === 1, 'not one status');
  const levels = all('h1,h2,h3,h4,h5,h6').map(({ tagName }) => Number(tagName.slice(1)));
  const inOrder = levels.every((level, index) => level <= (levels[index - 1] ?? 0) + 1);
  check(inOrder, `headings skip a level: ${levels.join()}`);
  for (const link of all('a')) check(link.textContent !== '', 'a link without text');
  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
  check(new Set(ids).size === ids.length, 'an id is there twice');
  check(document.documentElement.scrollWidth <= innerWidth, 'wider than the screen');

  // Relative luminance and contrast as WCAG 2 defines them.
  const channels = (color) => (color.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = (color) => {
    const [red, green, blue] = channels(color).map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const background = (element) => {
    if (!element) return 'rgb(255, 255, 255)';
    const color = getComputedStyle(element).backgroundColor;
    return channels(color)[3] === 0 ? background(element.parentElement) : color;
  };
  const hasText = ({ childNodes }) =>
    [...childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim() !== '');
  for (const element of all('body *').filter(hasText)) {
    const both = [luminance(getComputedStyle(element).color), luminance(background(element))];
    const contrast = (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
    check(contrast >= 4.5, `contrast ${contrast.toFixed(1)} of <${element.tagName}> ${element.textContent}`);
  }
  return issues;
})();
