"""The words of the matrix: rules, authentication, sections, spellings, ways in. Tables only.

Law: what is added here is asked in every family that walks the table; no family has words of its own.
"""

# ---- who is let in -------------------------------------------------------------------------------------------------

REQUIRE = {
    "nothing": "",
    "granted": "Require all granted",
    "denied": "Require all denied",
    "ip": "Require ip 127.0.0.1",
    "other ip": "Require ip 192.0.2.1",
    "network": "Require ip 127.0.0.0/8",
    "local": "Require local",
    "not ip": "<RequireAll>\n    Require all granted\n    Require not ip 127.0.0.1\n</RequireAll>",
    "not other ip": "<RequireAll>\n    Require all granted\n    Require not ip 192.0.2.1\n</RequireAll>",
    "method": "Require method GET",
    "methods": "Require method POST PUT OPTIONS",
    "not method": "<RequireAll>\n    Require all granted\n    Require not method GET\n</RequireAll>",
    "env": "Require env EVERYBODY",
    "no env": "Require env NOBODY",
    "env of POST": "Require env POSTING",
    "user": "Require user ann",
    "users": "Require user bob ann",
    "valid-user": "Require valid-user",
    "group": "Require group staff",
    "other group": "Require group guests",
    "unknown group": "Require group nobody",
    "not user": "<RequireAll>\n    Require valid-user\n    Require not user ann\n</RequireAll>",
    "not group": "<RequireAll>\n    Require valid-user\n    Require not group staff\n</RequireAll>",
    "file-owner": "Require file-owner",
    "two": "Require user ann\nRequire ip 192.0.2.1",
    "two, one open": "Require user ann\nRequire ip 127.0.0.1",
    "denied and user": "Require all denied\nRequire user ann",
    "any": "<RequireAny>\n    Require ip 192.0.2.1\n    Require valid-user\n</RequireAny>",
    "any, open": "<RequireAny>\n    Require ip 127.0.0.1\n    Require valid-user\n</RequireAny>",
    "all": "<RequireAll>\n    Require ip 127.0.0.1\n    Require valid-user\n</RequireAll>",
    "all, closed": "<RequireAll>\n    Require ip 192.0.2.1\n    Require valid-user\n</RequireAll>",
    "all, method": "<RequireAll>\n    Require method GET\n    Require user ann\n</RequireAll>",
    "none": (
        "<RequireAll>\n    Require all granted\n    <RequireNone>\n        Require ip 192.0.2.1\n"
        "        Require user ann\n    </RequireNone>\n</RequireAll>"
    ),
    "none, closed": (
        "<RequireAll>\n    Require all granted\n    <RequireNone>\n        Require ip 127.0.0.1\n"
        "    </RequireNone>\n</RequireAll>"
    ),
    "any of all": (
        "<RequireAny>\n    <RequireAll>\n        Require user ann\n        Require method GET\n    </RequireAll>\n"
        "    <RequireAll>\n        Require user bob\n        Require not method GET\n    </RequireAll>\n</RequireAny>"
    ),
    "all of any": (
        "<RequireAll>\n    <RequireAny>\n        Require env POSTING\n        Require group staff\n    </RequireAny>\n"
        "    <RequireAny>\n        Require ip 127\n        Require user bob\n    </RequireAny>\n</RequireAll>"
    ),
    "any beside": "Require ip 192.0.2.1\n<RequireAll>\n    Require user bob\n    Require local\n</RequireAll>",
    "all around any": "<RequireAll>\n    <RequireAny>\n        Require all granted\n    </RequireAny>\n</RequireAll>",
    "access handler": "PythonAccessHandler matrix_site::accept",
    "access handler refuses": "PythonAccessHandler matrix_site::refuse\nRequire all granted",
    "access handler declines": "PythonAccessHandler matrix_site::decline\nRequire all denied",
    "access handler, user": "PythonAccessHandler matrix_site::refuse\nRequire valid-user",
    "authz handler": "PythonAuthzHandler matrix_site::only_ann\nRequire valid-user",
    "authz handler refuses": "PythonAuthzHandler matrix_site::refuse\nRequire valid-user",
    "authz handler accepts": "PythonAuthzHandler matrix_site::accept\nRequire user ann",
    "authz handler, granted": "PythonAuthzHandler matrix_site::refuse\nRequire all granted",
    "authz handler, denied": "PythonAuthzHandler matrix_site::accept\nRequire all denied",
}

