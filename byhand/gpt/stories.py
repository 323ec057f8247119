"""For notebooks from before: the stories are in byhand/text/stories.py."""

import sys

from byhand.text import stories

sys.modules[__name__] = stories
