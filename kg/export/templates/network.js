// The network: pyvis' nodes, edges and options, drawn by vis-network, named by our own labels.

const SHAPES = { Method: 'dot', Task: 'square', Dataset: 'triangle', Metric: 'diamond', Paper: 'triangleDown', Result: 'star' };
const ROUND = { Task: 0.86, Dataset: 1.12, Metric: 1.15, Paper: 1.1, Result: 1.15 }; // so that shapes weigh alike

class NetworkView {
  constructor(container, graph, options, steps) {
    this.graph = graph;
    this.steps = steps;
    this.nodes = new vis.DataSet([]);
    this.edges = new vis.DataSet([]);
    this.labels = new Labels(graph);
    this.hovered = -1;
    this.shown = null;
    this.changing = false;
    this.fitted = false;
    this.vis = new vis.Network(container, { nodes: this.nodes, edges: this.edges }, options);
    this.container = container;
    this.vis.on('afterDrawing', (context) => this.drawLabels(context));
    this.vis.on('click', (event) => this.clicked(event));
    this.vis.on('doubleClick', ({ nodes, pointer }) => this.more(nodes[0] ?? this.labels.at(pointer.DOM.x, pointer.DOM.y)));
    this.vis.on('hoverNode', ({ node }) => this.hover(node));
    this.vis.on('blurNode', () => this.hover(-1));
    this.vis.on('dragEnd', ({ nodes }) => this.dragged(nodes));
  }

  hover(node) {
    this.hovered = node;
    this.container.classList.toggle('pointing', node >= 0);
    this.vis.redraw();
  }

  dragged(nodes) {
    for (const node of nodes) this.shown.places.set(node, this.vis.getPosition(node));
  }

  clicked({ nodes, edges, pointer }) {
    const named = this.labels.at(pointer.DOM.x, pointer.DOM.y);
    if (nodes.length || named >= 0) this.steps.select(nodes[0] ?? named);
    else if (edges.length) this.steps.go({ node: -1, edge: edges[0].split('-').map(Number) });
    else this.steps.go({ node: -1, edge: null });
  }

  more(node) {
    if (node === undefined || node < 0) return;
    this.steps.go({ node, edge: null, more: [...this.steps.state.more, node] });
  }

  /** Draw a plan; `fit` where it shows other nodes than before. */
  show(plan, state) {
    const before = this.shown ? new Set(this.shown.places.keys()) : new Set();
    this.shown = plan;
    this.state = state;
    this.colors = readColors();
    this.emphasis = emphasised(plan, state);
    this.communities = state.color === 'community' ? bigCommunities(this.graph, [...plan.places.keys()]) : null;
    this.changing = true; // vis-network draws in the middle of a change, when some of the nodes are missing
    sync(this.nodes, [...plan.places.keys()].map((id) => this.drawnNode(id)));
    sync(this.edges, plan.lines.map((line) => this.drawnEdge(line)));
    this.changing = false;
    const chosen = state.node >= 0 && plan.places.has(state.node) ? [state.node] : [];
    this.vis.setSelection({ nodes: chosen, edges: [] }, { highlightEdges: false });
    const other = before.size !== plan.places.size || [...plan.places.keys()].some((id) => !before.has(id));
    if (other || !this.fitted) this.fit(before.size > 0);
  }

  drawnNode(id) {
    const kind = this.graph.kind(id);
    const color = this.communities ? this.colors.community[this.communities.get(this.graph.nodes.community[id]) ?? 8] : this.colors[kind];
    const faint = this.emphasis && !this.emphasis.has(id);
    const strong = { background: color, border: this.colors.ink };
    return {
      id, ...this.shown.places.get(id), shape: SHAPES[kind] ?? 'dot', label: this.graph.name(id, 60),
      size: this.graph.nodes.size[id] * (ROUND[kind] ?? 1), opacity: faint ? 0.22 : 1, borderWidthSelected: 3,
      color: { background: color, border: this.colors.paper, highlight: strong, hover: strong },
    };
  }

  drawnEdge({ key, a, b, edges }) {
    const { head, support } = this.graph.edges;
    const directed = edges.filter((e) => this.graph.relation(e) !== 'comparedWith');
    const arrows = [directed.some((e) => head[e] === a) && 'to', directed.some((e) => head[e] === b) && 'from'].filter(Boolean);
    const total = edges.reduce((sum, e) => sum + support[e], 0);
    const touched = this.touches(a, b);
    const color = touched ? this.colors.faint : this.colors.line;
    return {
      id: key, from: a, to: b, arrows: arrows.join(', '), width: Math.min(1 + 0.8 * Math.sqrt(total - 1), 5),
      dashes: edges.every((e) => this.graph.relation(e) === 'inferredSubtypeOf') ? [2, 4] : directed.length ? false : [5, 4],
      color: { color, highlight: this.colors.ink, hover: this.colors.ink, opacity: touched ? 0.8 : this.emphasis ? 0.18 : 0.75 },
    };
  }

