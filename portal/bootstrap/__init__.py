"""What `make` calls: standard library only, because it runs before the virtual environment exists.

`prepare` and nothing else is run by the virtual environment's Python, with Django; it keeps its imports of Django
inside its functions.
"""
