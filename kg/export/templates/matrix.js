// Two kinds of entities against each other: where there are facts, and where there is white space.

const MATRICES = {
  'method-task': ['Method', 'Task', 'Methods and the tasks they are used for'],
  'task-dataset': ['Task', 'Dataset', 'Tasks and the data sets that serve them'],
  'method-dataset': ['Method', 'Dataset', 'Methods and the data sets they are evaluated on'],
};

function showMatrix(app) {
  const { steps } = app;
  const [rowKind, columnKind, title] = MATRICES[steps.state.matrix];
  const cells = cellsOf(app, rowKind, columnKind);
  let columns = heaviest([...cells.values()], 1, 18);
  const rows = heaviest([...cells.values()].filter((c) => columns.includes(c.column)), 0, 30);
  columns = heaviest([...cells.values()].filter((c) => rows.includes(c.row)), 1, 18);
  const most = Math.max(...[...cells.values()].map((c) => c.papers), 1);
  const select = el('select', { onchange: () => steps.go({ matrix: select.value }) }, Object.entries(MATRICES).map(([value, [, , name]]) => el('option', { value }, name)));
  select.value = steps.state.matrix;
  fill(byId('view-matrix'),
    el('div', { class: 'pickers' }, el('label', {}, 'Show', select)),
    el('p', { class: 'lead' }, 'Each number counts the papers that tie the two together, by a fact or a reported result. An empty cell is a pair that no paper here states.'),
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
  const { head, tail, evidence } = graph.edges;
  const papersOf = (e) => evidence[e].map(([sentence]) => graph.data.sentences.paper[sentence]);
  for (let e = 0; e < head.length; e += 1) {
    const [a, b] = [graph.kind(head[e]), graph.kind(tail[e])];
    if (a === rowKind && b === columnKind && filter.edge(e)) add(head[e], tail[e], papersOf(e));
    else if (b === rowKind && a === columnKind && filter.edge(e)) add(tail[e], head[e], papersOf(e));
  }
  app.results ??= graph.ranked('Result').map((node) => graph.result(node));
  for (const r of app.results) {
    const [row, column] = [r[rowKind.toLowerCase()], r[columnKind.toLowerCase()]];
    if (row !== undefined && column !== undefined) add(row, column, [r.paper]);
  }
  for (const cell of found.values()) cell.papers = cell.set.size;
  return found;
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
  const head = el('tr', {}, el('td', {}), columns.map((c) => el('th', { scope: 'col' }, button(el('span', {}, bdi(graph.name(c, 34), 34)), () => app.visit(c), { class: 'text', title: graph.name(c, 120) }))));
  const line = (r) => el('tr', {}, el('th', { scope: 'row' }, button(bdi(graph.name(r, 36), 36), () => app.visit(r), { class: 'text', title: graph.name(r, 120) })),
    columns.map((c) => {
      const cell = cells.get(`${r}-${c}`);
      if (!cell) return el('td', { class: 'white' });
      const level = Math.min(4, Math.ceil((cell.papers / most) * 4));
      const label = `${graph.name(r, 80)}, ${graph.name(c, 80)}: ${count(cell.papers, 'paper')}`;
      return el('td', { class: `level-${level}` }, button(String(cell.papers), () => app.steps.go({ edge: [r, c], node: -1 }), { 'aria-label': label, title: label }));
    }));
  return el('div', { class: 'table' }, el('table', { class: 'matrix' }, el('caption', {}, title), el('thead', {}, head), el('tbody', {}, rows.map(line))));
}
