"""Python Server Pages: text with Python in it (manual of mod_python 3.1 and later, reference section 9)."""
