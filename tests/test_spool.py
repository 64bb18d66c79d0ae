"""Files that a client sends, from the public edge: they behave as the temporary files of the original."""

import csv
import errno
import io
import os
import subprocess
import sys
import tempfile
import textwrap
import zipfile
from collections.abc import Callable, Iterator
from typing import IO, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modpy_wsgi._fast.multipart import MultipartParser
from modpy_wsgi.forms import spool
from modpy_wsgi.forms.spool import Allowance, SpooledFile

MEMORY, DISK = 100, spool.MAX_MEMORY + 1


def descriptors() -> set[str]:
    return set(os.listdir("/proc/self/fd" if os.path.isdir("/proc/self/fd") else "/dev/fd"))


@pytest.fixture(autouse=True)
def _nothing_left(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    directory = tmp_path_factory.mktemp("spool")
    monkeypatch.setattr(tempfile, "tempdir", str(directory))
    before = descriptors()
    yield
    assert descriptors() == before
    assert list(directory.iterdir()) == []


def on_disk(file: SpooledFile) -> bool:
    return file._disk is not None or isinstance(file._file, io.BufferedRandom)


@pytest.mark.parametrize("size", [1, 7, 4096, 8191, 8192, 65536, 65537, 262144, 1_000_000])
@pytest.mark.parametrize("total", [0, 1, 524_288, 524_289, 1_500_000, 3 << 20])
def test_written_and_read(size: int, total: int) -> None:
    if size == 1:
        total = min(total, 600_000)
    content = os.urandom(total)
    with SpooledFile() as file:
        for at in range(0, total, size):
            assert file.write(content[at : at + size]) == len(content[at : at + size])
        assert on_disk(file) == (total > spool.MAX_MEMORY)
        assert file.tell() == total
        assert file.seek(0) == 0
        assert file.read() == content
        assert file.read() == b""
        assert on_disk(file) == (total > spool.MAX_MEMORY)


def test_writes_are_large_and_aligned(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[int] = []
    writev = os.writev

    def noted(descriptor: int, pieces: Any) -> int:
        written.append(writev(descriptor, pieces))
        return written[-1]

    monkeypatch.setattr(os, "writev", noted)
    with SpooledFile() as file:
        file.write(b"x" * 123)
        for _ in range(100):
            file.write(b"y" * 65536)
        assert len(written) > 10
        assert written == [2 * spool.WRITE] + [spool.WRITE] * (len(written) - 1)
        written.clear()
        file.flush()
        assert len(written) == 1 and written[0] < spool.WRITE
        file.flush()
        assert len(written) == 1


def test_a_disk_that_takes_little(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "writev", lambda descriptor, pieces: os.write(descriptor, pieces[0][:10_000]))
    content = os.urandom(1_000_000)
    with SpooledFile() as file:
        for at in range(0, len(content), 17_000):
            file.write(content[at : at + 17_000])
        file.seek(0)
        assert file.read() == content


@pytest.mark.parametrize(
    "ask", [SpooledFile.tell, SpooledFile.flush, SpooledFile.seekable], ids=lambda ask: ask.__name__
)
def test_asked_while_it_is_written(ask: Callable[[SpooledFile], object]) -> None:
    with SpooledFile() as file:
        for number in range(20):
            assert file.tell() == number * 50_000
            ask(file)
            file.write(b"x" * 50_000)
        assert on_disk(file)


def test_what_is_written_may_change_afterwards() -> None:
    buffer = bytearray(b"x" * 20_000)
    with SpooledFile() as file:
        file.write(buffer)
        buffer[:] = b"y" * 20_000
        file.write(memoryview(buffer))
        buffer[:] = b"z" * 20_000
        file.seek(0)
        assert file.read() == b"x" * 20_000 + b"y" * 20_000


def as_text(file: Any, use: Callable[[io.TextIOWrapper], Any]) -> Any:
    text = io.TextIOWrapper(file, "latin-1")
    try:
        return use(text)
    finally:
        text.detach()


USES: dict[str, Callable[[Any], Any]] = {
    "read": lambda f: (f.seek(0), f.read(5), f.read(None), f.read(), f.tell()),
    "read1": lambda f: (f.seek(0), f.read1(5), f.tell()),
    "readinto": lambda f: (f.seek(3), f.readinto(bytearray(7)), f.tell()),
    "readinto1": lambda f: (f.seek(3), f.readinto1(bytearray(7)), f.tell()),
    "readline": lambda f: (f.seek(0), f.readline(), f.readline(3), f.readline(), f.tell()),
    "readlines": lambda f: (f.seek(0), f.readlines(1), f.readlines()[:3]),
    "iteration": lambda f: (f.seek(0), next(f), [*f][-1]),
    "seek": lambda f: (f.seek(5), f.seek(2, os.SEEK_CUR), f.seek(-3, os.SEEK_END), f.read()),
    "write after reading": lambda f: (f.seek(2), f.write(b"XX"), f.seek(0), f.read(6)),
    "write at the end": lambda f: (f.seek(0, 2), f.write(b"end"), f.seek(-5, 2), f.read()),
    "write, not at the end": lambda f: (f.read(), f.write(b"end"), f.tell()),
    "writelines": lambda f: (f.writelines([b"1", b"2"]), f.tell()),
    "truncate": lambda f: (f.truncate(4), f.seek(0, 2), f.seek(0), f.read()),
    "truncate here": lambda f: (f.seek(3), f.truncate(), f.read(), f.seek(0), f.read()),
    "what it can": lambda f: (f.readable(), f.writable(), f.seekable(), f.isatty(), f.closed),
    "flush": lambda f: (f.flush(), f.tell()),
    "size by its descriptor": lambda f: (f.flush(), os.fstat(f.fileno()).st_size),
    "read by its descriptor": lambda f: (f.seek(0), f.read(3), os.pread(f.fileno(), 6, 0), f.tell(), f.read(3)),
    "text": lambda f: (f.seek(0), as_text(f, io.TextIOWrapper.readline)),
    "rows": lambda f: (f.seek(0), as_text(f, lambda text: next(csv.reader(text)))),
    "closed": lambda f: (f.close(), f.close(), f.closed),
}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
@pytest.mark.parametrize("size", [MEMORY, DISK])
def test_as_a_temporary_file(use: Callable[[Any], Any], size: int) -> None:
    content = (b"one,two\nthree\n\n" * size)[:size]
    with tempfile.TemporaryFile() as plain, SpooledFile() as file:
        plain.write(content)
        file.write(content)
        assert use(file) == use(plain)


CLOSED: dict[str, Callable[[SpooledFile], Any]] = {
    "read": lambda f: f.read(),
    "write": lambda f: f.write(b"x"),
    "seek": lambda f: f.seek(0),
    "tell": lambda f: f.tell(),
    "fileno": lambda f: f.fileno(),
    "readable": lambda f: f.readable(),
    "writable": lambda f: f.writable(),
    "seekable": lambda f: f.seekable(),
    "next": next,
}


@pytest.mark.parametrize("use", CLOSED.values(), ids=CLOSED)
@pytest.mark.parametrize("size", [MEMORY, DISK])
@pytest.mark.parametrize("settled", [False, True])
def test_closed(use: Callable[[SpooledFile], Any], size: int, settled: bool) -> None:
    file = SpooledFile()
    file.write(b"x" * size)
    if settled:
        file.seek(0)
    file.close()
    with pytest.raises(ValueError, match="closed file"):
        use(file)


@pytest.mark.parametrize("size", [MEMORY, DISK])
def test_archive(size: int) -> None:
    with SpooledFile() as file:
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("a.bin", b"x" * size)
        file.seek(0)
        with zipfile.ZipFile(file) as archive:
            assert archive.read("a.bin") == b"x" * size


@pytest.mark.parametrize("use", [lambda f: None, lambda f: f.seek(0), lambda f: f.fileno()], ids=["", "seek", "fileno"])
@pytest.mark.parametrize("size", [MEMORY, DISK])
def test_forgotten(use: Callable[[SpooledFile], Any], size: int) -> None:
    """Without a warning (which is an error here) and without a descriptor."""
    file = SpooledFile()
    file.write(b"x" * size)
    use(file)
    del file


def test_allowance() -> None:
    allowance = Allowance(1000)
    files = [SpooledFile(allowance) for _ in range(5)]
    for file in files:
        file.write(b"x" * 400)
    assert [on_disk(file) for file in files] == [False, False, True, True, True]
    assert allowance.left == 200
    files[0].close()
    assert allowance.left == 600
    files.append(SpooledFile(allowance))
    files[-1].write(b"x" * 500)
    assert not on_disk(files[-1]) and allowance.left == 100
    files[-1].fileno()
    assert allowance.left == 600
    for file in files[1:]:
        file.seek(0)
        assert file.read() in (b"x" * 400, b"x" * 500)
        file.close()
    assert allowance.left == 1000


def test_limit_of_one() -> None:
    with SpooledFile(max_memory=10) as file:
        file.write(b"x" * 10)
        assert not on_disk(file)
        file.write(b"y")
        assert on_disk(file)
        file.seek(0)
        assert file.read() == b"x" * 10 + b"y"


@settings(max_examples=200, deadline=None)
@given(
    sizes=st.lists(st.integers(0, 40), max_size=60),
    write=st.sampled_from([1, 8, 32]),
    small=st.sampled_from([0, 4, 16]),
    memory=st.sampled_from([0, 10, 100]),
    data=st.data(),
)
def test_any_writes(sizes: list[int], write: int, small: int, memory: int, data: st.DataObject) -> None:
    plain: IO[bytes] = io.BytesIO()
    with pytest.MonkeyPatch.context() as patch, SpooledFile(max_memory=memory) as file:
        patch.setattr(spool, "WRITE", write)
        patch.setattr(spool, "SMALL", small)
        patch.setattr(spool, "MAX_PIECES", 2)
        for size in sizes:
            content = os.urandom(size)
            assert file.write(content) == plain.write(content)
            if data.draw(st.integers(0, 9)) == 0:
                file.flush()
        if data.draw(st.booleans()):
            assert file.tell() == plain.tell()
        assert file.seek(0) == plain.seek(0)
        assert file.read() == plain.read()


# Disk trouble, with the parser


def upload(size: int) -> bytes:
    return b'--b\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\n' + bytes(size) + b"\r\n--b--\r\n"


@pytest.mark.parametrize("kind", [OSError(errno.ENOSPC, "full"), OSError(errno.EIO, "broken")])
@pytest.mark.parametrize("call", [1, 2, 3])
def test_disk_fails(kind: OSError, call: int, monkeypatch: pytest.MonkeyPatch) -> None:
    writev = os.writev
    calls = 0

    def failing(descriptor: int, pieces: Any) -> int:
        nonlocal calls
        calls += 1
        if calls == call:
            raise kind
        return writev(descriptor, pieces)

    monkeypatch.setattr(os, "writev", failing)
    body = upload(900_000)
    files: list[SpooledFile] = []

    def open_file(part: object) -> SpooledFile:
        files.append(SpooledFile())
        return files[-1]

    parser = MultipartParser("b", open_file)
    with pytest.raises(OSError) as caught:
        for at in range(0, len(body), 65536):
            parser.feed(body[at : at + 65536])
    assert caught.value is kind
    assert [file.closed for file in files] == [True]


def test_no_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere at all")
    parser = MultipartParser("b", lambda part: SpooledFile())
    with pytest.raises(FileNotFoundError):
        parser.feed(upload(DISK))


def test_disk_full_for_real() -> None:
    """A file may not grow past 1 MB here: the kernel says so in the middle of a write."""
    probe = """
        import os, resource, signal
        from modpy_wsgi._fast.multipart import MultipartParser
        from modpy_wsgi.forms.spool import SpooledFile
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000000, 1000000))
        before = sorted(os.listdir("/proc/self/fd"))
        parser = MultipartParser("b", lambda part: SpooledFile())
        parser.feed(b'--b\\r\\nContent-Disposition: form-data; name="f"; filename="x"\\r\\n\\r\\n')
        try:
            for _ in range(100):
                parser.feed(bytes(65536))
        except OSError as error:
            print(error.errno, sorted(os.listdir("/proc/self/fd")) == before)
    """
    if not os.path.isdir("/proc/self/fd"):
        pytest.skip("no /proc")
    run = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(probe)], check=True, capture_output=True, text=True, timeout=60
    )
    assert run.stdout.split() == [str(errno.EFBIG), "True"]


@pytest.mark.parametrize("size", [100, 600_000])
def test_upload_cut_off(size: int) -> None:
    body = upload(size)
    for at in [*range(100), *range(len(body) - 30, len(body)), len(body) // 2]:
        allowance = Allowance()
        parser = MultipartParser("b", lambda part, allowance=allowance: SpooledFile(allowance))  # type: ignore[misc]
        parser.feed(body[:at])
        parser.discard()
        assert allowance.left == spool.MAX_FORM_MEMORY


def test_many_files_take_little_memory() -> None:
    """What waits for its write goes to disk when the file is complete."""
    allowance = Allowance(1 << 20)
    parser = MultipartParser("b", lambda part: SpooledFile(allowance))
    part = b'--b\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\n' + bytes(100_000) + b"\r\n"
    for _ in range(40):
        parser.feed(part)
    parser.feed(b"--b--")
    files = [part.file for part in parser.close()]
    assert sum(file._waiting for file in files if isinstance(file, SpooledFile)) <= 1 << 20
    for file in files:
        assert isinstance(file, SpooledFile)
        file.seek(0)
        assert file.read() == bytes(100_000)
        file.close()
