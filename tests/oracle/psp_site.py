"""Sites with pages of PSP; for the subject psp."""

from .site import Site

# By the name of the file without .psp.
PAGES: dict[str, str] = {
    "text": "just text\n",
    "empty": "",
    "html": "<html><body>\n<h1>Title</h1>\n</body></html>\n",
    "hello": "<html>\n<%\nimport time\n%>\nHello world, it is <%=time.strftime('%Y', time.gmtime(0))%>\n</html>\n",
    "loop": "<ul>\n<%\nfor n in range(3):\n    # repeated\n%>\n<li><%= n %></li>\n<%\n# end\n%>\n</ul>\n",
    "loop2": "<%\nfor n in range(3):\n%>\n<p>three times</p>\n<%\n%>\nonce\n",
    "choice": "<%\nif req.args == 'yes':\n%>yes<%\nelse:\n%>no<%\n# end\n%>!",
    "nested": "<%\nfor a in 'xy':\n    for b in '12':\n%><%= a %><%= b %> <%\n    # inner\n%>;<%\n# end\n%>end",
    "function": "<%\ndef double(x):\n    return 2 * x\n%><%= double(21) %> <%= double('ab') %>",
    "function with text": "<%\ndef item(x):\n%><li><%= x %></li><%\n# end\n%><% item(1) %><% item('a') %>",
    "class": "<%\nclass A:\n    x = 1\n    def get(self):\n        return self.x\na = A()\n%><%= a.get() %>",
    "generator": "<%= sum(n * n for n in range(4)) %>",
    "lambda": "<%= (lambda x: x + 1)(1) %>",
    "comprehension": "<%= [n for n in (1, 2)] %> <%= {n: 1 for n in 'a'} %>",
    "values": "<%= None %> <%= 1.5 %> <%= True %> <%= 'a' %> <%= [] %> <%= () %> <%= {} %>",
    "commas": "<%= 1, 'utf-8' %>",
    "bytes": "<%= b'abc' %>",
    "escapes": "\\n \\t \\r \\x41 \\101 \\\\ \\q \\' \\x62.",
    "escaped quote": 'a \\" b',
    "escaped quote at the end": 'a \\"',
    "quotes": '"one" ""two"" """three""" \'four\'',
    "script": "<script>var re = /\\d+\\.\\w*/; s = \"a\\nb\"; t = 'x\\'y';</script>",
    "windows": "one\r\ntwo\r\n<%\r\nx = 1\r\n%>\r\nthree <%= x %>\r\n",
    "mac": "one\rtwo\r<%\rx = 1\r%>three <%= x %>\r",
    "utf8": "caf\u00e9 \u20ac <%= 'gr\u00fc\u00df' %> <%= len('\u00e9') %>",
    "comment": "a<%-- this\nis not\nshown --%>b",
    "percent": "100% <%= '%d%%' % 5 %>",
    "braces": "{x} {{y}} <%= '{0}'.format(1) %>",
    "dollar": "$x ${y} #{z} @w",
    "included": 'a<%@ include file="part.html" %>b',
    "included below": 'a<%@ include file="sub/part.html" %>b',
    "included from above": 'a<%@ include file="sub/upward.html" %>b',
    "included code": '<%@ include file="code.html" %><%= name %>',
    "included block": '<%@ include file="block.html" %><p><%= n %></p><%\n# end\n%>end',
    "included twice": '<%@ include file="part.html" %><%@ include file="part.html" %>',
    "included missing": 'a<%@ include file="nothing.html" %>b',
    "names": "<%= ' '.join(sorted(n for n in ('req', 'form', 'session', 'psp', 'apache', 'util', '_apache', '_psp', "
    "'os', 'sys', 'types', 'tempfile', 'marshal', 'PSP', 'PSPInterface', 'parse', 'parsestring', 'handler', 'escape', "
    "'__file__', '__name__', '__builtins__', '__mp_info__', '__mp_path__', 'vars') if n in globals())) %>",
    "file": "<%= __file__.rpartition('/')[2] %> <%= __name__ %> <%= __mp_path__ %> <%= __mp_info__.file == __file__ %>",
    "escape": "<%= escape('<a & \"b\">') %> <%= apache.OK %> <%= os.sep %> <%= sys.maxsize > 0 %>",
    "request": "<%= req.method %> <%= req.uri %> <%= req.args %> <%= req.content_type %> <%= type(req).__name__ %>",
    "form": "<%= form.getfirst('a', 'nothing') %> <%= len(form) %> <%= hasattr(req, 'form') %>",
    "form is there": "<%= form is None %> <%= hasattr(req, 'form') %>",
    "no form": "<%= hasattr(req, 'form') %> <%= globals()['form'] %>",
    "form within": "<%\ndef f():\n    return form\n%><%= f() %>",
    "form as an attribute": "<%\nclass A:\n    form = 1\n%><%= A().form %> <%= globals()['form'] is None %>",
    "no session": "<%= globals()['session'] %> <%= hasattr(req, 'session') %>",
    "apply": "<%\ndef f(req, a, b='none'):\n    return '%s %s %s' % (req.method, a, b)\n%><%= psp.apply_data(f) %>",
    "psp": "<%= type(psp).__name__ %> <%= psp.req is req %> <%= psp.filename == req.filename %> <%= psp.error_page %>",
    "type": "<% req.content_type = 'text/plain' %>plain",
    "status": "<% req.status = apache.HTTP_NOT_FOUND %>not here",
    "headers": "<%\nreq.headers_out['X-Own'] = 'yes'\nreq.err_headers_out['X-Err'] = 'yes'\n%>with headers",
    "writes": "a<% req.write('b') %>c<% req.write('d', 0) %>e",
    "flushes": "a<% req.flush() %>b",
    "print": "a<% sys.stderr.write('') %>b",
    "redirect": "<%\npsp.redirect('http://other.test/')\n%>never",
    "redirect for good": "<%\npsp.redirect('http://other.test/', 1)\n%>never",
    "redirect late": "text<% req.flush()\npsp.redirect('/')\n%>",
    "raises 404": "text<%\nraise apache.SERVER_RETURN(apache.HTTP_NOT_FOUND)\n%>",
    "raises ok": "text<%\nraise apache.SERVER_RETURN(apache.OK)\n%>more",
    "fails": "text<% x = 1 / 0 %>",
    "fails late": "text<% req.flush()\nx = 1 / 0 %>",
    "exits": "text<%\nsys.exit(1)\n%>",
    "wrong": "line\n<%= 1 + %>\n",
    "wrong block": "<% if x: %>T<% else: %>F<% %>",
    "wrong indentation": "<%\nif 1:\n    a = 1\n  b = 2\n%>",
    "wrong escape": "C:\\xg",
    "backslash before a tag": "C:\\<%= 1 %>",
    "users": "C:\\users\\Nobody \\U \\N \\N{x",
    "returns": "<% return %>",
    "not closed": "text <% x = 1",
    "expression not closed": "text <%= 1",
    "tab block": "<%\nif 1:\n\ta = 1\n\tb = 2\n%>yes",
    "error page": "<%\npsp.set_error_page('error.psp')\n%>text<%\nraise ValueError('oops')\n%>",
    "error page from the root": "<%\npsp.set_error_page('/sub/error.psp')\n%>text<%\nraise ValueError('oops')\n%>",
    "error page that is not there": "<%\npsp.set_error_page('absent.psp')\n%>text",
    "error page not needed": "<%\npsp.set_error_page('error.psp')\n%>all is well",
    "error page that fails": "<%\npsp.set_error_page('fails.psp')\n%>text<%\nraise ValueError('oops')\n%>",
    "error page and redirect": "<%\npsp.set_error_page('error.psp')\npsp.redirect('http://other.test/')\n%>",
    "error page and form": "<%\npsp.set_error_page('form.psp')\nx = form\nraise ValueError('oops')\n%>",
    "error": "error page: <%= exception[0].__name__ %> <%= exception[1] %> <%= exception[2] is not None %>",
    "template": "<h1>Hello, <%=what%>!</h1>\n",
    "uses template": "<%\nt = PSP(req, 'template.psp')\nt.run({'what': 'you'})\n%>and <%\n"
    "PSP(req, 'template.psp', vars={'what': 'me'}).run()\n%>.",
    "imports": "<%\nimport helper\n%><%= helper.text %>",
    "parses": "<%= parsestring(b'a<%'+b'= 1 %'+b'>b') %>",
    "long": "<% for n in range(5000): req.write('0123456789', 0) %>",
    "unknown name": "<%= unknown %>",
    "deletes": "<% del req %>",
    "assigns req": "<%\nclass W:\n    def __init__(self, r): self.r = r\n    def write(self, *a):\n"
    "        self.r.write('[' + a[0] + ']', 0)\nreq = W(req)\n%>text<%= 1 %>",
}

