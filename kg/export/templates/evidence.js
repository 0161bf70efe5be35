// Quoted sentences with the names in them marked, and links to the papers they come from.

/** The symbol of a kind, in the shape that the network draws. */
function swatch(kind) {
  const paths = {
    Method: 'M8 2a6 6 0 1 1 0 12a6 6 0 1 1 0-12z', Task: 'M3 3h10v10H3z', Dataset: 'M8 2l7 12H1z',
    Metric: 'M8 1l7 7-7 7-7-7z', Paper: 'M8 14L1 2h14z', Result: 'M8 1l2 5 5 .4-3.900 3.300 1.300 5.100L8 12l-4.400 2.800 1.300-5.100L1 6.400 6 6z',
  };
  return svg('svg', { class: `swatch ${kind.toLowerCase()}`, viewBox: '0 0 16 16', 'aria-hidden': 'true' }, svg('path', { d: paths[kind] ?? paths.Method }));
}

/** A quote, with every occurrence of the nodes' names and aliases marked, longest names first. */
function quoted(graph, text, nodes) {
  const forms = new Map();
  for (const node of nodes) {
    if (!graph.isEntity(node)) continue;
    for (const form of [graph.nodes.label[node], ...graph.aliases(node)].slice(0, 60)) {
      if (form.length > 1 && form.length < 200) forms.set(form.toLowerCase(), graph.kind(node).toLowerCase());
    }
  }
  const parts = [];
  if (forms.size) {
    const names = [...forms.keys()].sort((a, b) => b.length - a.length).map((f) => f.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'));
    const pattern = new RegExp(`(?<![\\p{L}\\p{N}])(?:${names.join('|')})(?![\\p{L}\\p{N}])`, 'giu');
    let end = 0;
    for (const match of text.matchAll(pattern)) {
      parts.push(text.slice(end, match.index), el('mark', { class: forms.get(match[0].toLowerCase()) ?? '' }, match[0]));
      end = match.index + match[0].length;
    }
    parts.push(text.slice(end));
  } else parts.push(text);
  return el('q', { dir: 'auto' }, parts);
}

/** Links to a paper: DOI, arXiv, its page; nothing but http and https. */
function paperLinks(graph, paper) {
  const { doi, arxiv, url } = graph.data.papers[paper] ?? {};
  const bare = doi?.replace(/^(https?:\/\/(dx\.)?doi\.org\/|doi:)/i, '');
  return [
    bare && /^10\.\d+\//.test(bare) ? link(`https://doi.org/${encodeURI(bare)}`, 'DOI') : null,
    arxiv && /^[\w.\-/]+$/.test(arxiv) ? link(`https://arxiv.org/abs/${encodeURI(arxiv)}`, 'arXiv') : null,
    url ? link(url, 'Page') : null,
  ].filter(Boolean);
}

/** A paper's title as a button that opens it in the pane; under it its year, links and what else is given. */
function citation(app, paper, ...more) {
  if (paper < 0) return el('p', { class: 'source' }, 'Paper unknown');
  const year = app.graph.nodes.first[paper];
  return el('div', { class: 'source' },
    button(bdi(app.graph.name(paper, 140), 140), () => app.steps.select(paper), { class: 'text' }),
    el('p', { class: 'meta' }, year ? el('span', {}, String(year)) : null, paperLinks(app.graph, paper), more));
}

/** What is said of a fact or sentence that asserts nothing, by its status. */
const STATUS_NAMES = { negated: 'denied', hedged: 'put as possible', future: 'left to the future' };

/** The status of a fact that no paper asserts, as a label; null for every other. */
function statusLabel(graph, edge) {
  const status = graph.data.edges.status?.[edge];
  return status ? el('b', { class: 'status' }, `${STATUS_NAMES[status] ?? status} `) : null;
}

/** The sentences of some edges, each once, the best attested first, with what was read from them. */
function sentences(app, edges, nodes, limit = 8) {
  const { graph } = app;
  const found = new Map();
  const statuses = new Map();
  for (const edge of edges) {
    for (const [sentence, score, status] of graph.edges.evidence[edge]) {
      found.set(sentence, Math.max(found.get(sentence) ?? 0, score));
      if (status) statuses.set(sentence, STATUS_NAMES[status] ?? status);
    }
  }
  const all = [...found].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  const item = ([sentence, score]) => el('li', {}, quoted(graph, graph.data.sentences.text[sentence], nodes),
    citation(app, graph.data.sentences.paper[sentence], certainty(score), statuses.has(sentence) ? el('b', { class: 'status' }, ` ${statuses.get(sentence)}`) : null));
  return longList(all, item, limit, 'quotes');
}

/** A score in [0, 1] as a bar with its number. */
function certainty(score) {
  const label = `Score ${score.toFixed(2)}`;
  return el('span', { class: 'certainty', title: `${label}: how sure the extractor is` },
    el('meter', { min: 0, max: 1, value: score, 'aria-label': label }), score.toFixed(2));
}

/** A list that shows its first items and, asked for, the rest in steps. */
function longList(items, make, limit, className) {
  const list = el('ul', { class: className }, items.slice(0, limit).map(make));
  let shown = limit;
  if (items.length <= limit) return list;
  const more = button(`Show ${Math.min(items.length - shown, 50)} more of ${count(items.length, 'in all', 'in all')}`, () => {
    const first = list.children.length;
    list.append(...items.slice(shown, shown + 50).map(make));
    shown += 50;
    if (shown >= items.length) more.remove();
    else more.textContent = `Show ${Math.min(items.length - shown, 50)} more of ${count(items.length, 'in all', 'in all')}`;
    list.children[first]?.querySelector('button, a, summary')?.focus();
  }, { class: 'text more' });
  return el('div', {}, list, more);
}
