"""The examples in a browser: headless Chromium against a real server.

Screenshots are kept in pytest's temporary folder (test_browser*/screenshots), to be looked at by people.
"""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from modpy_wsgi.config.load import load_site
from modpy_wsgi.explain.as_html import as_html
from modpy_wsgi.explain.asked import asked
from modpy_wsgi.explain.way import explain
from modpy_wsgi.testing import site
from tests import example_sites
from tests.example_sites import MailServer
from tests.live_server import LiveServer, free_port, running, tool, wait_until

webdriver = pytest.importorskip("selenium.webdriver")

CHROMIUM = shutil.which("chromium")
DRIVER = shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(
    CHROMIUM is None or DRIVER is None, reason="no browser here (Debian: apt-get install chromium chromium-driver)"
)

ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1000,900",
)
CSS = "css selector"


class Browser:
    """A page in Chromium, and what went wrong in it."""

    def __init__(self, driver: Any, server: LiveServer, pictures: Path) -> None:
        self.driver = driver
        self.base = f"http://127.0.0.1:{server.port}"
        self.pictures = pictures
        self.media()

    def open(self, path: str) -> None:
        self.driver.get(self.base + path)

    @property
    def path(self) -> str:
        url: str = self.driver.current_url
        return url.removeprefix(self.base)

    def one(self, selector: str) -> Any:
        return self.driver.find_element(CSS, selector)

    def all(self, selector: str) -> list[Any]:
        found: list[Any] = self.driver.find_elements(CSS, selector)
        return found

    def text(self, selector: str) -> str:
        text: str = self.one(selector).text
        return text

    def script(self, text: str, *values: Any) -> Any:
        return self.driver.execute_script(text, *values)

    def media(self, scheme: str = "light") -> None:
        """As if the user preferred this colour scheme."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    def picture(self, name: str) -> None:
        """Keep a screenshot of the whole page in both schemes, and hold both to what can be read."""
        for scheme in ("light", "dark"):
            self.media(scheme)
            size = self.driver.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
            wanted = {"captureBeyondViewport": True, "clip": {**size, "scale": 1}}
            shot = self.driver.execute_cdp_cmd("Page.captureScreenshot", wanted)["data"]
            (self.pictures / f"{name}-{scheme}.png").write_bytes(base64.b64decode(shot))
            assert self.script(UNREADABLE) == [], f"{name} in {scheme}"
        self.media()

    def complaints(self) -> list[str]:
        """What the browser has written to its console since it was last asked."""
        return [entry["message"] for entry in self.driver.get_log("browser")]


# Texts whose contrast with what is behind them is below 4.5 (WCAG 2, AA), with the contrast.
UNREADABLE = """
const numbers = color => color.match(/[\\d.]+/g).map(Number);
const light = color => numbers(color).slice(0, 3).map(c => c / 255)
  .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
  .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
const ground = element => {
  for (; element; element = element.parentElement) {
    const color = getComputedStyle(element).backgroundColor;
    if (numbers(color)[3] !== 0) return color;
  }
  return "rgb(255, 255, 255)";  // of a page that knows no dark
};
const found = [];
for (const element of document.body.querySelectorAll("*")) {
  const own = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
  if (!(own || element.matches("input, textarea")) || !element.checkVisibility()) continue;
  const [one, other] = [light(getComputedStyle(element).color), light(ground(element))].sort((a, b) => b - a);
  const contrast = (one + 0.05) / (other + 0.05);
  if (contrast < 4.5 && !element.disabled) found.push(element.outerHTML.slice(0, 80) + " " + contrast.toFixed(2));
}
return found;
"""


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("screenshots", numbered=True)


@pytest.fixture(scope="module")
def mail() -> Iterator[MailServer]:
    with example_sites.mail_server() as server:
        yield server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, mail: MailServer) -> Iterator[LiveServer]:
    place = example_sites.copy(tmp_path_factory.mktemp("examples"), mail.address)
    with example_sites.serving(place) as started:
        yield started


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in (*ARGUMENTS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    # Both paths given: nothing is looked for, or downloaded, by selenium itself.
    service = webdriver.ChromeService(executable_path=DRIVER)
    started = webdriver.Chrome(options=options, service=service)
    try:
        yield started
    finally:
        started.quit()


@pytest.fixture
def browser(driver: Any, server: LiveServer, pictures: Path) -> Iterator[Browser]:
    started = Browser(driver, server, pictures)
    started.complaints()
    yield started
    started.open("/icon.svg")  # nothing of the page goes on


def png(path: Path, width: int, height: int, colour: Callable[[int, int], tuple[int, int, int]]) -> Path:
    """A picture made here."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"".join(bytes(colour(x, y)) for x in range(width)) for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    )
    return path


