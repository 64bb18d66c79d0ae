"""Filters: Python functions and built-in ones that the body of an answer or of a request flows through (manual 4.3).

The way of an answer: `registry` knows what a name stands for, httpd/filtering puts the filters of a configuration into
a request's chain when httpd would, `chain` holds them in order, `filter` is the object that each is given, and
`output_filter` how pieces come to it and go, `running` calls the site's functions, `requests` lets filters join and
leave a request. A body comes by `input_chain` and `input_filter`. `flow` is what all show one another. A request
without filters meets none of this.
"""
