"""mod_python's package, as applications import it. The modules here only re-export what modpy_wsgi does."""

from mod_python import apache, httpdconf, version

__all__ = ["apache", "httpdconf", "version"]

mp_version = version.version