def sunset(x: int, y: int) -> tuple[int, int, int]:
    return (255 - y // 3, 120 + x // 8 - y // 4, 90 + y // 2)


# ---- the guestbook


def test_guestbook(browser: Browser, tmp_path: Path) -> None:
    browser.open("/")
    assert browser.text("#entries-title") == "No entries yet"
    browser.picture("guestbook-empty")

    browser.one("#name").send_keys("Anna <b>Müller</b>")
    browser.one("#message").send_keys('Grüße!\n<script>document.title = "owned"</script>\n"Quotes" & more')
    browser.one("#picture").send_keys(str(png(tmp_path / "sunset.png", 480, 270, sunset)))
    browser.one("form button").click()

    wait_until(lambda: browser.path == "/?signed=1#entries", "the entry")
    assert browser.text(".notice") == "Thank you! Here is your entry."
    assert browser.text("#entries-title") == "One entry"
    assert browser.text("article h3") == "Anna <b>Müller</b>"
    assert browser.text("article .message").splitlines() == [
        "Grüße!",
        '<script>document.title = "owned"</script>',
        '"Quotes" & more',
    ]
    assert browser.driver.title == "Guestbook"
    image = browser.one("article img")
    wait_until(lambda: browser.script("return arguments[0].complete", image), "the picture")
    assert browser.script("return [arguments[0].naturalWidth, arguments[0].naturalHeight]", image) == [480, 270]
    assert image.get_attribute("alt") == "Picture from Anna <b>Müller</b>"
    browser.picture("guestbook-signed")

    image.click()  # the picture alone
    wait_until(lambda: "picture?id=" in browser.path, "the picture alone")
    assert browser.script("return document.contentType") == "image/png"
    assert browser.complaints() == []


def test_guestbook_says_what_is_wrong(browser: Browser, tmp_path: Path) -> None:
    browser.open("/")
    before = browser.text("#entries-title")
    (tmp_path / "page.png").write_text("<html><script>alert(1)</script></html>")
    browser.one("#message").send_keys("kept")
    browser.one("#picture").send_keys(str(tmp_path / "page.png"))
    # The browser itself would ask for a name.
    assert browser.script("return document.querySelector('form').checkValidity()") is False
    browser.script("document.querySelector('form').noValidate = true")
    browser.one("form button").click()

    wait_until(lambda: browser.path == "/index.py/sign", "the answer")
    points = [link.text for link in browser.all("[role=alert] a")]
    assert points == ["Please tell your name.", "This file is no PNG, JPEG, GIF or WebP picture."]
    assert browser.one("#message").get_attribute("value") == "kept"
    for field in ("name", "picture"):
        assert browser.one(f"#{field}").get_attribute("aria-invalid") == "true"
    browser.all("[role=alert] a")[0].click()
    assert browser.script("return document.activeElement.id") == "name"
    assert browser.text("#entries-title") == before
    browser.picture("guestbook-wrong")
    # Chromium notes the status 400 of the page itself.
    assert [each for each in browser.complaints() if "400 (Bad Request)" not in each] == []


def test_guestbook_on_a_telephone(browser: Browser) -> None:
    browser.open("/")
    browser.driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": 320, "height": 640, "deviceScaleFactor": 2, "mobile": True}
    )
    try:
        browser.driver.save_screenshot(str(browser.pictures / "guestbook-telephone.png"))
        assert browser.script("return document.documentElement.scrollWidth") <= 320
    finally:
        browser.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


