// The pane beside the network: what is known about a node or a line, with its sentences.

const ABOUT_PAPER = ['proposes', 'addresses', 'mentions'];

function showPane(app) {
  const { node, edge, from, to } = app.steps.state;
  const pane = byId('pane');
  if (edge) app.graph.need('evidence', ...edge);
  else if (node >= 0) app.graph.need('node', node);
  let content;
  if (edge) content = aboutLine(app, edge);
  else if (node >= 0) content = app.graph.kind(node) === 'Paper' ? aboutPaper(app, node) : app.graph.kind(node) === 'Result' ? aboutResult(app, node) : aboutEntity(app, node);
  else if (from >= 0 && to >= 0) content = aboutPaths(app);
  else content = overview(app);
  fill(pane, content);
  pane.scrollTop = 0;
  document.body.classList.toggle('detail', node >= 0 || Boolean(edge) || (from >= 0 && to >= 0));
}

const closer = (app) => button('×', () => app.steps.go({ node: -1, edge: null }), { class: 'icon close', 'aria-label': 'Close', title: 'Close (Esc)' });

function badge(graph, node) {
  const kind = graph.kind(node);
  const name = KIND_NAMES[kind]?.[0] ?? kind;
  return el('span', { class: 'badge' }, swatch(kind), capital(name));
}

/** A node's name as a button that selects it. */
function chip(app, node, limit = 60) {
  return button([swatch(app.graph.kind(node)), bdi(app.graph.name(node, limit), limit)], () => app.visit(node), { class: 'chip' });
}

function section(title, ...content) {
  return el('section', {}, el('h3', {}, title), content);
}

function overview(app) {
  const { graph } = app;
  const counts = KINDS.filter((kind) => graph.kindCounts.get(kind)).map((kind) => {
    const number = graph.kindCounts.get(kind);
    return el('li', {}, swatch(kind), el('b', {}, number.toLocaleString('en')), ` ${KIND_NAMES[kind][number === 1 ? 0 : 1]}`);
  });
  const most = Math.max(...ENTITIES.flatMap((kind) => graph.ranked(kind).slice(0, 1)).map((i) => graph.nodes.papers[i]), 1);
  const top = ENTITIES.filter((kind) => graph.kindCounts.get(kind)).map((kind) => section(
    `Most named ${KIND_NAMES[kind][1]}`,
    el('ul', { class: 'ranking' }, graph.ranked(kind).slice(0, 6).map((node) => el('li', {}, chip(app, node),
      el('meter', { min: 0, max: most, value: graph.nodes.papers[node], 'aria-hidden': 'true' }),
      el('span', { class: 'faint' }, count(graph.nodes.papers[node], 'paper'))))),
  ));
  return [
    el('h2', {}, 'What is in this graph'),
    el('ul', { class: 'counts' }, counts, el('li', {}, el('b', {}, graph.facts.toLocaleString('en')), ' facts, each with its sentence')),
    el('p', { class: 'faint' }, 'Click a node or a line for the sentences behind it; double-click to draw more neighbours; or search.'),
    top,
    graph.data.extractor ? el('p', { class: 'faint small' }, `Read by ${plain(graph.data.extractor, 60)} ${plain(graph.data.version, 30)}`) : null,
  ];
}

function aboutEntity(app, node) {
  const { graph } = app;
  const span = years(graph.nodes.first[node], graph.nodes.last[node]);
  const aliases = graph.aliases(node);
  return [
    closer(app), badge(graph, node), el('h2', { dir: 'auto' }, bdi(graph.name(node, 400), 400)),
    aliases.length ? el('p', { class: 'aliases' }, 'Also ', aliases.slice(0, 8).flatMap((alias, i) => [i ? ', ' : '', bdi(alias, 80)]), aliases.length > 8 ? ` and ${aliases.length - 8} more` : '') : null,
    el('p', { class: 'faint' }, [count(graph.nodes.papers[node], 'paper'), span].filter(Boolean).join(' · ')),
    actions(app, node), yearBars(graph, node),
    relationSections(app, node),
    resultSection(app, node),
    paperSection(app, node),
    mergeSection(app, node),
    matchSection(app, node),
  ];
}

function years(first, last) {
  if (!first) return '';
  return first === last ? String(first) : `${first}–${last}`;
}

