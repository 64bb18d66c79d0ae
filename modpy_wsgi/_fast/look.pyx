"""What a path leads to: os.stat without the twenty numbers that it makes at once, of which few are asked for; and a
small file read in one step.

Law: a look never changes. Who hands in the last one of a path is given that back if the file is as it was in all that
a look has, so that `is` says that nothing has changed.
"""

cimport cython
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from cpython.exc cimport PyErr_SetFromErrnoWithFilenameObject
from cpython.unicode cimport PyUnicode_Check
from libc.errno cimport ENOENT, ENOTDIR, errno
from libc.string cimport memset, strlen
from posix.fcntl cimport open as c_open
from posix.unistd cimport close as c_close, read as c_read

cdef extern from *:
    """
    #include <sys/stat.h>

    #ifdef __APPLE__
    #define MODPY_ATIME(s) (s)->st_atimespec
    #define MODPY_MTIME(s) (s)->st_mtimespec
    #define MODPY_CTIME(s) (s)->st_ctimespec
    #else
    #define MODPY_ATIME(s) (s)->st_atim
    #define MODPY_MTIME(s) (s)->st_mtim
    #define MODPY_CTIME(s) (s)->st_ctim
    #endif
    #define MODPY_SET_ERRNO(number) (errno = (number))
    """
    object PyUnicode_EncodeFSDefault(object text)  # PEP 383: no name of a file is beyond it
    int PySys_Audit(const char *event, const char *form, ...) except -1
    ctypedef struct timespec_t "struct timespec":
        long long tv_sec
        long tv_nsec
    ctypedef struct stat_t "struct stat":
        unsigned long long st_dev
        unsigned long long st_ino
        unsigned int st_mode
        unsigned long long st_nlink
        unsigned int st_uid
        unsigned int st_gid
        long long st_size
    int c_stat "stat"(const char *path, stat_t *found) nogil
    int c_lstat "lstat"(const char *path, stat_t *found) nogil
    void set_errno "MODPY_SET_ERRNO"(int number)
    timespec_t MODPY_ATIME(stat_t *found)
    timespec_t MODPY_MTIME(stat_t *found)
    timespec_t MODPY_CTIME(stat_t *found)

cdef object nanoseconds(timespec_t at):
    if -9_000_000_000 < at.tv_sec < 9_000_000_000:  # which 64 bits can still count
        return at.tv_sec * 1_000_000_000 + at.tv_nsec
    return <object> at.tv_sec * 1_000_000_000 + at.tv_nsec


cdef double seconds(timespec_t at):
    return at.tv_sec + 1e-9 * at.tv_nsec  # as Python puts it together


cdef bint same_time(timespec_t one, timespec_t other) noexcept:
    return one.tv_sec == other.tv_sec and one.tv_nsec == other.tv_nsec


@cython.final
cdef class Look:
    """What a look has found; the members are those of os.stat_result, and cannot be set."""

    cdef stat_t found

    def __init__(self):
        raise TypeError("a Look is made by look()")

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self

    @property
    def st_mode(self):
        return self.found.st_mode

    @property
    def st_ino(self):
        return self.found.st_ino

    @property
    def st_dev(self):
        return self.found.st_dev

    @property
    def st_nlink(self):
        return self.found.st_nlink

    @property
    def st_uid(self):
        return self.found.st_uid

    @property
    def st_gid(self):
        return self.found.st_gid

    @property
    def st_size(self):
        return self.found.st_size

    @property
    def st_atime(self):
        return seconds(MODPY_ATIME(&self.found))

    @property
    def st_mtime(self):
        return seconds(MODPY_MTIME(&self.found))

    @property
    def st_ctime(self):
        return seconds(MODPY_CTIME(&self.found))

    @property
    def st_atime_ns(self):
        return nanoseconds(MODPY_ATIME(&self.found))

    @property
    def st_mtime_ns(self):
        return nanoseconds(MODPY_MTIME(&self.found))

    @property
    def st_ctime_ns(self):
        return nanoseconds(MODPY_CTIME(&self.found))


cdef bint same(stat_t *one, stat_t *other) noexcept:
    """Whether nothing has changed; that somebody has read the file is no change."""
    return (
        one.st_ino == other.st_ino
        and one.st_dev == other.st_dev
        and one.st_mode == other.st_mode
        and one.st_size == other.st_size
        and one.st_nlink == other.st_nlink
        and one.st_uid == other.st_uid
        and one.st_gid == other.st_gid
        and same_time(MODPY_MTIME(one), MODPY_MTIME(other))
        and same_time(MODPY_CTIME(one), MODPY_CTIME(other))
    )