@pytest.mark.parametrize(
    "path", ["/", "/feedback/upload/", "/kitchen/convert.psp", "/kitchen/recipe.psp?name=pancakes", "/kitchen/book.psp"]
)
def test_everything_is_labelled_and_ours(browser: Browser, path: str) -> None:
    browser.open(path)
    fields = browser.all("input:not([type=hidden]), textarea, progress")
    assert fields
    for field in fields:
        named = browser.script(
            "return arguments[0].labels.length > 0 || arguments[0].hasAttribute('aria-labelledby')", field
        )
        assert named, field.get_attribute("id")
    assert browser.one("html").get_attribute("lang") == "en"
    loaded = browser.script("return performance.getEntriesByType('resource').map(entry => entry.name)")
    assert loaded
    assert [url for url in loaded if not url.startswith(browser.base + "/")] == []
    assert browser.complaints() == []


# ---- the page of `modpy-wsgi explain`


@pytest.mark.parametrize("url", ["/feedback/form.py/email", "/", "/missing/<b>&", "/..", "/quickstart/"])
def test_explanation(browser: Browser, tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    place = example_sites.copy(tmp_path)
    monkeypatch.setenv("PWD", str(place))
    site = load_site(place / "examples" / "httpd.conf", traced=True)
    page = tmp_path / "explained.html"
    page.write_text(as_html(explain(site, asked("GET", url, site))), encoding="utf-8")
    browser.driver.get(page.as_uri())

    assert browser.text("h1").startswith("GET http://localhost:8000/")
    stations = [each.text for each in browser.all(".way h2")]
    assert stations[0] == "Virtual host"
    assert stations[-1] == "Answer"
    tops = [each.rect["y"] for each in browser.all(".way > li")]
    marks = browser.all(".way svg")
    assert len(marks) == len(stations)
    assert tops == sorted(tops)
    assert [each.rect["y"] for each in marks] == tops
    for mark, card in zip(marks, browser.all(".card"), strict=True):  # beside each other, not on each other
        assert mark.rect["x"] + mark.rect["width"] <= card.rect["x"]
    assert browser.all("script, b b, h1 b + b") == []
    browser.picture(f"explain-{re.sub('[^a-z]+', '-', url)}")
    for width in (320, 1000):
        metrics = {"width": width, "height": 640, "deviceScaleFactor": 1, "mobile": width < 500}
        browser.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        assert browser.script("return document.documentElement.scrollWidth") <= width
    browser.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    if browser.all("details"):
        assert browser.one("table").is_displayed()
        browser.one("summary").click()
        assert not browser.one("table").is_displayed()
    loaded = browser.script("return performance.getEntriesByType('resource').map(entry => entry.name)")
    assert [each for each in loaded if not each.startswith("data:")] == []
    assert browser.complaints() == []


# ---- the feedback form, and the upload


def test_feedback(browser: Browser, mail: MailServer) -> None:
    browser.open("/feedback/form.html")
    browser.one("[name=name]").send_keys("Anna")
    browser.one("[name=email]").send_keys("anna@example.com")
    browser.one("[name=comment]").send_keys("It works.")
    browser.picture("feedback-form")
    browser.one("[type=submit]").click()
    wait_until(lambda: browser.path == "/feedback/form.py/email", "the answer")
    assert "Thank You for your kind comments, we will get back to you shortly." in browser.text("body")
    assert browser.complaints() == []
    (sent,) = mail.mails
    assert (sent.sender, sent.recipients) == ("anna@example.com", ["webmaster"])
    assert "It works." in sent.message.get_payload()


def test_the_policy_keeps_markup_in_the_manuals_answer_from_running(browser: Browser) -> None:
    browser.open("/feedback/form.html")
    browser.one("[name=name]").send_keys("<script>document.title = 'owned'</script>Mallory")
    browser.one("[name=email]").send_keys("mallory@example.com")
    browser.one("[name=comment]").send_keys("x")
    browser.one("[type=submit]").click()
    wait_until(lambda: browser.path == "/feedback/form.py/email", "the answer")
    assert "Mallory" in browser.text("body")
    assert browser.all("script"), "the manual's page sends the name as it was sent"
    assert browser.driver.title != "owned"
    assert any("Content Security Policy" in each for each in browser.complaints())


WATCH = """
window.seen = {sent: [], written: []};
const sent = document.getElementById("sent"), written = document.getElementById("written");
new MutationObserver(() => seen.sent.push(sent.value)).observe(sent, {attributes: true});
new MutationObserver(() => seen.written.push(Number(written.textContent.replaceAll(",", ""))))
  .observe(written, {childList: true});
"""
SIZE = 6_000_000  # bytes
ZEROS = hashlib.sha256(bytes(SIZE)).hexdigest()
SPEED = 2_000_000  # bytes a second


@pytest.fixture
def slow(driver: Any) -> Iterator[None]:
    """A connection that takes a few seconds for an upload."""
    limits = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": SPEED}
    driver.execute_cdp_cmd("Network.enable", {})
    driver.execute_cdp_cmd("Network.emulateNetworkConditions", limits)
    yield
    driver.execute_cdp_cmd("Network.emulateNetworkConditions", {**limits, "uploadThroughput": -1})
    driver.execute_cdp_cmd("Network.disable", {})


def test_upload_with_progress(browser: Browser, slow: None, tmp_path: Path) -> None:
    file = tmp_path / "film <1>.bin"
    file.write_bytes(bytes(SIZE))
    browser.open("/feedback/upload/")
    browser.picture("upload-before")
    browser.script(WATCH)
    browser.one("#file").send_keys(str(file))
    browser.one("form button").click()
    wait_until(lambda: browser.one("#sent").get_property("value") >= 30, "a third of it")
    assert browser.one("form button").get_property("disabled")
    browser.picture("upload-running")
    wait_until(lambda: browser.all("#outcome.done"), "the answer")

    assert browser.text("#outcome p") == "Received: film <1>.bin, 6,000,000 bytes"
    assert browser.text(".digest") == f"SHA-256: {ZEROS}"
    seen = browser.script("return seen")
    assert seen["sent"] == sorted(seen["sent"])
    assert seen["sent"][-1] == 100
    assert len({value for value in seen["sent"] if 0 < value < 100}) >= 3, seen
    assert seen["written"] == sorted(seen["written"])
    assert seen["written"][-1] == SIZE
    assert [value for value in seen["written"] if 0 < value < SIZE], "what the server told on the way"
    browser.picture("upload-done")
    assert browser.complaints() == []


def test_cancelled_upload_leaves_nothing(browser: Browser, server: LiveServer, slow: None, tmp_path: Path) -> None:
    file = tmp_path / "film.bin"
    file.write_bytes(bytes(SIZE))
    data = server.log.parent / "examples" / "feedback" / "data"
    browser.open("/feedback/upload/")
    browser.one("#file").send_keys(str(file))
    browser.one("form button").click()
    wait_until(lambda: browser.one("#written").text != "0", "something written")
    browser.one("#cancel").click()
    wait_until(lambda: browser.text("#outcome") == "Cancelled.", "the end")
    wait_until(lambda: list(data.iterdir()) == [], "nothing left")
    browser.picture("upload-cancelled")
    assert browser.complaints() == []


# ---- what the server itself shows: listings, and pages of errors

LISTED = (
    "notes.txt",
    "a rather long name of a file that does not fit into the column of names, whatever one does.txt",
    "<script>document.title = 'owned'<",
    'quote"quote.txt',
    "Grüße & more.html",
    "a:b.txt",
)
LISTING = """
ServerName oracle.test
TypesConfig "{root}/mime.types"
DocumentRoot "{root}/htdocs"
ServerSignature On
<Directory "{root}/htdocs">
    Require all granted
    Options Indexes
    IndexOptions FancyIndexing HTMLTable FoldersFirst NameWidth=* DescriptionWidth=* Charset=UTF-8
    IndexIgnore *.svg
    AddIcon (DIR,/icon.svg) ^^DIRECTORY^^
    AddIcon /icon.svg ^^BLANKICON^^
    DefaultIcon /icon.svg
    AddDescription "The <em>first</em> to read" notes.txt
</Directory>
<Directory "{root}/htdocs/closed">
    Options None
</Directory>
Redirect /moved /folder/
ErrorDocument 410 "<p>Gone, and <a href='/'>back</a>"
Redirect gone /gone
"""
ICON = '<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16"><rect width="16" height="16" fill="#888"/></svg>'


@pytest.fixture(scope="module")
def listing_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    root = tmp_path_factory.mktemp("listing")
    for name in LISTED:
        path = root / "htdocs" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("<p>text")
    for name in ("folder", "closed", "Zoo"):
        (root / "htdocs" / name).mkdir()
        (root / "htdocs" / name / "inner.txt").write_text("inner")
    (root / "htdocs" / "icon.svg").write_text(ICON)
    (root / "htdocs" / "favicon.ico").write_text("")
    (root / "mime.types").write_text("text/html html\ntext/plain txt\nimage/svg+xml svg\n")
    (root / "httpd.conf").write_text(LISTING.format(root=root))
    port = free_port()
    command = [tool("modpy-wsgi"), "serve", "-f", str(root / "httpd.conf"), "--bind", f"127.0.0.1:{port}"]
    with running(command, port, root) as started:
        yield started


@pytest.fixture
def listed(driver: Any, listing_server: LiveServer, pictures: Path) -> Iterator[Browser]:
    started = Browser(driver, listing_server, pictures)
    started.complaints()
    yield started
    started.open("/icon.svg")


def shown_rows(browser: Browser) -> list[str]:
    names: list[str] = [link.text for link in browser.all("td.indexcolname a")]
    return names


def test_listing(listed: Browser) -> None:
    listed.open("/")
    assert listed.text("h1") == "Index of /"
    folders, files = ["Zoo/", "closed/", "folder/"], sorted((*LISTED, "favicon.ico"), key=lambda name: name.encode())
    shown = [" ".join(name.split()) for name in shown_rows(listed)]
    assert shown == folders[:1] + folders[1:] + [" ".join(name.split()) for name in files]
    assert listed.driver.title == "Index of /"
    assert listed.text("em") == "first"
    listed.picture("listing")
    # A row is a row: icon, name, time, size and text stand beside one another.
    for row in listed.all("#indexlist tr.even, #indexlist tr.odd"):
        places = [cell.rect for cell in row.find_elements(CSS, "td")]
        assert len({place["y"] for place in places}) == 1
        assert [place["x"] for place in places] == sorted(place["x"] for place in places)
    listed.driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": 360, "height": 640, "deviceScaleFactor": 2, "mobile": True}
    )
    try:
        listed.driver.save_screenshot(str(listed.pictures / "listing-telephone.png"))
        assert listed.script("return document.documentElement.scrollWidth") <= 360
    finally:
        listed.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert listed.complaints() == []


