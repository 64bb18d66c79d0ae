"""The multipart parser beside others: a small form, an upload of 100 MB, and bodies made to be slow.

Run: python benchmarks/bench_multipart.py [rounds]. Peers that are not installed are left out: fast-multipart,
multipart, python-multipart, werkzeug, cgi (which Python has up to 3.12; then legacy-cgi, by the same name). Every round
does each row once, ours and theirs in turn; a row shows the median over the rounds of the CPU time, the kernel's
included, and its ratio to the first row (above 1: slower than that).

Goals: 20 fields no slower than fast-multipart; an upload in at most 1/0.9 of the time of reading 64 KB blocks and
writing them to a temporary file, no slower than fast-multipart and multipart, within 4 MB of memory; no body in more
than 1.5 times what random bytes take. The last one does not hold for lines that almost end a part, one after the other:
docs/performance.md has the figures.
"""

import functools
import importlib.metadata
import importlib.util
import io
import os
import random
import resource
import statistics
import sys
import tempfile
import time
import types
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.figures import keep
from modpy_wsgi._fast.multipart import MultipartParser
from modpy_wsgi.forms.spool import Allowance, SpooledFile

BLOCK = 65536
BOUNDARY = b"----WebKitFormBoundaryqQ7kVtNsBzH2eYxm"
UPLOAD = 100 << 20
ADVERSE = 16 << 20

Run = Callable[[], object]


def body(payload: bytes, boundary: bytes = BOUNDARY) -> bytes:
    """A form with one file."""
    head = b'Content-Disposition: form-data; name="file"; filename="a.bin"\r\nContent-Type: application/octet-stream'
    return b"--" + boundary + b"\r\n" + head + b"\r\n\r\n" + payload + b"\r\n--" + boundary + b"--\r\n"


def small_form(fields: int = 20) -> bytes:
    """A form with so many short fields."""
    parts = [
        f'Content-Disposition: form-data; name="field{number}"\r\n\r\nvalue of {number}\r\n' for number in range(fields)
    ]
    return b"".join(b"--" + BOUNDARY + b"\r\n" + part.encode() for part in parts) + b"--" + BOUNDARY + b"--\r\n"


# One function each: reads a form from a stream, in blocks of 64 KB; gives the names


def ours(stream: io.BytesIO, boundary: bytes = BOUNDARY) -> object:
    allowance = Allowance()
    parser = MultipartParser(boundary, lambda part: SpooledFile(allowance))
    while block := stream.read(BLOCK):
        parser.feed(block)
    return [part.name for part in parser.close()]


def fast_multipart(stream: io.BytesIO) -> object:
    from fast_multipart import MultipartParser as Parser

    found: list[tuple[str, Any]] = []
    write: Callable[[bytes], object] = print

    def begin(part: Any) -> None:
        nonlocal write
        into: Any = tempfile.TemporaryFile(buffering=0) if part.filename is not None else io.BytesIO()  # noqa: SIM115
        found.append((part.name, into))
        write = into.write

    parser = Parser(BOUNDARY.decode(), begin, lambda data: write(data), lambda: None)
    while block := stream.read(BLOCK):
        parser.feed(block)
    parser.close()
    return [name for name, _ in found]


def multipart_module() -> types.ModuleType:
    """multipart.py, which python-multipart hides by a package of the same name."""
    for file in importlib.metadata.files("multipart") or ():
        if file.name == "multipart.py":
            spec = importlib.util.spec_from_file_location("multipart_py", file.locate())
            assert spec is not None and spec.loader is not None
            module = importlib.util.module_from_spec(spec)
            sys.modules["multipart_py"] = module
            spec.loader.exec_module(module)
            return module
    raise ImportError("multipart")


def multipart(stream: io.BytesIO) -> object:
    module = sys.modules.get("multipart_py") or multipart_module()
    parser = module.MultipartParser(stream, BOUNDARY, part_limit=100)
    return [part.name for part in parser.parts()]


def python_multipart(stream: io.BytesIO) -> object:
    from python_multipart import FormParser

    names: list[object] = []
    parser = FormParser(
        "multipart/form-data",
        lambda field: names.append(field.field_name),
        lambda file: names.append(file.field_name),
        boundary=BOUNDARY,
        config={"MAX_MEMORY_FILE_SIZE": 512 * 1024, "MAX_BODY_SIZE": float("inf")},
    )
    while block := stream.read(BLOCK):
        parser.write(block)
    parser.finalize()
    return names


