// Search over names and aliases, and the box that completes them.

/** Case, accents, hyphens and spacing do not matter. */
function folded(text) {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/[\s\-‐-―_/]+/g, ' ').trim();
}

class Index {
  constructor(graph) {
    this.graph = graph;
    this.texts = [];
    this.owners = [];
    this.forms = [];
    for (let node = 0; node < graph.size; node += 1) {
      if (graph.kind(node) === 'Result') continue;
      this.add(node, graph.nodes.label[node]);
      for (const alias of graph.aliases(node)) this.add(node, alias);
    }
  }

  add(node, form) {
    this.texts.push(` ${folded(plain(form, 400))}`);
    this.owners.push(node);
    this.forms.push(form);
  }

  /** The best nodes for a query as [{node, form}]: whole names first, then beginnings, words, and parts of words. */
  find(query, { accept = () => true, limit = 12 } = {}) {
    const wanted = folded(query);
    if (!wanted) return [];
    const words = wanted.split(' ');
    const best = new Map();
    for (let i = 0; i < this.texts.length; i += 1) {
      const quality = matchQuality(this.texts[i], wanted, words);
      if (quality === 0) continue;
      const node = this.owners[i];
      if (!accept(node)) continue;
      const value = quality * 10 + Math.log2(1 + this.graph.weight(node)) * 4 - this.texts[i].length * 0.02
        + (this.forms[i] === this.graph.nodes.label[node] ? 8 : 0) - (this.graph.kind(node) === 'Paper' ? 12 : 0);
      const known = best.get(node);
      if (!known || known.value < value) best.set(node, { node, form: this.forms[i], value });
    }
    return [...best.values()].sort((a, b) => b.value - a.value || a.node - b.node).slice(0, limit);
  }
}

function matchQuality(text, wanted, words) {
  const at = text.indexOf(wanted);
  if (at === 1) return text.length === wanted.length + 1 ? 6 : 4;
  if (at > 0) return text[at - 1] === ' ' ? 3 : 1;
  return words.length > 1 && words.every((word) => text.includes(` ${word}`)) ? 2 : 0;
}

/** Make `input` a combobox (WAI-ARIA 1.2) over the index; `pick(node)` is called with the choice. */
function combobox(input, list, index, pick, accept) {
  let options = [];
  let active = -1;
  const close = () => {
    list.hidden = true;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
    active = -1;
  };
  const choose = (option) => {
    close();
    input.value = '';
    pick(option.node);
  };
  const mark = (position) => {
    active = position;
    Array.from(list.children).forEach((item, i) => {
      item.setAttribute('aria-selected', String(i === active));
      if (i === active) {
        input.setAttribute('aria-activedescendant', item.id);
        item.scrollIntoView({ block: 'nearest' });
      }
    });
  };
  const show = () => {
    const query = input.value;
    const found = index.find(query, { accept });
    if (Array.isArray(found)) offer(found);
    else found.then((late) => input.value === query && offer(late)); // asked of a server
  };
  const offer = (found) => {
    options = found;
    if (!input.value.trim()) {
      close();
      return;
    }
    fill(list, options.map((option, i) => suggestion(index.graph, option, `${list.id}-${i}`, () => choose(option))));
    if (!options.length) fill(list, el('li', { class: 'none', role: 'option', 'aria-disabled': 'true' }, 'Nothing by that name'));
    list.hidden = false;
    input.setAttribute('aria-expanded', 'true');
    if (options.length) mark(0);
  };
  input.addEventListener('input', show);
  input.addEventListener('focus', () => input.value && show());
  input.addEventListener('blur', () => setTimeout(close, 150));
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      input.value = '';
      close();
      input.blur();
    } else if (!list.hidden && options.length && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      mark((active + (event.key === 'ArrowDown' ? 1 : options.length - 1)) % options.length);
      event.preventDefault();
    } else if (event.key === 'Enter' && active >= 0) {
      choose(options[active]);
      event.preventDefault();
    }
    event.stopPropagation();
  });
}

function suggestion(graph, { node, form }, id, choose) {
  const other = form !== graph.nodes.label[node] ? el('span', { class: 'alias' }, bdi(form, 60)) : null;
  const papers = graph.isEntity(node) ? count(graph.nodes.papers[node], 'paper') : graph.nodes.first[node] || '';
  return el('li', { id, role: 'option', 'aria-selected': 'false', onmousedown: (event) => { event.preventDefault(); choose(); } },
    swatch(graph.kind(node)), el('span', { class: 'found' }, bdi(graph.name(node), 90), other), el('span', { class: 'faint' }, String(papers)));
}
