"""New objects as bare pointers, which are handed on with the one reference that they have.

Law: who gets such a pointer owns it and gives it away exactly once. Cython counts each object that it hands on once up
and once down again; on Python 3.12 the two meet in one word of memory while it is being written, and that was a fifth
of the time to read a query string.
"""

from cpython.object cimport PyObject
from libc.stdint cimport uint8_t

cdef extern from *:
    """
    #ifndef MODPY_OWNED
    #define MODPY_OWNED
    #define modpy_letters(text) ((uint8_t *) ((PyASCIIObject *) (text) + 1))
    #define modpy_give(sequence, at, item) PyTuple_SET_ITEM(sequence, at, item)

    static inline int modpy_append(PyObject *list, PyObject *item) {
        PyListObject *target = (PyListObject *) list;
        Py_ssize_t size = PyList_GET_SIZE(list);
        if (size < target->allocated) {
            target->ob_item[size] = item;
            Py_SET_SIZE(target, size + 1);
            return 0;
        }
        int result = PyList_Append(list, item);
        Py_DECREF(item);
        return result;
    }

    /* An empty list with room for some: what a list has once they were taken out again. */
    static inline PyObject *modpy_new_list(Py_ssize_t room) {
        PyObject *list = PyList_New(room);
        if (list) Py_SET_SIZE(list, 0);
        return list;
    }
    #endif
    """
    PyObject *new_ascii "PyUnicode_New"(Py_ssize_t size, Py_UCS4 highest) except NULL
    uint8_t *letters_of "modpy_letters"(PyObject *text) noexcept  # of a str from new_ascii(size > 0, 127)
    PyObject *utf8_text "PyUnicode_DecodeUTF8"(const char *bytes, Py_ssize_t size, const char *errors) except NULL
    PyObject *bytes_copy "PyBytes_FromStringAndSize"(const char *bytes, Py_ssize_t size) except NULL
    PyObject *new_tuple "PyTuple_New"(Py_ssize_t size) except NULL
    PyObject *new_list "modpy_new_list"(Py_ssize_t room) except NULL
    void give "modpy_give"(PyObject *tuple, Py_ssize_t at, PyObject *item) noexcept  # takes the item over
    int append "modpy_append"(PyObject *list, PyObject *item) except -1  # takes the item over
    PyObject *set_default "PyDict_SetDefault"(PyObject *dict, PyObject *key, PyObject *value) except NULL  # borrowed
    void keep "Py_INCREF"(PyObject *object) noexcept
    void drop "Py_DECREF"(PyObject *object) noexcept
