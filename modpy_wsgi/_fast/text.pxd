"""How names and values become text.

Law: text is str, and bytes become text as UTF-8 with surrogateescape, so that no byte is lost or refused.
"""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_Check, PyBytes_GET_SIZE
from cpython.unicode cimport (
    PyUnicode_Check,
    PyUnicode_CheckExact,
    PyUnicode_DATA,
    PyUnicode_DecodeUTF8,
    PyUnicode_FromObject,
    PyUnicode_GET_LENGTH,
    PyUnicode_KIND,
)

cdef extern from *:
    int __Pyx_PyUnicode_READY(object text) except -1  # Python 3.10 and 3.11 know strings that are not laid out yet
    bint PyUnicode_IS_ASCII(object text)


cdef inline str converted(object given, const char *what):
    """text_of() for what is no plain str."""
    if PyBytes_Check(given):
        return PyUnicode_DecodeUTF8(PyBytes_AS_STRING(given), PyBytes_GET_SIZE(given), "surrogateescape")
    if PyUnicode_Check(given):
        return PyUnicode_FromObject(given)  # not the subclass: it could refer back to the table, which knows no cycles
    raise TypeError(f"a table's {what.decode()} must be str or bytes, not {type(given).__name__}")


cdef inline str text_of(object given, const char *what):
    """A key or value as exact str; bytes by the rule for text. Raises TypeError for anything else."""
    if PyUnicode_CheckExact(given):
        __Pyx_PyUnicode_READY(given)
        return <str> given
    return converted(given, what)


cdef inline str written(object given, const char *what):
    """A key or value of update() and the constructor: they take anything, by its str()."""
    if PyUnicode_Check(given) or PyBytes_Check(given):
        return text_of(given, what)
    return text_of(str(given), what)


cdef inline str wsgi_text(object given, str key):
    """The text that an environ value stands for: its characters are the bytes that were sent (PEP 3333)."""
    if not PyUnicode_Check(given):
        raise TypeError(f"environ[{key!r}] must be str, not {type(given).__name__}")
    cdef inline str value = text_of(given, b"value")
    if PyUnicode_IS_ASCII(value) or PyUnicode_KIND(value) != 1:  # beyond latin-1 it is no WSGI string: left as it is
        return value
    return PyUnicode_DecodeUTF8(<char *> PyUnicode_DATA(value), PyUnicode_GET_LENGTH(value), "surrogateescape")
