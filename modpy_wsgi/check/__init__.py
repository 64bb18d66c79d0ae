"""`modpy-wsgi check`: what stands in the way of a site, told before it is migrated."""
