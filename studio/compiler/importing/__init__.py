"""The importer: from any PyTorch module to a graph with the module's hierarchy as nested blocks."""