# The function is the last part of the path.
USER = """
    from mod_python import apache, psp

    def handler(req):
        req.content_type = "text/html"
        return globals()[req.uri.rpartition("/")[2]](req) or apache.OK

    def template(req):
        psp.PSP(req, filename="template.psp").run({"what": "world"})

    def template_below(req):
        psp.PSP(req, filename="sub/template.psp").run({"what": "world"})

    def absolute(req):
        psp.PSP(req, filename="@ROOT@/htdocs/template.psp").run({"what": "world"})

    def given_before(req):
        psp.PSP(req, "template.psp", vars={"what": "given"}).run()

    def given_twice(req):
        psp.PSP(req, "template.psp", vars={"what": "before"}).run({"what": "after"})

    def given_and_changed(req):
        given = {"what": "first"}
        page = psp.PSP(req, "template.psp", vars=given)
        given["what"] = "second"
        page.run()

    def not_given(req):
        psp.PSP(req, "template.psp").run()

    def string(req):
        psp.PSP(req, string=b"<b><%= what %></b>").run({"what": "text"})

    def string_again(req):
        for number in range(3):
            psp.PSP(req, string=b"<%= n %> ").run({"n": number})

    def string_and_file(req):
        try:
            psp.PSP(req, "template.psp", b"text")
        except ValueError:
            req.write("ValueError")

    def flushed(req):
        psp.PSP(req, "text.psp").run({}, 1)

    def flushed_by_name(req):
        psp.PSP(req, "text.psp").run(flush=1)

    def shown(req):
        req.content_type = "text/plain"
        page = psp.PSP(req, "text.psp")
        req.write("[%s]" % page)

    def vars_of_page(req):
        page = psp.PSP(req, "text.psp")
        names = [name for name in ("req", "vars", "filename", "string", "code") if hasattr(page, name)]
        req.write("%s %s %s" % (" ".join(names), page.filename.rpartition("/")[2], page.string))

    def missing(req):
        psp.PSP(req, "absent.psp").run()

    def folder(req):
        psp.PSP(req, "sub").run()

    def replaced(req):
        psp.PSP(req, "text.psp").run({"req": Upper(req)})

    class Upper:
        def __init__(self, req):
            self.req = req
        def write(self, text, flush=1):
            self.req.write(text.upper(), flush)

    def parsed(req):
        req.content_type = "text/plain"
        req.write(psp.parse("loop.psp", "@ROOT@/htdocs/"))

    def parsed_string(req):
        req.content_type = "text/plain"
        req.write(psp.parsestring(b"a<%= 1 %>b"))

    def parsed_missing(req):
        try:
            psp.parse("absent", "@ROOT@/htdocs/")
        except IOError as error:
            req.write(type(error).__name__)

    def form_before(req):
        from mod_python import util
        req.form = util.FieldStorage(req)
        psp.PSP(req, string=b"<%= form is req.form %> <%= form.getfirst('a') %>").run()

    def session_before(req):
        class Session(dict):
            def save(self):
                req.write(" saved", 0)
            def unlock(self):
                req.write(" unlocked", 0)
        req.session = Session(a=1)
        psp.PSP(req, string=b"<%= session['a'] %> <%= session is req.session %>").run()
        req.write(" %s" % hasattr(req, "session"), 0)

    def session_not_used(req):
        class Session(dict):
            def save(self):
                req.write(" saved", 0)
        req.session = Session()
        psp.PSP(req, string=b"text").run()
"""