ORDER = {
    "allow,deny": "Order allow,deny",
    "allow,deny all": "Order allow,deny\nAllow from all",
    "deny,allow": "Order deny,allow",
    "deny,allow all": "Order deny,allow\nDeny from all",
    "deny,allow here": "Order deny,allow\nDeny from all\nAllow from 127.0.0.1",
    "deny,allow elsewhere": "Order deny,allow\nDeny from all\nAllow from 192.0.2.1",
    "allow,deny here": "Order allow,deny\nAllow from all\nDeny from 127.0.0.1",
    "allow,deny elsewhere": "Order allow,deny\nAllow from all\nDeny from 192.0.2.0/24",
    "mutual-failure": "Order mutual-failure\nAllow from 127",
    "mutual-failure both": "Order mutual-failure\nAllow from 127\nDeny from all",
    "deny only": "Deny from all",
    "allow only": "Allow from 192.0.2.1",
    "allow env": "Order allow,deny\nAllow from env=EVERYBODY",
    "allow not env": "Order allow,deny\nAllow from env=!NOBODY",
    "deny env": "Order allow,deny\nAllow from all\nDeny from env=POSTING",
    "order last": "Deny from all\nAllow from all\nOrder deny,allow",
    "order twice": "Order deny,allow\nDeny from all\nAllow from all\nOrder allow,deny",
}

SATISFY = {"": "", "all": "Satisfy all", "any": "Satisfy any"}

AUTHENTICATION = {
    "nobody": "",
    "file": 'AuthType Basic\nAuthName "matrix"\nAuthUserFile "@ROOT@/passwords"\nAuthGroupFile "@ROOT@/groups"',
    "python": ('AuthType Basic\nAuthName "matrix"\nPythonAuthenHandler matrix_site\nAuthGroupFile "@ROOT@/groups"'),
}

LIMITS = {
    "": "{}",
    "GET": "<Limit GET>\n{}\n</Limit>",
    "POST PUT": "<Limit POST PUT PATCH>\n{}\n</Limit>",
    "except GET": "<LimitExcept GET>\n{}\n</LimitExcept>",
    "except POST": "<LimitExcept POST OPTIONS>\n{}\n</LimitExcept>",
    "unknown": "<Limit BREW DELETE>\n{}\n</Limit>",
    "except unknown": "<LimitExcept BREW>\n{}\n</LimitExcept>",
}

# Known to httpd and not, in lower case, and with more to them.
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "BREW", "get", "Get")
MANY = ("GET", "HEAD", "POST", "PUT", "OPTIONS", "TRACE", "BREW", "get")
FEW = ("GET", "POST")

# ---- where rules stand ---------------------------------------------------------------------------------------------

# Sections over /shut/secret.txt. {} is the inside. "htaccess" is a file in a folder; {} is all of it or a part.
SECTIONS = {
    "Directory": '<Directory "@ROOT@/htdocs/shut">\n{}\n</Directory>',
    "Directory/": '<Directory "@ROOT@/htdocs/shut/">\n{}\n</Directory>',
    "Directory *": '<Directory "@ROOT@/htdocs/s*t">\n{}\n</Directory>',
    "Directory ~": '<Directory ~ "/htdocs/shut">\n{}\n</Directory>',
    "Directory of the file": '<Directory "@ROOT@/htdocs/shut/secret.txt">\n{}\n</Directory>',
    "DirectoryMatch": '<DirectoryMatch "/htdocs/sh[a-z]t/">\n{}\n</DirectoryMatch>',
    "DirectoryMatch $": '<DirectoryMatch "/htdocs/shut$">\n{}\n</DirectoryMatch>',
    "Files": '<Files "secret.txt">\n{}\n</Files>',
    "Files *": '<Files "s*t.t?t">\n{}\n</Files>',
    "Files ~": '<Files ~ "^secret">\n{}\n</Files>',
    "FilesMatch": '<FilesMatch "^secret\\.(txt|html)$">\n{}\n</FilesMatch>',
    "FilesMatch but": '<FilesMatch "^(?!page|index)">\n{}\n</FilesMatch>',
    "FilesMatch i": '<FilesMatch "(?i)^SECRET\\.TXT$">\n{}\n</FilesMatch>',
    "Files in Directory": '<Directory "@ROOT@/htdocs/shut">\n<Files "secret.txt">\n{}\n</Files>\n</Directory>',
    "FilesMatch in Directory": (
        '<Directory "@ROOT@/htdocs/shut">\n<FilesMatch "\\.txt$">\n{}\n</FilesMatch>\n</Directory>'
    ),
    "Location": '<Location "/shut">\n{}\n</Location>',
    "Location/": '<Location "/shut/">\n{}\n</Location>',
    "Location of the file": '<Location "/shut/secret.txt">\n{}\n</Location>',
    "Location *": '<Location "/s*t/*">\n{}\n</Location>',
    "Location ~": '<Location ~ "/shut">\n{}\n</Location>',
    "LocationMatch": '<LocationMatch "^/shut">\n{}\n</LocationMatch>',
    "LocationMatch $": '<LocationMatch "^/shut/secret\\.txt$">\n{}\n</LocationMatch>',
    "htaccess": "htdocs/shut",
    "htaccess above": "htdocs",
    "Files in htaccess": 'htdocs/shut\n<Files "secret.txt">\n{}\n</Files>',
    "FilesMatch in htaccess": 'htdocs/shut\n<FilesMatch "^s.*t$">\n{}\n</FilesMatch>',
}

