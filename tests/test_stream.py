"""The bytes of a connection: whatever pieces they come in, what is read is all of it, in order."""

from __future__ import annotations

import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from modpy_wsgi.stream import LINE_MOST, PIECE, Stream

ALL_MOST = 200_000
Ends = tuple[Stream, socket.socket]


@pytest.fixture
def ends() -> Iterator[Ends]:
    """A stream, and the other end of its socket."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.settimeout(60)
        yield Stream(ours, 60.0, all_most=ALL_MOST), theirs


def sent(theirs: socket.socket, *pieces: bytes) -> None:
    for piece in pieces:
        theirs.sendall(piece)
    theirs.shutdown(socket.SHUT_WR)


# name: (what is sent, what is called, what it returns)
READS: dict[str, tuple[bytes, list[Callable[[Stream], bytes]], list[bytes]]] = {
    "lines": (b"a\nbc\r\n\nd", [lambda s: s.read_line(0)] * 5, [b"a\n", b"bc\r\n", b"\n", b"d", b""]),
    "beginnings": (b"abcdef\ng", [lambda s: s.read_line(4)] * 4, [b"abcd", b"ef\n", b"g", b""]),
    "a line of that length": (b"abc\nd", [lambda s: s.read_line(4)] * 2, [b"abc\n", b"d"]),
    "pieces": (b"abcdef", [lambda s: s.read(4), lambda s: s.read(0), lambda s: s.read(1)], [b"abcd", b"ef", b""]),
    "a piece behind a line": (b"a\nbcd", [lambda s: s.read_line(0), lambda s: s.read(2)], [b"a\n", b"bc"]),
    "no more than a piece": (b"x" * 9000, [lambda s: s.read(9000)], [b"x" * PIECE]),
    "everything": (b"a\nb\nc", [lambda s: s.read_line(0), Stream.read_all, Stream.read_all], [b"a\n", b"b\nc", b""]),
    "everything there may be": (b"x" * ALL_MOST, [lambda s: s.read(1), Stream.read_all], [b"x", b"x" * (ALL_MOST - 1)]),
    "nothing": (b"", [lambda s: s.read(0), lambda s: s.read_line(0), Stream.read_all], [b"", b"", b""]),
    "too long a line": (b"x" * 9000 + b"\n", [lambda s: s.read_line(0)] * 2, [b"x" * LINE_MOST, b"x" * 808 + b"\n"]),
    "more asked for than a line may have": (b"x" * 9000, [lambda s: s.read_line(9000)], [b"x" * LINE_MOST]),
}


@pytest.mark.parametrize(("data", "calls", "wanted"), READS.values(), ids=READS)
def test_reads(ends: Ends, data: bytes, calls: list[Callable[[Stream], bytes]], wanted: list[bytes]) -> None:
    stream, theirs = ends
    sender = threading.Thread(target=sent, args=(theirs, data))
    sender.start()
    assert [call(stream) for call in calls] == wanted
    while stream.read(0):
        pass
    sender.join()


def test_too_much_for_one_read(ends: Ends) -> None:
    stream, theirs = ends
    sender = threading.Thread(target=sent, args=(theirs, b"x" * (ALL_MOST + 1)))
    sender.start()
    with pytest.raises(OSError, match=f"more than {ALL_MOST} bytes"):
        stream.read_all()
    sender.join()


@pytest.mark.parametrize("seed", range(20))
def test_any_cuts_any_reads(ends: Ends, seed: int) -> None:
    """Random bytes in random pieces, read by random calls: all of it, in order, each as it is promised."""
    dice = random.Random(seed)
    alphabet = dice.choice([b"ab\n", b"\n", b"abcdefgh\r\n", bytes(range(256))])
    data = bytes(dice.choices(alphabet, k=dice.choice([0, 1, 7, 3000, 30000])))
    if dice.random() < 0.5:
        data = data.replace(b"\n", b"x" * dice.choice([1, LINE_MOST]))[:60000]
    cuts = sorted(dice.randrange(len(data) + 1) for _ in range(dice.choice([0, 3, 40])))
    pieces = [data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True)]

    def send() -> None:
        for piece in pieces:
            theirs.sendall(piece)
            if dice.random() < 0.1:
                time.sleep(0.001)
        theirs.shutdown(socket.SHUT_WR)

    stream, theirs = ends
    sender = threading.Thread(target=send)
    sender.start()
    own = random.Random(seed + 1000)
    position = 0
    while True:
        kind, most = own.choice(["line", "line", "piece"]), own.choice([0, 0, 1, 5, 100, 9000])
        got = stream.read_line(most) if kind == "line" else stream.read(most)
        if not got:
            break
        assert data[position : position + len(got)] == got
        position += len(got)
        bound = min(most or LINE_MOST, LINE_MOST) if kind == "line" else min(most or PIECE, PIECE)
        assert len(got) <= bound
        if kind == "line":
            assert b"\n" not in got[:-1]
            assert got.endswith(b"\n") or len(got) == bound or position == len(data)
    assert position == len(data)
    sender.join()


def test_what_is_left_over(ends: Ends) -> None:
    stream, theirs = ends
    sent(theirs, b"first\nsecond")
    assert stream.read_line(0) == b"first\n"
    assert stream.rest == b"second"


def test_the_other_side_is_silent() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        stream = Stream(ours, 0.05, all_most=1)
        began = time.monotonic()
        with pytest.raises(OSError, match="Connection read error"):
            stream.read(0)
        assert time.monotonic() - began >= 0.05
        assert stream.broken


def test_the_other_side_takes_nothing() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        stream = Stream(ours, 0.05, all_most=1)
        with pytest.raises(OSError, match="Connection write error"):
            stream.write(b"x" * 10_000_000)
        assert stream.broken


def test_the_other_side_is_gone(ends: Ends) -> None:
    stream, theirs = ends
    theirs.close()
    with pytest.raises(BrokenPipeError):
        stream.write(b"x" * 1_000_000)
    assert stream.broken
    assert stream.read(0) == b""


@pytest.mark.parametrize("data", [b"bytes", bytearray(b"bytes"), memoryview(b"bytes"), memoryview(b"_b_y_t_e_s")[1::2]])
def test_writes(ends: Ends, data: Any) -> None:
    stream, theirs = ends
    stream.write(data)
    assert theirs.recv(100) == b"bytes"


def test_what_several_threads_write_is_not_mixed(ends: Ends) -> None:
    stream, theirs = ends
    size, times = 300_000, 5
    writers = [
        threading.Thread(target=lambda c=c: [stream.write(c * size) for _ in range(times)]) for c in (b"a", b"b")
    ]
    for writer in writers:
        writer.start()
    got = bytearray()
    while len(got) < 2 * size * times:
        got += theirs.recv(1_000_000)
    for writer in writers:
        writer.join()
    blocks = [bytes(got[start : start + size]) for start in range(0, len(got), size)]
    assert all(len(set(block)) == 1 for block in blocks)


def test_reading_and_writing_at_once(ends: Ends) -> None:
    stream, theirs = ends
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(stream.read_line(0)))
    reader.start()
    stream.write(b"while another thread waits\n")
    assert theirs.recv(100) == b"while another thread waits\n"
    theirs.sendall(b"done\n")
    reader.join(60)
    assert got == [b"done\n"]


def test_a_reader_hears_that_the_connection_is_ended(ends: Ends) -> None:
    stream, _ = ends
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(stream.read(0)))
    reader.start()
    time.sleep(0.05)
    stream.socket.shutdown(socket.SHUT_RDWR)
    reader.join(60)
    assert got == [b""]
