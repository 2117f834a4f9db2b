"""The command line, one file a subcommand. Light: what a subcommand needs is imported when it runs."""
