"""An explanation as a page: the request's way drawn from station to station, and who decided what.

Law: the page is whole in itself (no script, nothing is loaded, a policy says so), and everything in it is escaped:
URLs and file names may hold anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from ..check.findings import printable
from .model import Choice, Decided, PhaseShown, Place, SectionShown, Way

__all__ = ["as_html"]

STYLE = """
:root { color-scheme: light dark; --ground: #fbfaf7; --card: #ffffff; --ink: #1d2430; --soft: #566072;
  --line: #d7dbe2; --way: #2f6f5e; --end: #a03325; --code: #f1f3f0; }
@media (prefers-color-scheme: dark) { :root { --ground: #14181c; --card: #1c2228; --ink: #e8ecef; --soft: #a9b4be;
  --line: #38424c; --way: #6cc5a8; --end: #f08d7c; --code: #262d34; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
header { border-bottom: 3px solid var(--way); padding-bottom: .75rem; margin-bottom: 1.5rem; }
h1 { font-size: 1.5rem; margin: 0; overflow-wrap: anywhere; }
h1 b { color: var(--way); }
header p { margin: .25rem 0 0; color: var(--soft); }
h2 { font-size: 1.1rem; margin: 0; }
code { font: .9em ui-monospace, monospace; background: var(--code); padding: .05em .3em; border-radius: 3px;
  overflow-wrap: anywhere; }
.way { list-style: none; margin: 0; padding: 0; }
.way > li { position: relative; padding: 0 0 1.25rem 2.75rem; }
.way > li::before { content: ""; position: absolute; left: .95rem; top: 1.5rem; bottom: -.1rem; width: 2px;
  background: var(--line); }
.way > li:last-child::before { display: none; }
.way svg { position: absolute; left: 0; top: 0; width: 2rem; height: 2rem; }
.way circle { fill: var(--card); stroke: var(--way); stroke-width: 2; }
.way text { fill: var(--ink); font: 600 13px system-ui, sans-serif; text-anchor: middle; }
.way .ends circle { stroke: var(--end); stroke-width: 3; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .6rem .9rem; }
.ends .card { border-color: var(--end); }
.card p { margin: .15rem 0; overflow-wrap: anywhere; }
.why { color: var(--soft); }
.place { display: block; color: var(--soft); font: .85em ui-monospace, monospace; overflow-wrap: anywhere; }
.list { margin: .3rem 0 0; padding-left: 1.2rem; }
.list li { margin: .15rem 0; overflow-wrap: anywhere; }
.not { text-decoration: line-through; }
details { margin-top: 1.5rem; }
summary { cursor: pointer; font-weight: 600; font-size: 1.1rem; padding: .25rem 0; }
summary:focus-visible, .scroll:focus-visible { outline: 3px solid var(--way); outline-offset: 2px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; table-layout: fixed; width: 100%; min-width: 34rem; margin-top: .5rem; }
th:nth-child(1) { width: 25%; } th:nth-child(2) { width: 33%; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid var(--line); }
th { font-weight: 600; }
th, td { overflow-wrap: anywhere; }
td div + div { margin-top: .25rem; }
.notes { border-left: 4px solid var(--way); margin: 1rem 0 0; padding: .25rem 1rem .25rem 2rem; }
@media (max-width: 40rem) { .way > li { padding-left: 2.4rem; } th, td { padding: .3rem .35rem; } }
"""

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


def as_html(way: Way) -> str:
    """The whole page."""
    return "".join(f"{line}\n" for line in _page(way))


def _page(way: Way) -> Iterator[str]:
    title = f"{_text(way.method)} {_text(way.url)}"
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f'<link rel="icon" href="data:,">\n<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>'
    yield f"<header><h1><b>{_text(way.method)}</b> {_text(way.url)}</h1>"
    yield "<p>The way of this request through the site. Nothing of the site was run to find it.</p></header>"
    yield '<ol class="way" aria-label="The way of the request">'
    stations = list(_stations(way))
    for number, (name, body, ends) in enumerate(stations, 1):
        yield f"<li{' class=ends' if ends else ''}>{_mark(number)}"
        yield f'<div class="card"><h2>{name}</h2>{body}</div></li>'
    yield "</ol>"
    if way.notes:
        yield f'<section aria-label="Notes"><ul class="notes">{_items(map(_text, way.notes))}</ul></section>'
    if way.settings:
        yield from _settings(way.settings)
    yield "</main>\n</body>\n</html>"


def _mark(number: int) -> str:
    """The station on the line; the number is that of the list, which readers of the page are told anyway."""
    return (
        f'<svg viewBox="0 0 32 32" aria-hidden="true" focusable="false"><circle cx="16" cy="16" r="13"/>'
        f'<text x="16" y="20.5">{number}</text></svg>'
    )


def _stations(way: Way) -> Iterator[tuple[str, str, bool]]:
    """(title, body, whether the request ends there with an error)."""
    if way.host.what:
        yield "Virtual host", _choice(way.host), False
    if way.target.what:
        yield "Where the path leads", f"<p>path <code>{_text(way.path)}</code></p>" + _choice(way.target), False
    if way.index is not None:
        yield "Index of the folder", _choice(way.index), False
    if way.file.what:
        yield "File", _choice(way.file), False
    if way.sections:
        yield (
            "What holds, in the order of merging",
            f'<ol class="list">{_items(map(_section, way.sections))}</ol>',
            False,
        )
    if way.phases:
        yield "Phases", f'<ol class="list">{_items(map(_phase, way.phases))}</ol>', False
    if way.filters:
        yield "Filters", "".join(map(_choice, way.filters)), False
    yield "Answer", _choice(way.answer), way.status is not None and way.status >= 400


def _choice(choice: Choice) -> str:
    why = f' <span class="why">{_text(choice.why)}</span>' if choice.why else ""
    return f"<p><code>{_text(choice.what)}</code>{why}{_place(choice.place)}</p>"


def _section(section: SectionShown) -> str:
    return f"<code>{_text(section.name)}</code>{_place(section.place)}"


def _phase(phase: PhaseShown) -> str:
    words = [f"<b>{_text(phase.name)}</b>" if phase.name else "<b>server</b>"]
    if phase.server:
        words.append(f'<span class="why">{_text(phase.server)}</span>')
    handlers = []
    for handler in phase.handlers:
        limit = f" | {_text(handler.limit)}" if handler.limit else ""
        mark = "" if phase.runs else " class=not"
        handlers.append(
            f"<code{mark}>{_text(handler.name)}{limit}</code> "
            f'<span class="why">in interpreter {_text(handler.interpreter)}</span>{_place(handler.place)}'
        )
    inner = f'<ul class="list">{_items(handlers)}</ul>' if handlers else ""
    return " ".join(words) + inner


def _settings(settings: list[Decided]) -> Iterator[str]:
    yield f"<details open><summary>{len(settings)} settings, and who decided</summary>"
    yield '<div class="scroll" role="region" aria-label="Settings" tabindex="0"><table>'
    heads = "".join(f'<th scope="col">{head}</th>' for head in ("setting", "value", "decided by"))
    yield f"<thead><tr>{heads}</tr></thead>"
    yield "<tbody>"
    for setting in settings:
        by = "".join(
            f"<div>{_word(number, setting)}<code>{_text(written)}</code>{_place(place)}</div>"
            for number, (written, place) in enumerate(setting.by)
        )
        yield f'<tr><th scope="row">{_text(setting.name)}</th><td>{_text(setting.value)}</td><td>{by}</td></tr>'
    yield "</tbody></table></div></details>"


def _word(number: int, setting: Decided) -> str:
    """Before all but the first: whether it was replaced, or merged with."""
    return f'<span class="why">{setting.word(number)}</span> ' if number else ""


def _items(lines: Iterator[str] | list[str] | map[str]) -> str:
    return "".join(f"<li>{line}</li>" for line in lines)


def _place(place: Place) -> str:
    return f' <span class="place">{_text(str(place))}</span>' if place.file is not None else ""


def _text(text: str) -> str:
    return escape(printable(text))