# Sections around /shut, and others within it, for rules that contradict each other.
OUTER = {
    name: SECTIONS[name]
    for name in ("Directory", "DirectoryMatch", "Files", "FilesMatch", "Location", "LocationMatch", "htaccess")
}
INNER = {
    "Directory": '<Directory "@ROOT@/htdocs/shut/deep">\n{}\n</Directory>',
    "Directory ~": '<Directory ~ "/deep">\n{}\n</Directory>',  # fewer slashes: httpd merges it before the outer one
    "DirectoryMatch": '<DirectoryMatch "^@ROOT@/htdocs/shut/d">\n{}\n</DirectoryMatch>',
    "Files": '<Files "secret.*">\n{}\n</Files>',
    "Files in Directory": '<Directory "@ROOT@/htdocs/shut/deep">\n<Files "secret.txt">\n{}\n</Files>\n</Directory>',
    "FilesMatch": '<FilesMatch "t$">\n{}\n</FilesMatch>',
    "Location": '<Location "/shut/deep">\n{}\n</Location>',
    "LocationMatch": '<LocationMatch "/deep/">\n{}\n</LocationMatch>',
    "htaccess": "htdocs/shut/deep",
    "Files in htaccess": 'htdocs/shut/deep\n<Files "secret.txt">\n{}\n</Files>',
}

# ---- how a path is written -----------------------------------------------------------------------------------------

SPELLINGS = (
    "/shut/secret.txt",
    "//shut/secret.txt",
    "///shut///secret.txt",
    "/shut//secret.txt",
    "/./shut/secret.txt",
    "/shut/./secret.txt",
    "/shut/.//secret.txt",
    "/../shut/secret.txt",
    "/open/../shut/secret.txt",
    "/shut/../shut/secret.txt",
    "/shut/deep/../secret.txt",
    "/shut/nowhere/../secret.txt",
    "/shut/secret.txt/../secret.txt",
    "/shut/secret.txt/.",
    "/shut/secret.txt/..",
    "/open//../shut/secret.txt",
    "/open/..//shut/secret.txt",
    "/%73hut/secret.txt",
    "/shut/%73ecret.txt",
    "/shut/secret%2etxt",
    "/shut/secret%2Etxt",
    "/shut%2fsecret.txt",
    "/shut%2Fsecret.txt",
    "/%2fshut/secret.txt",
    "/shut/%2fsecret.txt",
    "/shut/secret.txt%2f",
    "/shut/secret.txt%2fmore",
    "/%2e/shut/secret.txt",
    "/shut/%2e/secret.txt",
    "/open/%2e%2e/shut/secret.txt",
    "/open/.%2e/shut/secret.txt",
    "/open/%2e./shut/secret.txt",
    "/open/..%2fshut/secret.txt",
    "/open%2f..%2fshut/secret.txt",
    "/open/%252e%252e/shut/secret.txt",
    "/shut/%2573ecret.txt",
    "/open/..;/shut/secret.txt",
    "/open/..%5cshut%5csecret.txt",
    "/open/%c0%ae%c0%ae/shut/secret.txt",
    "/shut/secret.txt%00",
    "/shut/secret.txt%00.html",
    "/shut%00/secret.txt",
    "/%00/shut/secret.txt",
    "/shut/secret.txt;x",
    "/shut/secret.txt;x=/y",
    "/shut;x/secret.txt",
    "/;/shut/secret.txt",
    "/shut/;/secret.txt",
    "/shut/secret.txt.",
    "/shut./secret.txt",
    "/shut/secret.txt%0a",
    "/shut%0a/secret.txt",
    "/%0ashut/secret.txt",
    "/shut/%0asecret.txt",
    "/shut/secret.txt%0d%0a",
    "/shut/secret.txt%5c",
    "/shut%5csecret.txt",
    "/shut\\secret.txt",
    "/shut/\\secret.txt",
    "/SHUT/secret.txt",
    "/Shut/secret.txt",
    "/shut/SECRET.TXT",
    "/shut/Secret.txt",
    "/shut/secret.txt%20",
    "/shut%20/secret.txt",
    "/shut/secret.txt%09",
    "/shut/secret.txt%3f",
    "/shut/secret.txt%23",
    "/shut/secret.txt?x=/open/",
    "/shut/secret.txt?/../../open",
    "/shut/secret.txt/",
    "/shut/secret.txt//",
    "/shut/secret.txt/more",
    "/shut/secret.txt/%2e%2e/page.txt",
    "/shut/secret.txt%",
    "/shut/secret.txt%zz",
    "/shut/%u0073ecret.txt",
    "/shut/secret.txt%ff",
    "/shut/secret.txt::$DATA",
    "/shut/secret.txt~",
    "/shut/secret.txt.bak",
    "/shutter/secret.txt",
    "/shut/secret",
    "/shut/absent.txt",
    "http://@HOST@/shut/secret.txt",
    "http://@HOST@//shut/secret.txt",
    "HTTP://@HOST@/shut/secret.txt",
    "https://@HOST@/shut/secret.txt",
)

