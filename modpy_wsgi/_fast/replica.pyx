"""Objects like one that stands ready: made by one loop over its slots, where __init__ would set them one by one.

Law: a new object has what the slots of the model held when the Maker was made, and nothing in its dictionary.
"""

cimport cython
from cpython.list cimport PyList_GET_ITEM, PyList_GET_SIZE
from cpython.mem cimport PyMem_Free, PyMem_Malloc
from cpython.object cimport PyObject

cdef extern from *:
    """
    #if PY_VERSION_HEX < 0x030C0000
    #include <structmember.h>
    #define MODPY_SLOT T_OBJECT_EX
    #else
    #define MODPY_SLOT Py_T_OBJECT_EX
    #endif

    /* Where an object has what a slot of its class holds; -1 of what is no slot. */
    static Py_ssize_t modpy_offset(PyObject *descriptor) {
        if (!Py_IS_TYPE(descriptor, &PyMemberDescr_Type)) {
            return -1;
        }
        PyMemberDef *member = ((PyMemberDescrObject *) descriptor)->d_member;
        return member->type == MODPY_SLOT ? member->offset : -1;
    }

    static int modpy_is_plain(PyObject *kind) {
        return ((PyTypeObject *) kind)->tp_new == PyBaseObject_Type.tp_new;
    }

    static PyObject *modpy_new(PyTypeObject *kind, PyObject *nothing) {
        return PyBaseObject_Type.tp_new(kind, nothing, NULL);
    }

    static void modpy_fill(PyObject *made, Py_ssize_t offset, PyObject *value) {
        Py_INCREF(value);
        *(PyObject **) ((char *) made + offset) = value;
    }
    """
    ctypedef struct PyTypeObject:
        pass
    Py_ssize_t offset_of "modpy_offset"(object descriptor)
    bint is_plain "modpy_is_plain"(object kind)
    object new "modpy_new"(PyTypeObject *kind, object nothing)
    void fill "modpy_fill"(object made, Py_ssize_t offset, PyObject *value)


@cython.final
@cython.auto_pickle(False)
cdef class Maker:
    """Makes objects like a model: of its class, with the same in their slots."""

    cdef object kind
    cdef tuple nothing
    cdef list values
    cdef Py_ssize_t *places  # of the values, in an object

    def __cinit__(self, model, /):
        self.kind = type(model)
        self.nothing = ()
        self.values = []
        if not is_plain(self.kind):
            raise TypeError(f"{self.kind.__name__} has a __new__ of its own")
        every = [member for each in self.kind.__mro__ for member in vars(each).values() if offset_of(member) >= 0]
        members = {offset_of(member): member for member in every}.values()  # each once, whatever names it has
        self.places = <Py_ssize_t *> PyMem_Malloc((len(members) + 1) * sizeof(Py_ssize_t))
        if self.places is NULL:
            raise MemoryError
        for member in members:
            try:
                value = member.__get__(model)
            except AttributeError:  # nothing is in it
                continue
            self.places[len(self.values)] = offset_of(member)
            self.values.append(value)

    def __dealloc__(self):
        PyMem_Free(self.places)

    def __call__(self):
        """Give a new object; no __init__ is called."""
        made = new(<PyTypeObject *> self.kind, self.nothing)
        cdef Py_ssize_t number
        for number in range(PyList_GET_SIZE(self.values)):
            fill(made, self.places[number], PyList_GET_ITEM(self.values, number))
        return made
