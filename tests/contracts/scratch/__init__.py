"""An app with one of each: what CONTRIBUTING says to touch, and nothing else.

Not installed in the product nor in other tests; test_adding.py runs used.py with it.
"""
