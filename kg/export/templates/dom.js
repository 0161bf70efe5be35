// Elements, made without markup: every string becomes a text node.

const byId = (id) => document.getElementById(id);

/** An element with attributes (`onclick` and the like add listeners; null and false are left out) and children. */
function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? '' : String(value));
  }
  node.append(...present(children));
  return node;
}

/** Put children in the place of those that `node` has. */
function fill(node, ...children) {
  node.replaceChildren(...present(children));
  return node;
}

function present(children) {
  return children.flat(2).filter((child) => child !== null && child !== undefined && child !== false);
}

/** An SVG element. */
function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

/** A string on one line, without control characters, cut to `limit` characters. */
function plain(text, limit = 300) {
  const line = String(text).replace(/[\s\u0000-\u001f\u007f-\u009f]+/g, ' ').trim();
  const characters = line.length > limit ? Array.from(line) : null;
  return characters && characters.length > limit ? characters.slice(0, limit - 1).join('') + '…' : line;
}

/** A name that keeps its own direction of writing and does not disturb what stands beside it. */
const bdi = (text, limit) => el('bdi', {}, plain(text, limit));

/** A button. */
const button = (label, onclick, attributes = {}) => el('button', { type: 'button', onclick, ...attributes }, label);

/** '1 paper', '1,204 papers'. */
function count(number, one, many = `${one}s`) {
  return `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
}

/** The largest number, at least 1; a list may be longer than a call can have arguments. */
const largest = (numbers) => numbers.reduce((a, b) => Math.max(a, b), 1);

/** A link that opens elsewhere, or null unless `address` is http or https. */
function link(address, label) {
  let url;
  try {
    url = new URL(address);
  } catch {
    return null;
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
  return el('a', { href: url.href, target: '_blank', rel: 'noopener noreferrer' }, label);
}

function announce(message) {
  byId('status').textContent = message;
}
