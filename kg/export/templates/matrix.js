// Two kinds of entities against each other: where there are facts, and where there is white space.

// 'Year' stands for the years in which papers name an entity.
const MATRICES = {
  'method-task': ['Method', 'Task', 'Methods and the tasks they are used for'],
  'task-dataset': ['Task', 'Dataset', 'Tasks and the data sets that serve them'],
  'method-dataset': ['Method', 'Dataset', 'Methods and the data sets they are evaluated on'],
  'method-year': ['Method', 'Year', 'Methods by year'],
  'task-year': ['Task', 'Year', 'Tasks by year'],
  'dataset-year': ['Dataset', 'Year', 'Data sets by year'],
};
const LEADS = {
  pair: 'Each number counts the papers that tie the two together, by a fact or a reported result. An empty cell is a pair that no paper here states.',
  year: 'Each number counts the papers of that year that name the entity.',
};

function showMatrix(app) {
  const { steps } = app;
  app.graph.need('matrix', steps.state);
  const [rowKind, columnKind, title] = MATRICES[steps.state.matrix];
  const byYear = columnKind === 'Year';
  const cells = byYear ? yearCells(app, rowKind) : cellsOf(app, rowKind, columnKind);
  const { rows, columns } = byYear ? yearAxes(app, cells) : axes(cells);
  const most = largest([...cells.values()].map((c) => c.papers));
  const select = el('select', { onchange: () => steps.go({ matrix: select.value }) }, Object.entries(MATRICES).filter(([, [, kind]]) => kind !== 'Year' || app.graph.years).map(([value, [, , name]]) => el('option', { value }, name)));
  select.value = steps.state.matrix;
  fill(byId('view-matrix'),
    el('div', { class: 'pickers' }, el('label', {}, 'Show', select)),
    el('p', { class: 'lead' }, LEADS[byYear ? 'year' : 'pair']),
    rows.length ? grid(app, title, rows, columns, cells, most) : el('p', {}, 'Nothing ties these two kinds together in this graph.'));
}

/** 'row-column' -> {row, column, papers} over facts and shared results that the filters let through. */
function cellsOf(app, rowKind, columnKind) {
  const { graph } = app;
  const filter = new Filter(graph, { ...app.steps.state, kinds: KINDS });
  const found = new Map();
  const add = (row, column, papers) => {
    const key = `${row}-${column}`;
    if (!found.has(key)) found.set(key, { row, column, set: new Set() });
    for (const paper of papers) found.get(key).set.add(paper);
  };
  const { head, tail, evidence, support } = graph.edges;
  const papersOf = (e) => evidence[e].map(([sentence]) => graph.data.sentences.paper[sentence]);
  const attested = new Map();
  for (const e of graph.eachEdge()) {
    const [a, b] = [graph.kind(head[e]), graph.kind(tail[e])];
    if (!((a === rowKind && b === columnKind) || (b === rowKind && a === columnKind)) || !filter.edge(e)) continue;
    const [row, column] = a === rowKind ? [head[e], tail[e]] : [tail[e], head[e]];
    add(row, column, papersOf(e));
    attested.set(`${row}-${column}`, Math.max(attested.get(`${row}-${column}`) ?? 0, support[e]));
  }
  for (const r of graph.results()) {
    const [row, column] = [r[rowKind.toLowerCase()], r[columnKind.toLowerCase()]];
    if (row !== undefined && column !== undefined) add(row, column, [r.paper]);
  }
  for (const [key, cell] of found) cell.papers = Math.max(cell.set.size, attested.get(key) ?? 0);
  return found;
}

/** The heaviest columns, the rows that are heaviest in them, and the columns that are heaviest in those. */
function axes(cells) {
  const all = [...cells.values()];
  const first = new Set(heaviest(all, 1, 18));
  const rows = heaviest(all.filter((c) => first.has(c.column)), 0, 30);
  const kept = new Set(rows);
  return { rows, columns: heaviest(all.filter((c) => kept.has(c.row)), 1, 18) };
}

/** 'row-year' -> {row, column, papers} for the most named entities of a kind. */
function yearCells(app, kind) {
  const { graph } = app;
  const filter = new Filter(graph, { ...app.steps.state, kinds: KINDS });
  const found = new Map();
  for (const row of graph.ranked(kind).filter((node) => filter.node(node)).slice(0, 40)) {
    for (const [year, papers] of graph.yearsOf(row)) {
      if (filter.during(year, year)) found.set(`${row}-${year}`, { row, column: year, papers });
    }
  }
  return found;
}

/** Rows by the mean year of their papers, the newest last; at most 25 years. */
function yearAxes(app, cells) {
  const years = [...cells.values()].map((c) => c.column);
  const last = largest(years);
  const first = Math.max(years.reduce((a, b) => Math.min(a, b), last), last - 24);
  const mean = (row) => {
    const own = [...cells.values()].filter((c) => c.row === row);
    return own.reduce((sum, c) => sum + c.column * c.papers, 0) / own.reduce((sum, c) => sum + c.papers, 0);
  };
  const rows = heaviest([...cells.values()], 0, 40).map((row) => [row, mean(row)]);
  return { rows: rows.sort((a, b) => a[1] - b[1] || a[0] - b[0]).map(([row]) => row), columns: years.length ? Array.from({ length: last - first + 1 }, (_, i) => first + i) : [] };
}

function heaviest(cells, side, limit) {
  const sums = new Map();
  for (const cell of cells) {
    const node = side ? cell.column : cell.row;
    sums.set(node, (sums.get(node) ?? 0) + cell.papers);
  }
  return [...sums].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, limit).map(([node]) => node);
}

function grid(app, title, rows, columns, cells, most) {
  const { graph } = app;
  const byYear = MATRICES[app.steps.state.matrix][1] === 'Year';
  const name = (column, limit) => (byYear ? String(column) : graph.name(column, limit));
  const heading = (c) => (byYear ? String(c) : button(el('span', {}, bdi(name(c, 34), 34)), () => app.visit(c), { class: 'text', title: name(c, 120) }));
  const head = el('tr', {}, el('td', {}), columns.map((c) => el('th', { scope: 'col' }, heading(c))));
  const open = (r, c) => app.steps.go(byYear ? { node: r, edge: null } : { edge: [r, c], node: -1 });
  const line = (r) => el('tr', {}, el('th', { scope: 'row' }, button(bdi(graph.name(r, 36), 36), () => app.visit(r), { class: 'text', title: graph.name(r, 120) })),
    columns.map((c) => {
      const cell = cells.get(`${r}-${c}`);
      if (!cell) return el('td', { class: 'white' });
      const level = Math.min(4, Math.ceil((cell.papers / most) * 4));
      const label = `${graph.name(r, 80)}, ${name(c, 80)}: ${count(cell.papers, 'paper')}`;
      return el('td', { class: `level-${level}` }, button(String(cell.papers), () => open(r, c), { 'aria-label': label, title: label }));
    }));
  return el('div', { class: 'table' }, el('table', { class: byYear ? 'matrix by-year' : 'matrix' }, el('caption', {}, title), el('thead', {}, head), el('tbody', {}, rows.map(line))));
}
