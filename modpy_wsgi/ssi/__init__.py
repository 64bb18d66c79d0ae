"""Server-side includes: httpd's mod_include, as the output filter INCLUDES, with mod_python's #python element.

The way of a page: `document` is the filter, `scanner` takes the bytes apart into text and elements, `elements` says
what each of them does, with `words` for what stands in attributes, `conditions` for those of #if (in the languages
`expression` and `legacy`), `programs` for #exec and `python_element` for #python; `page` is what is known of the page
that is parsed.
"""

from __future__ import annotations

from .document import includes

__all__ = ["includes"]