def werkzeug(stream: io.BytesIO) -> object:
    from werkzeug.formparser import MultiPartParser

    form, files = MultiPartParser().parse(stream, BOUNDARY, None)
    return [*form, *files]


def cgi(stream: io.BytesIO) -> object:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        from cgi import FieldStorage
    kind = f"multipart/form-data; boundary={BOUNDARY.decode()}"
    form = FieldStorage(stream, {"content-type": kind}, environ={"REQUEST_METHOD": "POST"})
    return [field.name for field in form.list]


def copied(stream: io.BytesIO) -> object:
    """What any server does at least."""
    with tempfile.TemporaryFile(buffering=0) as file:
        while block := stream.read(BLOCK):
            file.write(block)
    return None


def peers() -> dict[str, Callable[[io.BytesIO], object]]:
    """Those that are installed."""
    found: dict[str, Callable[[io.BytesIO], object]] = {}
    for read in (fast_multipart, multipart, python_multipart, werkzeug, cgi):
        try:
            read(io.BytesIO(body(b"x")))
        except ImportError:
            continue
        found[read.__name__] = read
    return found


class Nothing:
    """A file that forgets what is written to it."""

    def write(self, data: bytes) -> None: ...

    def close(self) -> None: ...


def parsed(blocks: list[bytes], boundary: bytes) -> None:
    """The parser alone."""
    parser = MultipartParser(boundary, lambda part: Nothing())
    for block in blocks:
        parser.feed(block)
    parser.close()


LONG = b"a" * 70
DASHES = b"-" * 70
ADVERSE_BODIES: dict[str, tuple[bytes, bytes]] = {
    "CR LF dash dash": (BOUNDARY, b"\r\n--"),
    "CR": (BOUNDARY, b"\r"),
    "LF": (BOUNDARY, b"\n"),
    "CR LF": (BOUNDARY, b"\r\n"),
    "dashes": (BOUNDARY, b"-"),
    "the boundary but for its last letter": (BOUNDARY, b"\r\n--" + BOUNDARY[:-1]),
    "the boundary's letters": (BOUNDARY, BOUNDARY),
    "70 letters a, CR LF dash dash": (LONG, b"\r\n--"),
    "70 letters a, all a": (LONG, b"a"),
    "70 letters a, lines that start like it": (LONG, b"\n--aaa"),
    "70 letters a, half of it": (LONG, b"\r\n--" + LONG[:35]),
    "70 letters a, all but the last": (LONG, b"\r\n--" + LONG[:-1]),
    "70 letters a, and one more": (LONG, b"\r\n--" + LONG + b"a"),
    "70 dashes, CR LF dash dash": (DASHES, b"\r\n--"),
    "70 dashes, lines that start like it": (DASHES, b"\n----"),
    "70 dashes, all dashes": (DASHES, b"-"),
    "one letter, and one more": (b"a", b"\n--ab"),
    "one letter, and a dash": (b"a", b"\n--a-x"),
    "one letter, and a blank": (b"a", b"\n--a x"),
    "one letter, two dashes": (b"a", b"\n--a--x"),
    "one letter, CR": (b"a", b"\n--a\rx"),
    "five letters, and one more": (b"bound", b"\n--boundx"),
    "five dashes, and one more": (b"-----", b"\n-------x"),
    "20 letters, all but the last two": (LONG[:20], b"\n--" + LONG[:18] + b"#a"),
    "20 letters, 66 blanks": (LONG[:20], b"\n--" + LONG[:20] + b" " * 66),
    "20 dashes, LF LF dash": (DASHES[:20], b"\n\n-"),
}


def irregular(boundary: bytes, *lines: bytes) -> tuple[bytes, bytes]:
    """64 KB of these lines in no order, some with a letter or two more: what no processor foresees."""
    draw = random.Random(1)
    found = b""
    while len(found) < 65536:
        found += draw.choice(lines) + b"yy"[: draw.choice((0, 0, 0, 1, 2))]
    return boundary, found


for length in (1, 5, 10, 11, 15, 16, 40, 70):
    line = b"\n--" + LONG[:length]
    tails = (b"x", b" x", b"-x", b"--x", b"\rx")
    ADVERSE_BODIES[f"{length} letters, many ends"] = irregular(LONG[:length], *(line + tail for tail in tails))
    ADVERSE_BODIES[f"{length} letters, 66 blanks or x"] = irregular(
        LONG[:length], line + b" " * 66 + b"\n", line + b"x"
    )
    if length > 1:
        wrong = b"\n--#" + line[4:] + b"\r\n"
        ADVERSE_BODIES[f"{length} letters, one is wrong, or x"] = irregular(LONG[:length], wrong, line + b"x")


