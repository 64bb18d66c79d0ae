"""The judge: one site, served by Apache with mod_python and by us, asked the same questions.

`python -m tests.oracle` asks Apache and writes the answers to tests/golden; tests/test_golden.py asks our Application
and compares.
"""
