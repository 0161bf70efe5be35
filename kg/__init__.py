"""kg builds knowledge graphs from the titles and abstracts of scientific papers."""

__version__ = "0.1.0"
