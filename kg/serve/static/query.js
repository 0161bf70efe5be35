// The editor: Yasgui over this server's own endpoint, with the questions beside it as examples. Nothing is fetched from
// any other host: prefixes and terms to complete are those that the page brings.
(() => {
  'use strict';

  const { Yasqe } = Yasgui;
  const root = document.getElementById('yasgui');
  const endpoint = new URL('/sparql', location.href).href;
  const prefixes = JSON.parse(root.dataset.prefixes);
  const terms = JSON.parse(root.dataset.terms);

  Yasqe.defaults.prefixCcApi = null;
  Yasqe.Autocompleters.prefixes.get = () => Object.entries(prefixes).map(([prefix, iri]) => `${prefix}: <${iri}>`);
  Yasqe.Autocompleters.class.get = async () => terms.class;
  Yasqe.Autocompleters.property.get = async () => terms.property;

  const asked = location.hash; // Yasgui takes it away
  const yasgui = new Yasgui(root, {
    populateFromUrl: !/^#(question|about)=/.test(asked),
    requestConfig: { endpoint, method: 'POST', acceptHeaderGraph: 'text/turtle,*/*;q=0.9' },
    copyEndpointOnNewTab: false,
    endpointCatalogueOptions: { getData: () => [{ endpoint }] },
    persistenceId: 'kg',
    autofocus: false,
    yasqe: { value: document.querySelector('#questions button')?.dataset.text ?? 'SELECT * WHERE { ?s ?p ?o } LIMIT 10', editorHeight: '340px' },
  });

  const show = (text, name) => {
    const tab = yasgui.getTab();
    tab.setEndpoint(endpoint);
    tab.setQuery(text);
    tab.setName(name.slice(0, 40));
    document.getElementById('yasgui').scrollIntoView({ block: 'nearest' });
    tab.query().catch(() => {}); // the results say what went wrong
  };

  const buttons = [...document.querySelectorAll('#questions button')];
  for (const button of buttons) {
    button.addEventListener('click', () => {
      const address = `#question=${encodeURIComponent(button.dataset.name)}`;
      history.replaceState(null, '', address);
      open(address);
    });
  }

  /** What the address asks for: a question by its name, or what is stated about an IRI. */
  function open(address) {
    const given = new URLSearchParams(address.slice(1));
    const chosen = buttons.find((button) => button.dataset.name === given.get('question'));
    for (const button of buttons) button.toggleAttribute('aria-current', button === chosen);
    const about = given.get('about');
    if (chosen) show(chosen.dataset.text, chosen.dataset.title);
    else if (about && /^[^\s<>"{}|\\^`]+$/.test(about)) show(`# What is stated about it, and by which papers\nPREFIX kg: <${prefixes.kg}>\n\nSELECT ?property ?value ?label\nWHERE {\n  <${about}> ?property ?value .\n  OPTIONAL { ?value <http://www.w3.org/2004/02/skos/core#prefLabel> ?label }\n}\nORDER BY ?property ?label ?value\nLIMIT 1000`, 'About');
  }

  addEventListener('hashchange', () => open(location.hash));
  open(asked);

  // IRIs of this graph lead to their pages here.
  const { base } = root.dataset;
  root.addEventListener('click', (event) => {
    const link = event.target.closest('a.iri, .yasr a[href]');
    if (!link?.href.startsWith(base)) return;
    event.preventDefault();
    window.open(`/${link.href.slice(base.length)}`, '_blank', 'noopener');
  });
  document.documentElement.dataset.ready = 'true';
})();
