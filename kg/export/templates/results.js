// Leaderboards: what papers report for a task, a data set, a metric.

const LOWER = /\b(error|errors|loss|perplexity|fid|fvd|kid|wer|cer|mae|mse|rmse|rmsd|mape|ter|regret|latency|time|times|cost|costs|memory|footprint|flops|runtime|complexity|parameters|consumption|energy|distance|delay|overhead|rate of false|false positive rate|forgetting|divergence|variance|bias|lpips|bpb|bits per)\b/i;

/** 'higher' or 'lower': which values of a metric are the better ones, judged by its name. */
function direction(name) {
  return LOWER.test(name) ? 'lower' : 'higher';
}

function showResults(app) {
  const { graph, steps } = app;
  const { state } = steps;
  graph.need('results', state);
  const all = graph.results();
  const chosen = (r, slot) => state[slot] < 0 || r[slot] === state[slot];
  const rows = all.filter((r) => ['task', 'dataset', 'metric'].every((slot) => chosen(r, slot)));
  const pickers = ['task', 'dataset', 'metric'].map((slot) => picker(app, slot, all.filter((r) => ['task', 'dataset', 'metric'].every((s) => s === slot || chosen(r, s)))));
  fill(byId('view-results'),
    el('p', { class: 'lead' }, 'Numbers that papers report, with the sentence that reports each. Choose a task, a data set or a metric.'),
    el('div', { class: 'pickers' }, pickers),
    all.length ? byMetric(app, rows) : el('p', {}, 'This graph holds no results.'));
}

/** A select of the nodes that fill a slot of the given results, most results first. */
function picker(app, slot, results) {
  const { graph, steps } = app;
  const counts = new Map();
  for (const r of results) if (r[slot] !== undefined) counts.set(r[slot], (counts.get(r[slot]) ?? 0) + 1);
  for (const [node, number] of graph.choices(slot) ?? []) counts.set(node, number);
  if (steps.state[slot] >= 0 && !counts.has(steps.state[slot])) counts.set(steps.state[slot], 0);
  const options = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, 500);
  const name = { task: 'Task', dataset: 'Data set', metric: 'Metric' }[slot];
  const select = el('select', { onchange: () => steps.go({ [slot]: Number(select.value) }) },
    el('option', { value: -1 }, 'any'), options.map(([node, number]) => el('option', { value: node }, `${graph.name(node, 60)} (${number})`)));
  select.value = String(steps.state[slot]);
  return el('label', {}, name, select);
}

/** One table a metric, the most reported metrics first, the best values first. */
function byMetric(app, rows) {
  const { graph } = app;
  const groups = new Map();
  for (const r of rows) {
    const key = `${r.metric ?? -1}|${r.unit ?? ''}`;
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(r);
  }
  const sorted = [...groups.values()].sort((a, b) => (b[0].metric !== undefined) - (a[0].metric !== undefined) || b.length - a.length);
  const tables = sorted.slice(0, 40).map((group) => board(app, group));
  if (!rows.length) return el('p', {}, 'No paper reports a number for this choice.');
  return [tables, sorted.length > 40 ? el('p', { class: 'faint' }, `${count(sorted.length - 40, 'further metric')}: choose one above.`) : null];
}

function board(app, rows) {
  const { graph } = app;
  const metric = rows[0].metric;
  const name = metric === undefined ? 'Metric not named' : graph.name(metric, 80);
  const better = direction(name);
  const cell = (slot) => (r) => (r[slot] === undefined ? el('span', { class: 'faint' }, '–') : chip(app, r[slot], 44));
  const text = (slot) => (r) => (r[slot] === undefined ? '' : graph.name(r[slot]));
  const open = (slot) => (app.steps.state[slot] ?? -1) < 0 && rows.some((r) => r[slot] !== undefined);
  const columns = [
    { title: 'Value', number: true, value: (r) => r.number ?? null, cell: (r) => button(el('b', {}, plain(r.value ?? '', 30)), () => app.steps.select(r.node), { class: 'text', title: 'Show the sentence' }) },
    open('method') && { title: 'Method', value: text('method'), cell: cell('method') },
    open('task') && { title: 'Task', value: text('task'), cell: cell('task') },
    open('dataset') && { title: 'Data set', value: text('dataset'), cell: cell('dataset') },
    open('baseline') && { title: 'Against', value: text('baseline'), cell: cell('baseline') },
    { title: 'Paper', wide: true, value: (r) => (r.paper < 0 ? '' : graph.name(r.paper)), cell: (r) => (r.paper < 0 ? '' : button(bdi(graph.name(r.paper, 70), 70), () => app.steps.select(r.paper), { class: 'text' })) },
    { title: 'Year', number: true, value: (r) => (r.paper < 0 ? null : graph.nodes.first[r.paper] || null) },
  ].filter(Boolean);
  const hint = metric === undefined ? '' : ` · ${better} is better ${better === 'lower' ? '↓' : '↑'}`;
  return sortable([bdi(name, 80), el('span', { class: 'faint' }, ` ${count(rows.length, 'result')}${hint}`)], columns, rows, { by: 0, down: better === 'higher', limit: 100 });
}
