// The lineage of a method: what it comes from to the left, what comes from it to the right, one column a generation.

const LINEAGE = ['basedOn', 'subtypeOf', 'inferredSubtypeOf', 'partOf']; // each leads from a younger thing to an older or larger one
const GENERATIONS = 4; // either way
const KIN = { up: 22, down: 37 }; // nodes drawn beside the root
const BOX = { width: PHONE ? 148 : 184, height: 42, gap: PHONE ? 34 : 46, row: 52 };

const isLineage = (graph, edge) => LINEAGE.includes(graph.relation(edge)) && !graph.data.edges.status?.[edge];

/** The next of kin of a node one way, the best attested first: [{node, edges}]. */
function kin(graph, filter, node, side) {
  const [own, theirs] = side === 'up' ? ['head', 'tail'] : ['tail', 'head'];
  const found = new Map();
  for (const edge of graph.touching(node)) {
    const other = graph.edges[theirs][edge];
    if (graph.edges[own][edge] !== node || other === node || !isLineage(graph, edge) || !filter.edge(edge) || !filter.node(other)) continue;
    const entry = found.get(other) ?? { node: other, edges: [], weight: 0 };
    entry.edges.push(edge);
    entry.weight += graph.edges.support[edge] * graph.edges.score[edge];
    found.set(other, entry);
  }
  return [...found.values()].sort((a, b) => b.weight - a.weight || graph.weight(b.node) - graph.weight(a.node) || a.node - b.node);
}

/** Kin of the root: a Map node -> {node, depth, up, down, more}, depth negative for what it comes from. Each is placed
    once, where it is met first, so that claims that go round in a circle end; `up` and `down` are the kin that hang on
    it; `more` counts kin without a place. */
function lineage(graph, filter, root) {
  const found = new Map([[root, { node: root, depth: 0, up: [], down: [], more: 0 }]]);
  for (const side of ['up', 'down']) {
    const sign = side === 'up' ? -1 : 1;
    let room = KIN[side];
    let row = [root];
    for (let depth = 1; depth <= GENERATIONS && row.length && room; depth += 1) {
      const wanted = row.flatMap((parent) => {
        graph.need('neighbours', parent, filter.state);
        return kin(graph, filter, parent, side).map(({ node, weight }) => ({ node, parent, weight }));
      });
      row = [];
      for (const { node, parent } of wanted.sort((a, b) => b.weight - a.weight)) {
        if (!room || found.has(node) || row.length >= 16) continue;
        found.set(node, { node, depth: sign * depth, up: [], down: [], more: 0 });
        found.get(parent)[side].push(node);
        row.push(node);
        room -= 1;
      }
    }
  }
  for (const entry of found.values()) {
    const sides = entry.depth ? [entry.depth < 0 ? 'up' : 'down'] : ['up', 'down'];
    entry.more = sides.flatMap((side) => kin(graph, filter, entry.node, side)).filter(({ node }) => !found.has(node)).length;
  }
  return found;
}

/** Rows for the tree of one side, each node in the middle of those that hang on it; says how many rows there are. */
function rows(found, root, side) {
  let next = 0;
  const place = (node) => {
    const entry = found.get(node);
    const hanging = entry[side].map(place);
    entry.row = hanging.length ? (hanging[0] + hanging.at(-1)) / 2 : next++;
    return entry.row;
  };
  place(root);
  return next;
}

/** Put {x, y} to every node; returns the size of the whole. */
function arrange(found, root) {
  const heights = ['up', 'down'].map((side) => {
    const total = rows(found, root, side);
    return [side, total, found.get(root).row];
  });
  const middle = Math.max(...heights.map(([, , row]) => row));
  const shift = Object.fromEntries(heights.map(([side, , row]) => [side, middle - row]));
  const entries = [...found.values()];
  const first = Math.min(...entries.map(({ depth }) => depth));
  for (const entry of entries) {
    entry.x = (entry.depth - first) * (BOX.width + BOX.gap);
    entry.y = (entry.depth ? entry.row + shift[entry.depth < 0 ? 'up' : 'down'] : middle) * BOX.row + 28;
  }
  const last = Math.max(...entries.map(({ depth }) => depth));
  return { width: (last - first + 1) * (BOX.width + BOX.gap) - BOX.gap, height: Math.max(...entries.map(({ y }) => y)) + BOX.row, first, last };
}

