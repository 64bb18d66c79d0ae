"""The same pages on Apache with mod_python, the original, and on us behind real servers."""