def test_links_of_a_listing(listed: Browser) -> None:
    listed.open("/")
    links = [link.get_attribute("href") for link in listed.all("td.indexcolname a")]
    for link in links:
        status = listed.script("return fetch(arguments[0], {method: 'HEAD'}).then(answer => answer.status)", link)
        assert status == (403 if link.endswith("/closed/") else 200), link
    names = shown_rows(listed)
    listed.all("th a")[0].click()
    wait_until(lambda: listed.path == "/?C=N;O=D", "the other order")
    assert shown_rows(listed) == names[:3][::-1] + names[3:][::-1]
    listed.all("th a")[2].click()
    wait_until(lambda: listed.path == "/?C=S;O=A", "the order by size")
    assert len(shown_rows(listed)) == len(names)
    listed.one("a[href='folder/']").click()
    wait_until(lambda: listed.path == "/folder/", "the folder")
    assert shown_rows(listed) == ["Parent Directory", "inner.txt"]
    listed.picture("listing-folder")
    listed.one("td.indexcolname a").click()
    wait_until(lambda: listed.path == "/", "the way up")
    listed.complaints()  # of the HEAD that was refused


@pytest.mark.parametrize("form", ["0", "1"])
def test_other_forms_of_a_listing(listed: Browser, form: str) -> None:
    listed.open(f"/?F={form}")
    assert listed.driver.title == "Index of /"
    listed.picture(f"listing-form-{form}")
    links = [link.get_attribute("href") for link in listed.all("li a, pre a")]
    assert len([link for link in links if "?C=" not in link]) == len(LISTED) + 4
    assert listed.script("return document.compatMode") == "CSS1Compat"
    if form == "1":  # the rows are below one another, and the columns too
        tops = [link.rect["y"] for link in listed.all("pre + hr + pre a")]
        assert tops == sorted(tops)
        assert len(listed.all("hr")) == 2
    assert listed.complaints() == []


