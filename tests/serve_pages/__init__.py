"""Tests of the served pages; a package, so that its conftest has a name of its own."""
