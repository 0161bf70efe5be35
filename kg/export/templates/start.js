// The graph that came in the file, shown.

async function start() {
  const [block, data] = await Promise.all([unpack('data-network'), unpack('data-graph')]);
  for (const id of ['data-network', 'data-graph']) byId(id).remove();
  const app = new App(new Graph(data), block);
  document.documentElement.dataset.ready = 'true';
  return app;
}

start().catch((error) => {
  announce(`The graph could not be shown: ${error.message}`);
  document.body.classList.add('failed');
  throw error;
});