ERRORS = {"/absent": "Not Found", "/closed/": "Forbidden", "/%zz": "Bad Request"}


@pytest.mark.parametrize(("path", "title"), ERRORS.items(), ids=ERRORS)
def test_page_of_an_error(listed: Browser, path: str, title: str) -> None:
    listed.open(path)
    assert listed.text("h1") == title
    assert listed.text("address").startswith("Apache/2.4")
    assert listed.all("script") == []
    listed.picture(f"error-{title.lower().replace(' ', '-')}")
    # Chromium notes the status of the page itself, and nothing else.
    assert [each for each in listed.complaints() if "the server responded with a status of 4" not in each] == []


def test_links_of_pages_of_errors(listed: Browser) -> None:
    listed.open("/moved")
    assert listed.path == "/folder/"
    listed.open("/gone")
    assert listed.text("p") == "Gone, and back"
    listed.one("a").click()
    wait_until(lambda: listed.path == "/", "the front page")


# ---- the kitchen, and the pages of standard handlers


def narrow_enough(browser: Browser, most: int = 320) -> bool:
    """Whether nothing of the page is wider than a telephone."""
    metrics = {"width": most, "height": 640, "deviceScaleFactor": 1, "mobile": True}
    browser.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    try:
        wide: int = browser.script("return document.documentElement.scrollWidth")
        return wide <= most
    finally:
        browser.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_kitchen(browser: Browser) -> None:
    browser.open("/kitchen/")
    assert browser.text("h1") == "Recipes"
    assert browser.text("[aria-current]") == "Recipes"
    browser.picture("kitchen-recipes")
    browser.one(".cards a").click()
    wait_until(lambda: browser.path == "/kitchen/recipe.psp?name=pancakes", "the recipe")
    browser.one("#people").clear()
    browser.one("#people").send_keys("6")
    browser.one("form button").click()
    wait_until(lambda: browser.path.endswith("people=6"), "the amounts")
    assert browser.text("tbody tr") == "450 g flour"
    assert narrow_enough(browser)
    browser.picture("kitchen-recipe")
    assert browser.complaints() == []


