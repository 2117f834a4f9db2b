"""Questions that one key answers, beside a cell or a button, and the line for words on the same plate."""
