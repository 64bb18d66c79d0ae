"""`modpy-wsgi explain`: the way of one request through a site, told without taking it."""
