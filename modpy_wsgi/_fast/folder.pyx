"""The files of one folder, looked at together (fstatat(2)).

Law: a name is looked up in the folder that a descriptor stands for, whatever has become of its path; no link is
followed, and what is no regular file counts as not there. Others may run while names are looked up.
"""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_GET_SIZE
from cpython.exc cimport PyErr_SetFromErrno
from cpython.mem cimport PyMem_Free, PyMem_Malloc
from cpython.object cimport PyObject
from cpython.unicode cimport PyUnicode_GET_LENGTH
from libc.errno cimport EBADF, errno
from libc.string cimport strlen
from posix.fcntl cimport AT_SYMLINK_NOFOLLOW
from posix.stat cimport S_ISREG, fstatat, struct_stat

from modpy_wsgi._fast.fold cimport MODPY_ASCII, PyUnicode_IS_COMPACT_ASCII

cdef extern from *:
    bytes PyUnicode_EncodeFSDefault(object text)

cdef struct File:
    const char *name  # borrowed
    bint found
    long long size
    long long modified


cdef int name_file(File *file, str name, list kept) except -1:
    """Say which file it is. *kept* gets what has to live as long as *file* does, beside *name* itself."""
    cdef Py_ssize_t size
    cdef bytes encoded
    if name is None:
        raise TypeError("a file's name must be str, not None")
    if PyUnicode_IS_COMPACT_ASCII(name):  # the same in whatever file names are encoded
        file.name = <const char *> MODPY_ASCII(<PyObject *> name)
        size = PyUnicode_GET_LENGTH(name)
    else:
        encoded = PyUnicode_EncodeFSDefault(name)
        kept.append(encoded)
        file.name = PyBytes_AS_STRING(encoded)
        size = PyBytes_GET_SIZE(encoded)
    if <Py_ssize_t> strlen(file.name) != size:
        raise ValueError(f"no file has a name with NUL: {name!r}")
    return 0


cdef bint look_at_all(int folder, File *files, Py_ssize_t count) noexcept nogil:
    """Whether the descriptor stands for an open file: then all have been looked for."""
    cdef struct_stat status
    cdef File *file
    for file in files[:count]:
        file.found = fstatat(folder, file.name, &status, AT_SYMLINK_NOFOLLOW) == 0
        if file.found:
            file.found = S_ISREG(status.st_mode) != 0
            file.size = status.st_size
            file.modified = status.st_mtime
        elif errno == EBADF:
            return False
    return True


def regular_files(int folder, names, /):
    """Give (size, seconds since the epoch when it was modified) of each name's file, None where it is none."""
    cdef tuple every = tuple(names)  # nobody else can change it while others run
    cdef Py_ssize_t count = len(every), at
    cdef list kept = [], seen = []
    cdef bint is_open
    cdef File *files = <File *> PyMem_Malloc(count * sizeof(File))
    if files is NULL:
        raise MemoryError
    try:
        for at in range(count):
            name_file(&files[at], every[at], kept)
        with nogil:
            is_open = look_at_all(folder, files, count)
        if not is_open:
            PyErr_SetFromErrno(OSError)
        for at in range(count):
            seen.append((files[at].size, files[at].modified) if files[at].found else None)
    finally:
        PyMem_Free(files)
    return seen
