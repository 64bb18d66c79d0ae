"""What a browser may do with the pages of this folder, said from the outside: they are left as they are.

The manual's form.py puts the visitor's name into its answer as it was sent, markup and all. So no script runs here but
those of our own files, and no form leads elsewhere.
"""

from mod_python import apache

POLICY = "default-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"


def fixuphandler(req):
    req.headers_out["Content-Security-Policy"] = POLICY
    req.headers_out["X-Content-Type-Options"] = "nosniff"
    return apache.OK