/** The methods with most of kin at hand, for the choice. */
function ancestral(graph) {
  const degree = new Map();
  for (const edge of graph.eachEdge()) {
    if (!isLineage(graph, edge)) continue;
    for (const node of [graph.edges.head[edge], graph.edges.tail[edge]]) if (graph.kind(node) === 'Method') degree.set(node, (degree.get(node) ?? 0) + graph.edges.support[edge]);
  }
  return [...degree].sort((a, b) => b[1] - a[1] || graph.weight(b[0]) - graph.weight(a[0]) || a[0] - b[0]).map(([node]) => node);
}

function showLineage(app) {
  const { graph, steps } = app;
  const { state } = steps;
  const choices = ancestral(graph).slice(0, 60);
  const root = [state.root, state.node].find((node) => node >= 0 && graph.isEntity(node)) ?? choices[0] ?? -1;
  if (root < 0) {
    fill(byId('view-lineage'), el('p', {}, 'No paper here says what a method is based on, a kind or a part of.'));
    return;
  }
  const filter = new Filter(graph, { ...state, kinds: ENTITIES });
  const found = lineage(graph, filter, root);
  const size = arrange(found, root);
  const edges = linesOf(graph, filter, found);
  const more = [...found.values()].reduce((sum, entry) => sum + entry.more, 0);
  const options = choices.includes(root) ? choices : [root, ...choices];
  const select = el('select', { onchange: () => app.kinOf(Number(select.value)) }, options.map((node) => el('option', { value: node }, graph.name(node, 60))));
  select.value = String(root);
  const before = byId('view-lineage').querySelector('.boards')?.scrollLeft ?? 0;
  fill(byId('view-lineage'),
    el('div', { class: 'pickers' }, el('label', {}, 'Lineage of', select)),
    el('p', { class: 'lead' }, 'What it is based on, a subtype of or a part of stands to the left; what is based on it, its subtypes and parts to the right. Choose a name to put it in the middle, a line to read its sentences.'),
    el('ul', { class: 'keys' }, [['basedOn', 'based on'], ['subtypeOf', 'subtype of'], ['inferredSubtypeOf', 'subtype of, judged by its name alone'], ['partOf', 'part of']].map(([relation, name]) => el('li', {}, svg('svg', { class: `line-key ${relation}`, viewBox: '0 0 30 8', 'aria-hidden': 'true' }, svg('path', { d: 'M1 4H29' })), name))),
    found.size > 1 ? picture(app, root, found, edges, size) : el('p', {}, `No paper here says what ${graph.name(root, 80)} comes from or what comes from it; the filters may hide it.`),
    more ? el('p', { class: 'faint left-out' }, `${count(more, 'more relative')} beside these ${found.size}; “+” beside a name tells where. Choose that name to see them.`) : null,
    edges.length ? kinTable(app, edges) : null);
  const boards = byId('view-lineage').querySelector('.boards');
  if (boards) boards.scrollLeft = state.edge ? before : found.get(root).x - (boards.clientWidth - BOX.width) / 2;
}

/** The facts between nodes of the lineage. */
function linesOf(graph, filter, found) {
  const lines = [];
  for (const node of found.keys()) {
    for (const { node: other, edges } of kin(graph, filter, node, 'up')) if (found.has(other)) lines.push({ from: other, to: node, edges });
  }
  return lines;
}

