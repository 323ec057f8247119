"""What the libraries say to the exercises of lessons 00 to 12, and 23.

A file a lesson; `registry` has all of it once this package is imported.
"""

import importlib
import pkgutil

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
