"""The command line, one file a subcommand. It imports little: the needs of a subcommand are imported when it runs."""
