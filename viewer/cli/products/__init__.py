"""Products on the command line: pages, batches, comparisons, and the data of a case."""