PUBLISHED = """
    from mod_python import psp

    def index(req):
        return psp.PSP(req, "template.psp", vars={"what": "index"})

    def form(req, a="none"):
        return psp.PSP(req, "form.psp")

    def shown(req):
        page = psp.PSP(req, "template.psp", vars={"what": "shown"})
        return "<html>%s</html>" % page

    def text(req):
        psp.PSP(req, "template.psp", vars={"what": "text"}).run()
        return "more"
"""

OTHERS = {
    "htdocs/part.html": '[part "quoted"\n]',
    "htdocs/code.html": "<%\nname = 'included'\n%>",
    "htdocs/block.html": "<%\nfor n in (1, 2):\n    # in\n%>",
    "htdocs/sub/part.html": "[part below]",
    "htdocs/sub/upward.html": '[<%@ include file="part.html" %>]',
    "htdocs/sub/error.psp": "error page below: <%= exception[1] %>",
    "htdocs/sub/template.psp": "<h1>Below, <%=what%>!</h1>\n",
    "htdocs/sub/index.psp": "index of a folder",
    "htdocs/helper.py": "text = 'of a module'\n",
    "htdocs/use.py": USER,
    "htdocs/published.py": PUBLISHED,
}


def pages() -> dict[str, str | bytes]:
    """The files of the site. As bytes, since text is dedented."""
    found: dict[str, str | bytes] = {f"htdocs/{path_of(name)}": text.encode() for name, text in PAGES.items()}
    return {**found, **{name: text if "\n    " in text[:6] else text.encode() for name, text in OTHERS.items()}}


def path_of(name: str) -> str:
    """The file of a page."""
    return name.replace(" ", "-") + ".psp"


def site(more: str = "") -> Site:
    """The pages by the handler, and handlers that use them: use.py, published.py."""
    conf = f"""
        <Directory "@ROOT@/htdocs">
            AddHandler mod_python .psp .psp_
            PythonHandler mod_python.psp
            DirectoryIndex index.psp
            {more}
        </Directory>
        <LocationMatch "^/use/">
            SetHandler mod_python
        </LocationMatch>
        Alias /use/ "@ROOT@/htdocs/"
        Alias /published "@ROOT@/htdocs/published.py"
        <Files published.py>
            SetHandler mod_python
            PythonHandler mod_python.publisher
        </Files>
    """
    return Site(conf, pages())