function picture(app, root, found, lines, { width, height, first, last }) {
  const { graph } = app;
  const board = el('div', { class: 'board', role: 'group', 'aria-label': `Lineage of ${graph.name(root, 100)}. Arrow keys move between names.` });
  board.style.width = `${width}px`;
  board.style.height = `${height}px`;
  const drawing = svg('svg', { class: 'lines', width, height, viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true' });
  for (const line of lines) drawing.append(...curve(app, line, found));
  const heads = [];
  for (let depth = first; depth <= last; depth += 1) {
    const head = el('span', { class: 'generation' }, depth === 0 ? '' : depth === -1 ? 'comes from' : depth === 1 ? 'leads to' : depth < 0 ? `${-depth} steps back` : `${depth} steps on`);
    head.style.left = `${(depth - first) * (BOX.width + BOX.gap)}px`;
    head.style.width = `${BOX.width}px`;
    heads.push(head);
  }
  const boxes = [...found.values()].sort((a, b) => a.x - b.x || a.y - b.y).map((entry) => relative(app, entry, entry.node === root));
  fill(board, drawing, heads, boxes);
  board.addEventListener('keydown', (event) => moveAmong(event, board));
  return el('div', { class: 'table boards' }, board);
}

/** A line between two boxes, and a wide one that is easy to hit above it. */
function curve(app, { from, to, edges }, found) {
  const { graph } = app;
  const [a, b] = [found.get(from), found.get(to)];
  const [x1, y1, x2, y2] = [a.x + BOX.width, a.y + BOX.height / 2, b.x, b.y + BOX.height / 2];
  const bend = x2 > x1 ? (x2 - x1) / 2 : 40;
  const d = `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
  const names = [...new Set(edges.map((e) => graph.relation(e)))];
  const attested = LINEAGE.find((relation) => relation !== 'inferredSubtypeOf' && names.includes(relation));
  const hit = svg('path', { class: 'hit', d }, svg('title', {}, edges.map((e) => `${graph.name(to, 60)} ${spoken(graph.relation(e))} ${graph.name(from, 60)}: ${count(graph.edges.support[e], 'paper')}`).join('\n')));
  hit.addEventListener('click', () => app.steps.go({ edge: [to, from], node: -1 }));
  const chosen = app.steps.state.edge?.includes(from) && app.steps.state.edge.includes(to);
  return [svg('path', { class: `kin ${attested ?? 'inferredSubtypeOf'}${chosen ? ' chosen' : ''}`, d }), hit];
}

/** One name of the lineage. */
function relative(app, { node, depth, more, x, y }, isRoot) {
  const { graph } = app;
  const span = years(graph.nodes.first[node], graph.nodes.last[node]);
  const papers = count(graph.nodes.papers[node], 'paper');
  const about = PHONE && span ? span : [span, papers].filter(Boolean).join(' · ');
  const where = isRoot ? 'in the middle' : `${count(Math.abs(depth), 'generation')} ${depth < 0 ? 'back' : 'on'}`;
  const box = button([el('span', { class: 'name' }, swatch(graph.kind(node)), bdi(graph.name(node, 80), 80)), el('span', { class: 'about' }, about, more ? el('b', {}, `+${more}`) : null)],
    () => app.kinOf(node), { class: isRoot ? 'relative root' : 'relative', title: graph.name(node, 200), 'data-node': node, 'aria-current': isRoot && 'true', 'aria-label': `${[graph.name(node, 120), span, papers, where].filter(Boolean).join(', ')}${more ? `, ${more} more not drawn` : ''}` });
  box.style.left = `${x}px`;
  box.style.top = `${y}px`;
  box.style.width = `${BOX.width}px`;
  box.style.height = `${BOX.height}px`;
  return box;
}

/** The arrow keys go to the nearest name in their direction. */
function moveAmong(event, board) {
  const way = ARROWS[event.key];
  if (!way || !event.target.classList.contains('relative')) return;
  const here = event.target;
  let best = [Infinity, null];
  for (const box of board.querySelectorAll('.relative')) {
    const [dx, dy] = [box.offsetLeft - here.offsetLeft, box.offsetTop - here.offsetTop];
    const along = dx * way[0] + dy * way[1];
    const aside = Math.abs(dx * way[1]) + Math.abs(dy * way[0]);
    if (along > 0 && along + 2 * aside < best[0]) best = [along + 2 * aside, box];
  }
  best[1]?.focus();
  event.preventDefault();
  event.stopPropagation();
}

/** What the picture shows, as a table. */
function kinTable(app, lines) {
  const { graph } = app;
  const facts = lines.flatMap(({ edges }) => edges);
  const { head, tail, support, score } = graph.edges;
  return sortable(count(facts.length, 'fact'), [
    { title: 'Name', value: (e) => graph.name(head[e]), cell: (e) => chip(app, head[e], 60) },
    { title: 'Relation', value: (e) => spoken(graph.relation(e)), cell: (e) => button(spoken(graph.relation(e)), () => app.steps.go({ edge: [head[e], tail[e]], node: -1 }), { class: 'text' }) },
    { title: 'Of', value: (e) => graph.name(tail[e]), cell: (e) => chip(app, tail[e], 60) },
    { title: 'Papers', number: true, value: (e) => support[e] },
    { title: 'Score', number: true, value: (e) => score[e].toFixed(2) },
  ], facts, { by: 3, down: true, limit: 200 });
}
