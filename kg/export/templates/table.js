// What the network shows, as tables that can be sorted and read aloud.

/** A table whose columns sort: `columns` are {title, value(row), cell(row)?, number?, wide?}. */
function sortable(caption, columns, rows, { by = 0, down = false, limit = 300 } = {}) {
  const body = el('tbody');
  const heads = columns.map((column, i) => el('th', { scope: 'col', class: column.number ? 'number' : null },
    button(column.title, () => sort(i), { class: 'text' })));
  let order = { by, down };
  const draw = () => {
    const { value, number } = columns[order.by];
    const sign = order.down ? -1 : 1;
    const compare = number ? (a, b) => (value(a) ?? -Infinity) - (value(b) ?? -Infinity) : (a, b) => String(value(a)).localeCompare(String(value(b)), 'en');
    const sorted = [...rows].sort((a, b) => sign * compare(a, b));
    fill(body, sorted.slice(0, limit).map((row) => el('tr', {}, columns.map((c) => el('td', { class: c.number ? 'number' : c.wide ? 'wide' : null }, c.cell ? c.cell(row) : String(c.value(row) ?? ''))))));
    heads.forEach((head, i) => head.setAttribute('aria-sort', i !== order.by ? 'none' : order.down ? 'descending' : 'ascending'));
  };
  const sort = (i) => {
    order = { by: i, down: order.by === i ? !order.down : Boolean(columns[i].number) };
    draw();
  };
  draw();
  const rest = rows.length > limit ? el('p', { class: 'faint' }, `The first ${limit} of ${rows.length.toLocaleString('en')} rows.`) : null;
  return el('div', { class: 'table' }, el('table', {}, el('caption', {}, caption), el('thead', {}, el('tr', {}, heads)), body), rest);
}

function showTable(app) {
  const { graph, view } = app;
  const nodes = [...view.shown.places.keys()];
  const lines = view.shown.lines.flatMap((line) => line.edges);
  const near = new Map(nodes.map((id) => [id, 0]));
  for (const { a, b } of view.shown.lines) for (const id of [a, b]) near.set(id, near.get(id) + 1);
  const nodeColumns = [
    { title: 'Name', value: (i) => graph.name(i), cell: (i) => chip(app, i, 80) },
    { title: 'Type', value: (i) => KIND_NAMES[graph.kind(i)]?.[0] ?? graph.kind(i) },
    { title: 'Papers', number: true, value: (i) => graph.nodes.papers[i] },
    { title: 'Neighbours shown', number: true, value: (i) => near.get(i) },
    { title: 'First year', number: true, value: (i) => graph.nodes.first[i] || null },
    { title: 'Last year', number: true, value: (i) => graph.nodes.last[i] || null },
  ];
  const factColumns = [
    { title: 'From', value: (e) => graph.name(graph.edges.head[e]), cell: (e) => chip(app, graph.edges.head[e], 60) },
    { title: 'Relation', value: (e) => spoken(graph.relation(e)), cell: (e) => button(spoken(graph.relation(e)), () => app.steps.go({ edge: [graph.edges.head[e], graph.edges.tail[e]], node: -1 }), { class: 'text' }) },
    { title: 'To', value: (e) => graph.name(graph.edges.tail[e]), cell: (e) => chip(app, graph.edges.tail[e], 60) },
    { title: 'Papers', number: true, value: (e) => graph.edges.support[e] },
    { title: 'Score', number: true, value: (e) => graph.edges.score[e].toFixed(2) },
  ];
  fill(byId('view-table'),
    el('p', { class: 'lead' }, 'What the network shows now, as tables. Filters, search and expanding change both.'),
    sortable(`${count(nodes.length, 'node')}`, nodeColumns, nodes, { by: 2, down: true }),
    sortable(`${count(lines.length, 'fact')}`, factColumns, lines, { by: 3, down: true, limit: 600 }));
}
