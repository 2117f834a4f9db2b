"""The scripts that made what is in `sample_data`; nothing in the program imports them."""