function actions(app, node) {
  const { graph, steps } = app;
  const filter = new Filter(graph, steps.state);
  const hidden = filter.neighbours(node).filter((n) => !app.view.shown?.places.has(n.node)).length;
  const results = hasResults(graph, node);
  return el('div', { class: 'actions' },
    button(hidden ? `Expand (${hidden})` : 'Expanded', () => app.view.more(node), { disabled: !hidden, class: 'main', title: 'Draw more neighbours (Enter)' }),
    button('Centre', () => app.centre(node), { disabled: steps.state.at === node, title: 'Put it in the centre (C)' }),
    button('Path to…', (event) => askPath(app, node, event.currentTarget.parentElement), { title: 'Find paths to another node (P)' }),
    hasLineage(graph, node) ? button('Lineage', () => app.kinOf(node), { title: 'What it comes from and what comes from it (L)' }) : null,
    graph.page(node) ? el('a', { class: 'button', href: graph.page(node) }, 'Its page') : null,
    results ? button('Results', () => steps.go({ view: 'results', task: -1, dataset: -1, metric: -1, [graph.kind(node).toLowerCase()]: node })) : null);
}

function hasLineage(graph, node) {
  return graph.isEntity(node) && Array.from(graph.touching(node)).some((e) => isLineage(graph, e));
}

function hasResults(graph, node) {
  return ['Task', 'Dataset', 'Metric'].includes(graph.kind(node))
    && Array.from(graph.touching(node)).some((e) => SLOTS.includes(graph.relation(e)));
}

function askPath(app, node, place) {
  if (place.nextElementSibling?.classList.contains('ask')) return;
  const list = el('ul', { id: 'path-list', role: 'listbox', 'aria-label': 'Matches', hidden: true });
  const input = el('input', { type: 'text', role: 'combobox', 'aria-expanded': 'false', 'aria-controls': 'path-list', 'aria-autocomplete': 'list', 'aria-label': 'Path to', autocomplete: 'off', placeholder: 'Path to which node?' });
  place.after(el('div', { class: 'search ask' }, input, list));
  combobox(input, list, app.index, (to) => app.steps.go({ view: 'network', from: node, to, at: -1, more: [], node: -1, edge: null }), (other) => other !== node);
  input.focus();
}

/** How many papers a year name the entity, as bars. */
function yearBars(graph, node) {
  const counts = graph.yearsOf(node);
  if (!graph.years || counts.size < 2) return null;
  const [first, last] = [Math.max(graph.years[0], graph.years[1] - 24), graph.years[1]];
  const most = Math.max(...counts.values());
  const width = 320 / (last - first + 1);
  const bars = [];
  for (let year = first; year <= last; year += 1) {
    const height = ((counts.get(year) ?? 0) / most) * 34;
    bars.push(svg('rect', { x: (year - first) * width + 1, y: 36 - height, width: Math.max(width - 2, 1), height: Math.max(height, 0.5) }, svg('title', {}, `${year}: ${counts.get(year) ?? 0}`)));
  }
  const label = [...counts].sort((a, b) => a[0] - b[0]).map(([year, number]) => `${year}: ${number}`).join(', ');
  return el('figure', { class: 'bars' }, svg('svg', { viewBox: '0 0 320 38', role: 'img', 'aria-label': `Papers by year. ${label}`, preserveAspectRatio: 'none' }, ...bars),
    el('figcaption', {}, el('span', {}, String(first)), el('span', {}, 'papers by year'), el('span', {}, String(last))));
}

/** The facts about an entity, by relation and direction. */
function relationSections(app, node) {
  const { graph } = app;
  const groups = new Map();
  for (const edge of graph.touching(node)) {
    const other = graph.other(edge, node);
    if (!graph.isEntity(other)) continue;
    const relation = graph.relation(edge);
    const outward = graph.edges.head[edge] === node;
    const name = outward ? spoken(relation) : INVERSE[relation] ?? `${spoken(relation)} (from)`;
    if (!groups.has(name)) groups.set(name, { relation, outward, edges: [] });
    groups.get(name).edges.push(edge);
  }
  const rank = (edge) => graph.edges.support[edge] * 10 + graph.edges.score[edge] + graph.weight(graph.other(edge, node)) / 1e4;
  const all = ({ relation, outward, edges }) => graph.total(node, relation, outward, edges.length);
  return [...groups].map(([name, group]) => ({ name, edges: group.edges, number: all(group) })).sort((a, b) => b.number - a.number || (a.name < b.name ? -1 : 1)).map(({ name, edges, number }) => el('section', {},
    el('h3', {}, name, el('span', { class: 'number' }, number.toLocaleString('en'))),
    longList(edges.sort((a, b) => rank(b) - rank(a) || a - b), (edge) => fact(app, node, edge), 6, 'facts')));
}

