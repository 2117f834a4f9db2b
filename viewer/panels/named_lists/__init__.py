"""Lists of rows that have a name and a place among the others: bookmarks and comparisons."""
