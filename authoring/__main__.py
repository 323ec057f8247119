"""`python -m authoring` builds the notebooks; see authoring/build.py."""

import sys

from authoring.build import main

sys.exit(main())
