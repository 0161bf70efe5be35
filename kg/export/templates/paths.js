// Shortest ways between two nodes.

const PATHS = 6;

/**
 * Up to PATHS shortest paths as lists of nodes, by breadth from `from`. Papers serve as steps only where the filters
 * show them, so that paths run over facts, not over being named together.
 */
function shortestPaths(graph, filter, from, to) {
  if (from === to) return [[from]];
  graph.need('paths', from, to, filter.state);
  const depth = new Map([[from, 0]]);
  const before = new Map();
  let edge = [from];
  while (edge.length && !depth.has(to)) {
    const next = [];
    for (const node of edge) {
      for (const { node: other } of open(graph, filter, node, to)) {
        if (!depth.has(other)) {
          depth.set(other, depth.get(node) + 1);
          next.push(other);
        }
        if (depth.get(other) === depth.get(node) + 1) before.set(other, [...(before.get(other) ?? []), node]);
      }
    }
    edge = next;
  }
  return depth.has(to) ? backwards(before, from, to) : [];
}

function open(graph, filter, node, to) {
  const found = filter.around(node);
  if (!filter.node(to)) for (const e of graph.touching(node)) if (graph.other(e, node) === to) found.push({ node: to });
  return found;
}

function backwards(before, from, to) {
  const paths = [];
  const walk = (tail) => {
    if (paths.length >= PATHS) return;
    if (tail[0] === from) paths.push(tail);
    else for (const node of before.get(tail[0]) ?? []) walk([node, ...tail]);
  };
  walk([to]);
  return paths;
}
