"""The graph over HTTP: a SPARQL endpoint, and pages and data of everything in the graph. Started by `kg serve`."""
