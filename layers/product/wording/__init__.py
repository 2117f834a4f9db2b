"""The linter of sentences: rules of wording as data, and the advice that they give."""