# Names that stand for passwords and rules.
HT_NAMES = (
    "/shut/.htpasswd",
    "/shut/.htaccess",
    "/shut/%2ehtpasswd",
    "/shut/%2Ehtaccess",
    "/shut//.htpasswd",
    "/shut/./.htpasswd",
    "/shut/.HTPASSWD",
    "/shut/.htpasswd/",
    "/shut/.htpasswd/more",
    "/shut/.htpasswd.",
    "/shut/.htpasswd%00",
    "/shut/.htpasswd%0a",
    "/shut/.htpasswd%20",
    "/shut/.htpasswd;x",
    "/shut/.htpasswd?x",
    "/shut/.htpasswd%2fmore",
    "/shut/.htpasswd%5c",
    "/shut/.htanything",
    "/shut/deep/../.htpasswd",
    "/shut/deep/%2e%2e/.htpasswd",
    "/shut/%2e%68tpasswd",
    "/alias/.htpasswd",
    "/link/.htpasswd",
    "/match/.htpasswd",
    "/go?/shut/.htpasswd",
    "/go?/shut/%2ehtpasswd",
)

# ---- other ways to the same files ----------------------------------------------------------------------------------

WAYS = (
    "/shut",
    "/shut/",
    "/shut//",
    "/shut/index.html",
    "/shut/deep",
    "/shut/deep/",
    "/shut/deep/secret.txt",
    "/shut/page.txt",
    "/shut/run.py",
    "/shut/run.py/more",
    "/shut/run.py/more/../..",
    "/shut/run.py/secret.txt",
    "/shut/run.py%2fmore",
    "/shut/deep/run.py",
    "/shut/other.link",
    "/shut/out/secret.txt",
    "/shut/hole/page.txt",
    "/shut/hole/secret.txt",
    "/shut/hole/../secret.txt",
    "/alias/secret.txt",
    "/alias/run.py",
    "/alias/",
    "/alias",
    "/alias/../shut/secret.txt",
    "/alias/deep/secret.txt",
    "/bare/secret.txt",
    "/bare",
    "/baresecret.txt",
    "/bare/../secret.txt",
    "/one",
    "/one/",
    "/one/more",
    "/up/shut/secret.txt",
    "/up/shut/",
    "/up/open/../shut/run.py",
    "/match/secret.txt",
    "/match/run.py",
    "/match/deep/secret.txt",
    "/match//secret.txt",
    "/match/%2e%2e/shut/secret.txt",
    "/link/secret.txt",
    "/link/run.py",
    "/link/",
    "/link",
    "/open/secret.link",
    "/open/secret.txt",
    "/open/run.link.py",
    "/strict/link/secret.txt",
    "/strict/secret.link",
    "/owner/link/secret.txt",
    "/owner/secret.link",
    "/index-of-shut/",
    "/index-of-shut",
    "/index-runs/",
    "/index-folder/",
    "/error/absent",
    "/error-runs/absent",
    "/error/closed/page.txt",
    "/go?/shut/secret.txt",
    "/go?/shut/run.py",
    "/go?/shut/run.py/more",
    "/go?/shut/",
    "/go?/shut",
    "/go?/shut/deep/secret.txt",
    "/go?/alias/secret.txt",
    "/go?/link/secret.txt",
    "/go?/index-of-shut/",
    "/go?/error/absent",
    "/go?/go?/shut/secret.txt",
    "/go?//shut/secret.txt",
    "/go?/shut//secret.txt",
    "/go?/shut/./secret.txt",
    "/go?/open/../shut/secret.txt",
    "/go?/%73hut/secret.txt",
    "/go?/open/%2e%2e/shut/secret.txt",
    "/go?/shut%2fsecret.txt",
    "/go?/shut/secret.txt%0a",
    "/go?/SHUT/secret.txt",
    "/go?shut/secret.txt",
)

