"""Keys by which texts are in natural order, where runs of digits are numbers (apr_strnatcmp, as observed).

Law: whoever sorts by the keys has the order of apr_strnatcmp, for any bytes. Spaces count for nothing. A run that
begins with 0 is a fraction, compared from the left, and comes before all other runs. Bytes beyond ASCII come first,
then the end of a text, then the others, as C compares them.
"""

def naturals(texts: bytes, /) -> list[str]:
    """Give the keys of texts that have a NUL between them. A key is a str of characters up to U+00FF.

    No key is the beginning of another one: what is appended to them decides among those that are the same.

    Raises TypeError if *texts* is no bytes.
    """
