"""Between a configuration and the WSGI server that carries it out: settings, workers, the start-up banner."""
