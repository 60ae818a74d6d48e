"""What is done to records: rules, intake, reports and commands."""

import importlib

for _name in ("schemas", "store", "pooling"):
    _found = importlib.import_module(_name)
    if getattr(_found, "PART_OF", None) != "curation":
        raise ImportError(
            f"curation needs its own package {_name!r}, but {getattr(_found, '__file__', None) or _found!r} stands in "
            f"front of it; rename that one, or move it off the import path"
        )

__version__ = "0.1.0"