/** One fact: the other end, and its sentences when opened. */
function fact(app, node, edge) {
  const { graph } = app;
  const other = graph.other(edge, node);
  const quotes = el('div', { class: 'quotes-of' });
  const details = el('details', { ontoggle: () => details.open && !quotes.firstChild && fill(quotes, sentences(app, [edge], [node, other])) },
    el('summary', {}, statusLabel(graph, edge), el('span', { class: 'support' }, count(graph.edges.support[edge], 'paper')), certainty(graph.edges.score[edge])), quotes);
  return el('li', {}, chip(app, other), details);
}

function resultSection(app, node) {
  const { graph } = app;
  const found = Array.from(graph.touching(node)).filter((e) => SLOTS.includes(graph.relation(e))).map((e) => graph.edges.head[e]);
  const results = [...new Set(found)].map((id) => graph.result(id));
  if (!results.length) return null;
  return el('section', {}, el('h3', {}, 'Reported results', el('span', { class: 'number' }, String(results.length))),
    longList(results, (r) => el('li', {}, button([el('b', {}, plain(r.value ?? '', 40)), ' ', bdi(graph.name(r.node, 90), 90)], () => app.steps.select(r.node), { class: 'text' })), 6, 'plain'));
}

function paperSection(app, node) {
  const papers = app.graph.papersOf(node);
  if (!papers.length) return null;
  const item = (paper) => {
    const edges = app.graph.between(node, paper);
    const roles = edges.map((e) => app.graph.relation(e)).filter((r) => r !== 'mentions');
    const quotes = el('div', { class: 'quotes-of' });
    const details = el('details', { ontoggle: () => details.open && !quotes.firstChild && fill(quotes, sentences(app, edges, [node])) },
      el('summary', {}, roles.length ? roles.map((r) => (r === 'proposes' ? 'proposed here' : 'its subject')).join(', ') : 'quote'), quotes);
    return el('li', {}, citation(app, paper), edges.length ? details : null);
  };
  return el('section', {}, el('h3', {}, 'Papers', el('span', { class: 'number' }, largest([papers.length, app.graph.nodes.papers[node]]).toLocaleString('en'))), longList(papers, item, 6, 'papers'));
}

function mergeSection(app, node) {
  const merges = app.graph.data.merges[node] ?? [];
  if (merges.length < 2) return null;
  const item = ([form, reason, score, papers]) => el('li', {}, el('b', {}, bdi(form, 80)), ` ${plain(reason, 200)} `, el('span', { class: 'faint' }, `${count(papers, 'paper')}, ${score.toFixed(2)}`));
  return el('section', {}, el('details', { class: 'merges' }, el('summary', {}, el('h3', {}, 'Why these names are one node', el('span', { class: 'number' }, String(merges.length)))), longList(merges, item, 12, 'plain')));
}

/** The concepts of vocabularies that an entity is or comes near; only those on the Web are links. */
function matchSection(app, node) {
  const matches = app.graph.data.matches[node] ?? [];
  if (!matches.length) return null;
  const item = ([iri, label, kind, score, vocabulary, reason]) => el('li', {}, el('b', {}, bdi(label, 80)), ` ${kind} `, link(iri, plain(iri, 80)) ?? plain(iri, 80), el('span', { class: 'faint' }, ` ${plain(vocabulary, 60)}: ${plain(reason, 300)}, ${score.toFixed(2)}`));
  return el('section', {}, el('h3', {}, 'In vocabularies', el('span', { class: 'number' }, String(matches.length))), longList(matches, item, 6, 'plain'));
}

