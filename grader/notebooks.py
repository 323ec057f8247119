"""Forwards to authoring/, for commands and configurations written before it.

`python -m grader.notebooks` is `python -m authoring`.
"""

import sys

from authoring.build import main
from authoring.stamps import changed_lessons

__all__ = ["changed_lessons", "main"]

if __name__ == "__main__":
    sys.exit(main())
