// Finds what is wrong with the page that is shown; each line says what and where.
const wrong = [];
const name = e => e.tagName.toLowerCase() + (e.id ? '#' + e.id : '') + (e.className ? '.' + e.className : '');
const shown = e => e.getClientRects().length > 0 && getComputedStyle(e).visibility !== 'hidden'
  && !e.closest('.hidden-text, .skip');
const root = document.documentElement;
if (root.scrollWidth > root.clientWidth) wrong.push('sticks out: ' + root.scrollWidth + ' > ' + root.clientWidth);
if (root.lang !== 'zh-CN') wrong.push('no language');
if (document.querySelectorAll('h1').length !== 1) wrong.push('not one h1');
for (const landmark of ['header', 'main'])
  if (!document.querySelector(landmark)) wrong.push('no ' + landmark);
const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
for (const id of ids) if (ids.filter(other => other === id).length > 1) wrong.push('twice: #' + id);
let level = 1;
for (const h of document.querySelectorAll('main h1, main h2, main h3, main h4')) {
  const here = Number(h.tagName[1]);
  if (here > level + 1) wrong.push('heading skips a level: ' + h.textContent.trim());
  level = here;
}
for (const e of document.querySelectorAll('input:not([type=hidden]), select, textarea'))
  if (!e.labels || !e.labels.length || !e.labels[0].textContent.trim()) wrong.push('no label: ' + name(e));
for (const e of document.querySelectorAll('[aria-describedby], [aria-labelledby]'))
  for (const id of ((e.getAttribute('aria-describedby') || '') + ' ' + (e.getAttribute('aria-labelledby') || '')).trim().split(/\s+/))
    if (!document.getElementById(id)) wrong.push('points to nothing: ' + name(e) + ' -> ' + id);
for (const e of document.querySelectorAll('a[href^="#"]'))
  if (!document.getElementById(e.getAttribute('href').slice(1))) wrong.push('leads nowhere: ' + e.getAttribute('href'));
for (const e of document.querySelectorAll('.button, .nav a, input:not([type=hidden]):not([type=radio]):not([type=checkbox]), select, textarea, .choice label, summary'))
  if (shown(e) && e.getBoundingClientRect().height < 44) wrong.push('too small to hit: ' + name(e) + ' ' + e.getBoundingClientRect().height);
const light = text => {
  const [r, g, b] = text.match(/[\d.]+/g).map(Number).map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const ground = e => {
  for (; e; e = e.parentElement) {
    const colour = getComputedStyle(e).backgroundColor;
    if (!/, 0\)$|transparent/.test(colour)) return colour;
  }
  return 'rgb(255, 255, 255)';
};
for (const e of document.querySelectorAll('body *')) {
  const own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
  if (!own || !shown(e)) continue;
  const style = getComputedStyle(e);
  const [a, b] = [light(style.color), light(ground(e))];
  const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  if (contrast < 4.5) wrong.push('hard to read: ' + name(e) + ' ' + contrast.toFixed(2));
  if (parseFloat(style.fontSize) < 16) wrong.push('too small to read: ' + name(e) + ' ' + style.fontSize);
}
return wrong;
