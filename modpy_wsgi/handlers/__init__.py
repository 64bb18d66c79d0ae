"""The standard content handlers (manual 6): named as PythonHandler without any code of the site's own."""
