// What graphology, on which Gephi Lite is built, makes of a GEXF file, as JSON: node ReadWithGraphology.js FILE.
const fs = require("fs");
const Graph = require("graphology");
const gexf = require("graphology-gexf");

const graph = gexf.parse(Graph, fs.readFileSync(process.argv[2], "utf8"), {
  allowUndeclaredAttributes: true,
  addMissingNodes: true,
});
const { nodes, edges } = graph.export();
process.stdout.write(JSON.stringify({ type: graph.type, nodes, edges }));