def of_stream(read: Callable[..., object], whole: bytes, *more: bytes) -> Run:
    """Reads these bytes, from a new stream each time."""
    return lambda: read(io.BytesIO(whole), *more)


def cpu(run: Run, calls: int) -> float:
    """Seconds of CPU time for a call."""
    start = time.process_time()
    for _ in range(calls):
        run()
    return (time.process_time() - start) / calls


def medians(runs: dict[str, Run], rounds: int, calls: int = 1) -> dict[str, float]:
    """Each one's median over the rounds, in seconds for a call."""
    measured: dict[str, list[float]] = {label: [] for label in runs}
    for _ in range(rounds):
        for label, run in runs.items():
            measured[label].append(cpu(run, calls))
    return {label: statistics.median(seconds) for label, seconds in measured.items()}


def show(title: str, found: dict[str, float], unit: float, name: str, kept: str = "") -> None:
    """A table; the ratio is to the first row. Under the name `kept` what others take is kept, as a ratio to ours."""
    first = next(iter(found.values()))
    print(f"\n{title}")
    for label in sorted(found.keys() - {"modpy_wsgi"}) if kept else ():
        keep("peer", what=kept, peer=label, times=found[label] / found["modpy_wsgi"])
    for label, seconds in found.items():
        print(f"  {label:42} {seconds * unit:10.2f} {name}  {seconds / first:6.2f}")


def growth(read: Callable[[io.BytesIO], object], size: int) -> float:
    """MB that the process grows by for an upload that comes out of nothing, measured in a child of this process."""

    class Source(io.BytesIO):
        head, tail = body(b"\0").split(b"\0")
        block = bytes(BLOCK)
        left = size

        def read(self, _: int | None = -1, /) -> bytes:
            if self.head:
                head, self.head = self.head, b""
                return head
            if self.left > 0:
                self.left -= BLOCK
                return self.block[:-1] + b"x"  # a new object each time, as from a socket
            tail, self.tail = self.tail, b""
            return tail

    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        read(io.BytesIO(body(b"x" * BLOCK)))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        read(Source())
        os.write(writing, str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before).encode())
        os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading) as answer:
        return int(answer.read() or -1024) / 1024


def main(rounds: int) -> None:
    """Print the tables."""
    readers = {"modpy_wsgi": ours, **peers()}
    for read in readers.values():
        if read is cgi:  # it reads lines
            continue
        print(f"memory of an upload, {read.__name__:20} {growth(read, UPLOAD):8.1f} MB")  # before anything is large

    form = small_form()
    small: dict[str, Run] = {label: of_stream(read, form) for label, read in readers.items()}
    show(f"20 small fields, {rounds} rounds", medians(small, rounds, 50), 1e6, "us", "20 fields")

    compare_uploads(readers, rounds)
    compare_bodies(rounds)


def compare_uploads(readers: dict[str, Callable[[io.BytesIO], object]], rounds: int) -> None:
    """A file of 100 MB."""
    upload = body(os.urandom(1 << 20) * (UPLOAD >> 20))
    large: dict[str, Run] = {"read and write 64 KB blocks": of_stream(copied, upload)}
    large |= {label: of_stream(read, upload) for label, read in readers.items()}
    title = f"upload of {UPLOAD >> 20} MB"
    show(f"{title}, {rounds} rounds", medians(large, min(rounds, max(rounds // 2, 3))), 1e3, "ms", title)


def compare_bodies(rounds: int) -> None:
    """Files made to be slow, and random bytes."""
    to_file: dict[str, Run] = {}
    alone: dict[str, Run] = {}
    bodies = {"random bytes": (BOUNDARY, os.urandom(ADVERSE))}
    for label, (boundary, unit) in ADVERSE_BODIES.items():
        bodies[label] = boundary, unit * (ADVERSE // len(unit))
    for label, (boundary, payload) in bodies.items():
        whole = body(payload, boundary)
        blocks = [whole[at : at + BLOCK] for at in range(0, len(whole), BLOCK)]
        to_file[label] = of_stream(ours, whole, boundary)
        alone[label] = functools.partial(parsed, blocks, boundary)
    show(f"file of {ADVERSE >> 20} MB, all of it", medians(to_file, rounds), 1e3, "ms")
    show(f"file of {ADVERSE >> 20} MB, the parser alone", medians(alone, rounds), 1e3, "ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