def test_kitchen_says_what_is_wrong(browser: Browser) -> None:
    browser.open("/kitchen/convert.psp")
    browser.one("#amount").send_keys("<i>much</i>")
    browser.one("form button").click()
    wait_until(lambda: browser.all("[role=alert]") != [], "the answer")
    field = browser.one("#amount")
    assert field.get_attribute("value") == "<i>much</i>"
    assert field.get_attribute("aria-describedby") == browser.one("[role=alert]").get_attribute("id")
    browser.picture("kitchen-wrong")
    field.clear()
    field.send_keys("100")
    browser.one("form button").click()
    wait_until(lambda: browser.all("[role=status]") != [], "the amount")
    assert browser.text("[role=status]") == "100 g are 3.5 oz."
    browser.picture("kitchen-units")
    browser.one("[name=clear]").click()
    wait_until(lambda: browser.one("#amount").get_attribute("value") == "", "the empty form")
    assert browser.path == "/kitchen/convert.psp"
    assert [each for each in browser.complaints() if "400 (Bad Request)" not in each] == []


HANDLERS = {
    "testhandler": ("SetHandler mod_python\nPythonHandler mod_python.testhandler", "/?password=x&<b>"),
    "psp-source": ("AddHandler mod_python .psp_\nPythonHandler mod_python.psp\nPythonDebug On", "/recipe.psp_"),
}


@pytest.mark.parametrize("name", HANDLERS)
def test_pages_of_handlers(browser: Browser, tmp_path: Path, name: str) -> None:
    config, url = HANDLERS[name]
    page = tmp_path / "page.html"
    answer = site(config, root=example_sites.EXAMPLES / "psp" / "htdocs").get(url, headers={"X-Odd": "<script>'"})
    page.write_bytes(answer.body)
    browser.driver.get(page.as_uri())
    assert browser.all("td")
    assert browser.all("script, td b") == []
    browser.picture(name)
    if name == "testhandler":
        assert narrow_enough(browser)
    loaded = browser.script("return performance.getEntriesByType('resource').map(entry => entry.name)")
    assert [each for each in loaded if not each.startswith("data:")] == []
    assert browser.complaints() == []
