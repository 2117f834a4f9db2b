"""Lists of named rows: bookmarks, comparisons and products."""