cdef bytes file_name(object path):
    """A path as the system has it. Raises TypeError for what is no str, ValueError for a NUL and what no name holds."""
    cdef bytes name
    if not PyUnicode_Check(path):
        raise TypeError(f"the path must be str, not {type(path).__name__}")
    name = PyUnicode_EncodeFSDefault(path)
    if strlen(PyBytes_AS_STRING(name)) != <size_t> len(name):
        raise ValueError("embedded null byte")
    return name


cdef int failure(path, stat_t *found) except -1:
    """Why a path cannot be looked at, as errno tells it; 0 if it was, and *found* is filled in."""
    cdef bytes name = file_name(path)
    cdef const char *letters = PyBytes_AS_STRING(name)
    cdef int failed
    memset(found, 0, sizeof(found[0]))
    with nogil:
        failed = errno if c_stat(letters, found) else 0
    return failed


cdef object fail(path, int failed):
    """Raise the OSError of a path and an errno."""
    set_errno(failed)
    PyErr_SetFromErrnoWithFilenameObject(OSError, path)


cdef Look made_of(stat_t *found):
    cdef Look result = Look.__new__(Look)
    result.found = found[0]
    return result


def look(path, Look before=None, /):
    """Look where *path* leads, through links. *before* is the last look at it, if that was kept.

    Gives a Look: *before* itself, if nothing has changed. Raises OSError as os.stat does, ValueError for a NUL,
    TypeError for a path that is no str.
    """
    cdef stat_t found
    cdef int failed = failure(path, &found)
    if failed:
        fail(path, failed)
    if (
        before is not None
        and same(&before.found, &found)
        and same_time(MODPY_ATIME(&before.found), MODPY_ATIME(&found))
    ):
        return before
    return made_of(&found)


def look_for(path, /):
    """Look where *path* leads, as look() does. Gives a Look; None if the system knows no file of that name (ENOENT)."""
    cdef stat_t found
    cdef int failed = failure(path, &found)
    if failed == ENOENT:
        return None
    if failed:
        fail(path, failed)
    return made_of(&found)


def is_missing(path, /):
    """Tell whether the system knows no file of that name, nor a link (ENOENT). What cannot be looked at is not missing.

    Raises ValueError for a NUL, TypeError for a path that is no str.
    """
    cdef bytes name = file_name(path)
    cdef const char *letters = PyBytes_AS_STRING(name)
    cdef stat_t found
    cdef int failed
    with nogil:
        failed = errno if c_lstat(letters, &found) else 0
    return failed == ENOENT


def as_they_were(tuple looks not None, /):
    """Tell whether all files of *looks*, pairs of a path and a Look or None, are as they were: None is for one that is
    not there. That one was read is no change, but one that cannot be looked at is.

    Raises TypeError for what are no such pairs, ValueError for tuples of another length and for a NUL.
    """
    cdef tuple pair
    cdef bytes name
    cdef const char *letters
    cdef Look before
    cdef stat_t found
    cdef int failed
    for pair in looks:
        path, before = pair
        name = file_name(path)
        letters = PyBytes_AS_STRING(name)
        with nogil:
            failed = errno if c_stat(letters, &found) else 0
        if failed != ENOENT and failed != ENOTDIR:
            if failed or before is None or not same(&before.found, &found):
                return False
        elif before is not None:
            return False
    return True


def read_file(path, int flags, Py_ssize_t size, /):
    """Read a file of *size* bytes, opened with *flags* as for os.open.

    Gives its first *size* bytes; None if it cannot be opened or read, or has become shorter. Raises ValueError for a
    NUL or a negative size. It is audited as os.open is.
    """
    cdef bytes name = file_name(path)
    cdef const char *letters = PyBytes_AS_STRING(name)
    cdef bytes data
    cdef char *room
    cdef int file
    cdef Py_ssize_t got = -1
    if size < 0:
        raise ValueError("negative size")
    PySys_Audit("open", "OOi", <void *> path, <void *> None, flags)
    data = PyBytes_FromStringAndSize(NULL, size)
    room = PyBytes_AS_STRING(data)
    with nogil:
        file = c_open(letters, flags)
        if file >= 0:
            got = c_read(file, room, size)
            c_close(file)
    return data if got == size else None
