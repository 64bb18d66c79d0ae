"""The access matrix: who may see what, asked of Apache in thousands of combinations.

A family (families.py) is one httpd.conf with a virtual host for each group of rules, over one tree of files (tree.py).
`python -m tests.oracle matrix` records Apache's answers in tests/golden/matrix; tests/test_matrix.py holds ours against
them. Law: never open where Apache is closed; for that there is no list of exceptions (verdict.py).
"""
