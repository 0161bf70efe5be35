// The view as a picture, a drawing, a table or a link.

function download(name, blob) {
  const anchor = el('a', { href: URL.createObjectURL(blob), download: name });
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  setTimeout(() => URL.revokeObjectURL(anchor.href), 10000);
}

function savePng({ view }) {
  const source = view.container.querySelector('canvas');
  const canvas = el('canvas', { width: source.width, height: source.height });
  const context = canvas.getContext('2d');
  context.fillStyle = view.colors.paper;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(source, 0, 0);
  canvas.toBlob((blob) => download('graph.png', blob), 'image/png');
}

/** The network as drawn, in shapes and text that can be edited. */
function drawing({ view, graph }) {
  const { clientWidth: width, clientHeight: height } = view.container;
  const at = (id) => view.vis.canvasToDOM(view.vis.getPosition(id));
  const scale = view.vis.getScale();
  const root = svg('svg', { xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${width} ${height}`, width, height, 'font-family': 'system-ui, sans-serif', 'font-size': 12, 'text-anchor': 'middle' });
  root.append(svg('rect', { width, height, fill: view.colors.paper }));
  for (const { a, b, edges } of view.shown.lines) {
    const [from, to] = [at(a), at(b)];
    const title = svg('title', {}, edges.map((e) => clean(`${graph.name(graph.edges.head[e])} ${spoken(graph.relation(e))} ${graph.name(graph.edges.tail[e])}`)).join('\n'));
    root.append(svg('line', { x1: from.x, y1: from.y, x2: to.x, y2: to.y, stroke: view.colors.line, 'stroke-width': 1 }, title));
  }
  for (const id of view.shown.places.keys()) {
    const { x, y } = at(id);
    root.append(mark(graph.kind(id), x, y, graph.nodes.size[id] * scale, view.nodes.get(id).color.background, view.colors.paper));
  }
  for (const { node, left, top, right } of view.labels.boxes) {
    root.append(svg('text', { x: (left + right) / 2, y: top + 12, fill: view.colors.ink, stroke: view.colors.paper, 'stroke-width': 3, 'paint-order': 'stroke' }, clean(graph.name(node, 60))));
  }
  return root;
}

function mark(kind, x, y, r, fill, stroke) {
  const look = { fill, stroke, 'stroke-width': 1.5 };
  const points = { Task: [[-1, -1], [1, -1], [1, 1], [-1, 1]], Dataset: [[0, -1.1], [1, 0.8], [-1, 0.8]], Metric: [[0, -1.1], [1.1, 0], [0, 1.1], [-1.1, 0]], Paper: [[0, 1.1], [1, -0.8], [-1, -0.8]] }[kind];
  if (!points) return svg('circle', { cx: x, cy: y, r, ...look });
  return svg('polygon', { points: points.map(([dx, dy]) => `${(x + dx * r).toFixed(1)},${(y + dy * r).toFixed(1)}`).join(' '), ...look });
}

/** Without what XML 1.0 cannot hold. */
function clean(text) {
  return text.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd');
}

function saveSvg(app) {
  download('graph.svg', new Blob([new XMLSerializer().serializeToString(drawing(app))], { type: 'image/svg+xml' }));
}

/** The facts shown, one a line (RFC 4180); cells that a spreadsheet would take for formulas get an apostrophe. */
function facts({ graph, view }) {
  const cell = (value) => `"${String(value).replace(/^(?=[=+\-@\t\r])/, "'").replaceAll('"', '""')}"`;
  const rows = view.shown.lines.flatMap((line) => line.edges).map((e) => {
    const { head, tail, support, score, evidence } = graph.edges;
    const [best] = evidence[e].toSorted?.((a, b) => b[1] - a[1]) ?? evidence[e];
    return [graph.name(head[e]), graph.relation(e), graph.name(tail[e]), support[e], score[e], best ? graph.data.sentences.text[best[0]] : ''];
  });
  return [['from', 'relation', 'to', 'papers', 'score', 'sentence'], ...rows].map((row) => row.map(cell).join(',')).join('\r\n');
}

function saveCsv(app) {
  download('facts.csv', new Blob(['\ufeff', facts(app)], { type: 'text/csv;charset=utf-8' }));
}

async function saveLink() {
  try {
    await navigator.clipboard.writeText(location.href);
    announce('Link copied');
  } catch {
    prompt('Copy this link', location.href);
  }
}