function aboutPaper(app, node) {
  const { graph } = app;
  const { authors, venue } = graph.data.papers[node] ?? {};
  const groups = ABOUT_PAPER.map((relation) => [relation, Array.from(graph.touching(node)).filter((e) => graph.edges.head[e] === node && graph.relation(e) === relation)]);
  const named = new Set(groups.slice(0, 2).flatMap(([, edges]) => edges.map((e) => graph.edges.tail[e])));
  const results = Array.from(graph.touching(node)).filter((e) => graph.relation(e) === 'reports').map((e) => graph.edges.tail[e]);
  const titles = { proposes: 'Proposes', addresses: 'Is about', mentions: 'Names' };
  return [
    closer(app), badge(graph, node), el('h2', { dir: 'auto' }, bdi(graph.name(node, 500), 500)),
    authors ? el('p', {}, bdi(authors, 300)) : null,
    el('p', { class: 'faint' }, [plain(venue ?? '', 120), graph.nodes.first[node] || ''].filter(Boolean).join(' '), paperLinks(graph, node).map((a) => [' ', a])),
    actions(app, node),
    groups.map(([relation, edges]) => {
      const shown = edges.filter((e) => relation !== 'mentions' || !named.has(graph.edges.tail[e]));
      return shown.length ? section(titles[relation], longList(shown, (e) => fact(app, node, e), 12, 'facts')) : null;
    }),
    results.length ? section('Reports', longList(results, (r) => el('li', {}, button(bdi(graph.name(r, 120), 120), () => app.steps.select(r), { class: 'text' })), 12, 'plain')) : null,
  ];
}

function aboutResult(app, node) {
  const { graph } = app;
  const result = graph.result(node);
  const slots = SLOTS.filter((slot) => result[slot] !== undefined);
  return [
    closer(app), badge(graph, node), el('h2', { dir: 'auto' }, bdi(graph.name(node, 300), 300)),
    el('dl', { class: 'slots' }, el('dt', {}, 'value'), el('dd', {}, plain(result.value ?? '', 80)),
      slots.map((slot) => [el('dt', {}, slot === 'dataset' ? 'data set' : slot), el('dd', {}, chip(app, result[slot]))])),
    actions(app, node),
    section('The sentence', result.sentence >= 0 ? el('ul', { class: 'quotes' }, el('li', {}, quoted(graph, graph.data.sentences.text[result.sentence], slots.map((s) => result[s])), citation(app, result.paper))) : null),
  ];
}

function aboutLine(app, [a, b]) {
  const { graph } = app;
  const edges = graph.between(a, b).sort((x, y) => graph.edges.support[y] - graph.edges.support[x] || x - y);
  return [
    closer(app), el('span', { class: 'badge' }, count(edges.length, 'fact')),
    el('h2', { class: 'pair' }, chip(app, a, 80), el('span', { class: 'faint' }, 'and'), chip(app, b, 80)),
    edges.map((edge) => el('section', {},
      el('p', { class: 'triple' }, bdi(graph.name(graph.edges.head[edge], 80)), el('b', {}, ` ${spoken(graph.relation(edge))} `), bdi(graph.name(graph.edges.tail[edge], 80))),
      el('p', { class: 'faint' }, statusLabel(graph, edge), [count(graph.edges.support[edge], 'paper'), years(graph.edges.first[edge], graph.edges.last[edge])].filter(Boolean).join(' · '), ' ', certainty(graph.edges.score[edge])),
      sentences(app, [edge], [a, b]))),
    edges.length ? null : el('p', {}, 'No fact joins these two.'),
  ];
}

function aboutPaths(app) {
  const { graph, steps } = app;
  const { from, to } = steps.state;
  const paths = app.view.shown?.paths ?? [];
  const step = (a, b) => {
    const edges = graph.between(a, b);
    const names = [...new Set(edges.map((e) => (graph.edges.head[e] === a ? spoken(graph.relation(e)) : INVERSE[graph.relation(e)])))];
    return button(names.join(', ') || '–', () => steps.go({ edge: [a, b], node: -1 }), { class: 'text step' });
  };
  return [
    button('×', () => steps.go({ from: -1, to: -1 }), { class: 'icon close', 'aria-label': 'Close' }),
    el('span', { class: 'badge' }, paths.length ? count(paths.length, 'shortest path') : 'No path'),
    el('h2', { class: 'pair' }, chip(app, from, 80), el('span', { class: 'faint' }, 'to'), chip(app, to, 80)),
    paths.length ? null : el('p', {}, 'With these filters no facts lead from one to the other.'),
    paths.map((path) => el('ol', { class: 'path' }, path.map((node, i) => el('li', {}, i ? step(path[i - 1], node) : null, chip(app, node))))),
  ];
}