  touches(a, b) {
    const { node, edge } = this.state;
    return a === node || b === node || (edge && edge.includes(a) && edge.includes(b));
  }

  drawLabels(context) {
    if (!this.shown || this.changing) return;
    const scale = this.vis.getScale();
    const { node: selected, edge } = this.state;
    const nodes = [];
    for (const id of this.shown.places.keys()) {
      const place = this.vis.getPosition(id);
      const { x, y } = this.vis.canvasToDOM(place);
      if (x < -80 || y < -40 || x > this.container.clientWidth + 80 || y > this.container.clientHeight + 20) continue;
      const strong = id === selected || id === this.hovered || id === this.state.at || Boolean(edge?.includes(id));
      const near = this.emphasis?.has(id);
      const rank = this.graph.weight(id) + (near ? 1e6 : 0) + (strong ? 1e9 : 0);
      nodes.push({ id, x, y, radius: this.graph.nodes.size[id] * scale, rank, strong, faint: this.emphasis && !near });
    }
    const ratio = context.canvas.width / this.container.clientWidth;
    this.labels.draw(context, ratio, nodes, this.captions(scale), this.colors, this.container.clientWidth);
  }

  /** The relations on the lines of what is selected. */
  captions(scale) {
    const lines = this.shown.lines.filter(({ a, b }) => this.touches(a, b));
    if (lines.length > 60) return [];
    return lines.map(({ a, b, edges }) => {
      const from = this.vis.canvasToDOM(this.vis.getPosition(a));
      const to = this.vis.canvasToDOM(this.vis.getPosition(b));
      const long = Math.hypot(from.x - to.x, from.y - to.y) > 70 * Math.min(scale, 1);
      const names = [...new Set(edges.map((e) => spoken(this.graph.relation(e))))];
      return { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2, text: long ? names.slice(0, 2).join(', ') : '' };
    }).filter(({ text }) => text);
  }

  /** Move to where all nodes are seen; put off while the network is hidden behind another view. */
  fit(move = true) {
    this.fitted = this.container.clientWidth > 0;
    if (!this.fitted) return;
    this.vis.setSize('100%', '100%'); // the canvas may not have followed the page yet
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.vis.fit({ maxZoomLevel: 1.3, animation: move && !calm ? { duration: 250 } : false });
  }

  zoom(factor) {
    this.vis.moveTo({ scale: this.vis.getScale() * factor, animation: { duration: 120 } });
  }

  /** The drawn node nearest to `node` in a direction, for the arrow keys; the weightiest where none is selected. */
  toward(node, dx, dy) {
    const places = this.shown.places;
    if (!places.has(node)) return [...places.keys()].sort((a, b) => this.graph.weight(b) - this.graph.weight(a))[0] ?? -1;
    const here = places.get(node);
    let best = [Infinity, node];
    for (const [id, { x, y }] of places) {
      const along = (x - here.x) * dx + (y - here.y) * dy;
      const aside = Math.abs((x - here.x) * dy) + Math.abs((y - here.y) * dx);
      if (id !== node && along > 0 && along + 2 * aside < best[0]) best = [along + 2 * aside, id];
    }
    return best[1];
  }
}

/** The nodes that stay strong while something is selected, or null. */
function emphasised(plan, { node, edge }) {
  if (edge) return new Set(edge);
  if (node < 0 || !plan.places.has(node)) return null;
  return new Set([node, ...plan.lines.filter(({ a, b }) => a === node || b === node).flatMap(({ a, b }) => [a, b])]);
}

/** The eight communities with most of the given nodes, numbered. */
function bigCommunities(graph, ids) {
  const sizes = new Map();
  for (const id of ids) sizes.set(graph.nodes.community[id], (sizes.get(graph.nodes.community[id]) ?? 0) + 1);
  const big = [...sizes].filter(([c]) => c >= 0).sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, 8);
  return new Map(big.map(([community], i) => [community, i]));
}

function sync(set, items) {
  const wanted = new Set(items.map((item) => item.id));
  set.remove(set.getIds().filter((id) => !wanted.has(id)));
  set.update(items);
}

/** The colours of the style sheet as the canvas needs them, in the present theme. */
function readColors() {
  const probe = byId('status');
  const read = (name) => {
    probe.style.color = `var(--${name})`;
    const { color } = getComputedStyle(probe);
    probe.style.color = '';
    return color;
  };
  const colors = { ink: read('ink'), paper: read('paper'), faint: read('faint'), line: read('line') };
  for (const kind of KINDS) colors[kind] = read(kind === 'Paper' ? 'paper-kind' : kind.toLowerCase());
  colors.community = Array.from({ length: 9 }, (_, i) => read(`community-${i}`));
  return colors;
}
