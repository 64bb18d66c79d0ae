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

    /* PyUnicode_New(size, 127) for a *size* that is not 0. The head of one such str is that of any other but for the
       length, so it is copied from one that Python made. Where an object is more than its memory (builds of Python that
       count all references, or have no lock), Python makes them all. */
    static PyASCIIObject modpy_head;

    static inline int modpy_learn_head(void) {
        PyObject *text = PyUnicode_New(2, 127);
        if (!text) return -1;
        modpy_head = *(PyASCIIObject *) text;
        Py_DECREF(text);
        return 0;
    }

    static inline PyObject *modpy_new_ascii(Py_ssize_t size) {
    #if defined(Py_REF_DEBUG) || defined(Py_TRACE_REFS) || defined(Py_GIL_DISABLED)
        return PyUnicode_New(size, 127);
    #else
        PyASCIIObject *text = (PyASCIIObject *) PyObject_Malloc(sizeof *text + (size_t) size + 1);
        if (!text) return PyErr_NoMemory();
        *text = modpy_head;
        text->length = size;
        modpy_letters(text)[size] = 0;
        return (PyObject *) text;
    #endif
    }

    /* An empty list with room for some: what a list has once they were taken out again. */
    static inline PyObject *modpy_new_list(Py_ssize_t room) {
        PyObject *list = PyList_New(0);
    #ifndef Py_GIL_DISABLED  /* there the places lie behind a head of their own */
        if (list) {
            ((PyListObject *) list)->ob_item = PyMem_New(PyObject *, room);
            if (((PyListObject *) list)->ob_item) ((PyListObject *) list)->allocated = room;
        }
    #endif
        return list;
    }
    #endif
    """
    int learn_head "modpy_learn_head"() except -1  # before the first new_ascii()
    PyObject *new_ascii "modpy_new_ascii"(Py_ssize_t size) except NULL  # size > 0
    uint8_t *letters_of "modpy_letters"(PyObject *text) noexcept  # of a str from new_ascii()
    PyObject *utf8_text "PyUnicode_DecodeUTF8"(const char *bytes, Py_ssize_t size, const char *errors) except NULL
    PyObject *bytes_copy "PyBytes_FromStringAndSize"(const char *bytes, Py_ssize_t size) except NULL
    PyObject *new_tuple "PyTuple_New"(Py_ssize_t size) except NULL
    PyObject *new_list "modpy_new_list"(Py_ssize_t room) except NULL
    void give "modpy_give"(PyObject *tuple, Py_ssize_t at, PyObject *item) noexcept  # takes the item over
    int append "modpy_append"(PyObject *list, PyObject *item) except -1  # takes the item over
    PyObject *set_default "PyDict_SetDefault"(PyObject *dict, PyObject *key, PyObject *value) except NULL  # borrowed
    void keep "Py_INCREF"(PyObject *object) noexcept
    void drop "Py_DECREF"(PyObject *object) noexcept
