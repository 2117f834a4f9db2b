"""Products by the command line, besides pages: the data of a case."""