# What leads to the closed files, or around them, by a directive of its own, and where to. It stands before a section
# over /shut.
EXTRAS: dict[str, tuple[str, tuple[str, ...]]] = {
    "AllowEncodedSlashes On": (
        "AllowEncodedSlashes On",
        tuple(path for path in SPELLINGS + WAYS if "%2f" in path.lower()),
    ),
    "AllowEncodedSlashes NoDecode": (
        "AllowEncodedSlashes NoDecode",
        tuple(path for path in SPELLINGS + WAYS if "%2f" in path.lower()),
    ),
    "MergeSlashes Off": ("MergeSlashes Off", tuple(path for path in SPELLINGS + WAYS if "//" in path)),
    "FallbackResource": (
        '<Directory "@ROOT@/htdocs/open">\n    FallbackResource /shut/secret.txt\n</Directory>',
        ("/open/absent", "/open/absent/more", "/open/page.txt", "/open/", "/go?/open/absent"),
    ),
    "FallbackResource of a page": (
        '<Directory "@ROOT@/htdocs/open">\n    FallbackResource /shut/run.py\n</Directory>',
        ("/open/absent", "/open/absent/more", "/open/page.txt/more"),
    ),
    "FallbackResource of the folder": (
        '<Directory "@ROOT@/htdocs/shut">\n    FallbackResource /open/page.txt\n</Directory>',
        ("/shut/absent", "/shut/secret.txt", "/shut/secret.txt/more", "/shut/deep/absent/more"),
    ),
    "AcceptPathInfo On": (
        '<Directory "@ROOT@/htdocs/shut">\n    AcceptPathInfo On\n</Directory>',
        ("/shut/secret.txt/more", "/shut/secret.txt/", "/shut/run.py/more", "/one/more", "/link/secret.txt/more"),
    ),
    "AcceptPathInfo Off": (
        '<Directory "@ROOT@/htdocs/shut">\n    AcceptPathInfo Off\n</Directory>',
        ("/shut/secret.txt/more", "/shut/secret.txt/", "/shut/run.py/more", "/go?/shut/run.py/more"),
    ),
    "DirectorySlash Off": (
        "DirectorySlash Off",
        ("/shut", "/shut/deep", "/link", "/index-of-shut", "/go?/shut", "/bare"),
    ),
    "DirectoryIndex": (
        "DirectoryIndex absent.html secret.txt run.py",
        ("/shut/", "/shut/deep/", "/link/", "/go?/shut/"),
    ),
    "DirectoryIndex by path": (
        "DirectoryIndex ../shut/secret.txt /shut/./secret.txt",
        ("/open/", "/shut/", "/shut/deep/", "/link/"),
    ),
    "DirectoryIndexRedirect": ("DirectoryIndexRedirect on", ("/shut/", "/shut/deep/", "/index-of-shut/", "/link/")),
    "UserDir": (
        "UserDir @ROOT@/htdocs",
        ("/~shut/secret.txt", "/~shut", "/~shut/", "/~shut/run.py", "/~open/page.txt", "/~"),
    ),
    "UserDir *": (
        "UserDir @ROOT@/*/shut",
        ("/~htdocs/secret.txt", "/~htdocs/deep/secret.txt", "/~../secret.txt", "/~htdocs/../../shut/secret.txt"),
    ),
    "ErrorDocument 403": (
        "ErrorDocument 403 /open/page.txt",
        ("/shut/secret.txt", "/shut/", "/shut/absent", "/shut/.htpasswd", "/go?/shut/secret.txt", "/one"),
    ),
    "ErrorDocument 403, closed itself": (
        "ErrorDocument 403 /shut/page.txt\nErrorDocument 401 /shut/page.txt",
        ("/shut/secret.txt", "/shut/run.py", "/shut/.htpasswd", "/index-of-shut/"),
    ),
    "ErrorDocument 404, a redirecting page": (
        "ErrorDocument 404 /go?/shut/secret.txt",
        ("/absent", "/shut/absent", "/open/absent/more", "/open%2fabsent"),
    ),
    "ErrorDocument 400": ("ErrorDocument 400 /shut/secret.txt", ("/%zz", "/../shut/", "/shut/%", "/open/%00")),
    "ErrorDocument 405": (
        "ErrorDocument 405 /shut/secret.txt\nErrorDocument 501 /shut/secret.txt",
        ("/open/page.txt", "/shut/page.txt"),
    ),
    "FollowSymLinks off": (
        '<Directory "@ROOT@/htdocs">\n    Options None\n</Directory>',
        ("/link/secret.txt", "/open/secret.link", "/shut/secret.txt", "/shut/other.link", "/alias/other.link"),
    ),
    "SymLinksIfOwnerMatch": (
        '<Directory "@ROOT@/htdocs">\n    Options SymLinksIfOwnerMatch\n</Directory>',
        ("/link/secret.txt", "/open/secret.link", "/shut/secret.txt", "/shut/other.link", "/shut/out/secret.txt"),
    ),
    "closed by the name of the link": (
        '<Directory "@ROOT@/htdocs/link">\n    Require all denied\n</Directory>',
        ("/link/secret.txt", "/link/", "/link", "/shut/secret.txt", "/strict/link/secret.txt"),
    ),
    "closed where the link leads": (
        '<Directory "@ROOT@/outside">\n    Require all denied\n</Directory>',
        ("/shut/out/secret.txt", "/shut/out/", "/link/out/secret.txt"),
    ),
    "names of .ht granted": (
        '<Files ".ht*">\n    Require all granted\n</Files>',
        ("/shut/.htpasswd", "/shut/.htaccess", "/alias/.htpasswd", "/go?/shut/.htpasswd"),
    ),
    "all files": (
        '<Files "*">\n    Require all denied\n</Files>',
        ("/open/page.txt", "/open/", "/open", "/open/absent"),
    ),
    "all files but the index": (
        '<Files "*">\n    Require all denied\n</Files>\n<Files "index.html">\n    Require all granted\n</Files>',
        ("/open/", "/open", "/open/index.html", "/open/page.txt", "/", "/error/", "/go?/open/"),
    ),
    "all names that do not begin so": (
        '<FilesMatch "^(?!page|index)">\n    Require all denied\n</FilesMatch>',
        ("/open/", "/open", "/open/index.html", "/open/page.txt", "/open/run.py", "/", "/error/", "/go?/open/"),
    ),
    "no name at all": (
        '<FilesMatch "^$">\n    Require all denied\n</FilesMatch>',
        ("/open/", "/open", "/open/page.txt"),
    ),
    "aliased away": (
        'Alias "/shut" "@ROOT@/htdocs/open"',
        ("/shut/page.txt", "/shut/secret.txt", "/shut/", "/shut", "/up/shut/secret.txt", "//shut/secret.txt"),
    ),
    "everything closed, a hole": (
        '<Location "/">\n    Require all denied\n</Location>\n<Location "/open">\n    Require all granted\n</Location>',
        (
            "/open/page.txt",
            "/open/../shut/secret.txt",
            "/open",
            "/opened",
            "/",
            "//open/page.txt",
            "/open/../page.txt",
            "*",
        ),
    ),
    "a script for every file": (
        '<Directory "@ROOT@/htdocs/shut">\n    SetHandler mod_python\n</Directory>',
        ("/shut/secret.txt", "/shut/", "/shut", "/shut/absent", "/shut/absent/more", "/one", "/.//shut/x"),
    ),
    "a script for a location": (
        '<Location "/shut">\n    SetHandler mod_python\n</Location>',
        ("/shut/secret.txt", "/shut/", "/shut", "/shut/absent", "/shut/absent/more", "/alias/secret.txt"),
    ),
}

# Where the answer to other methods than GET depends on how the file was come by.
BY_METHOD = (
    "/shut/",
    "/shut",
    "/shut/run.py",
    "/shut/absent",
    "/index-of-shut/",
    "/index-runs/",
    "/error/absent",
    "/go?/shut/secret.txt",
    "/link/secret.txt",
)
