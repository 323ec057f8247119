"""Static pictures for notebooks: an SVG of ours as a PNG.

JupyterLab shows no SVG that is attached to a Markdown cell.
"""

import re
from pathlib import Path

import matplotlib
import resvg_py

# Sharp on a fine display, and still small: about 30 KB a picture.
ZOOM = 1.5
# Inside a notebook a picture takes JupyterLab's colours; a PNG is a light
# card in any theme, with the fallback of each.
THEME_COLOUR = re.compile(r"var\(--[\w-]+,\s*([^()]+)\)")


def png(svg: str) -> bytes:
    """Draw an SVG with matplotlib's own fonts: the same everywhere."""
    fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=THEME_COLOUR.sub(r"\1", svg),
            zoom=ZOOM,
            skip_system_fonts=True,
            font_files=[
                str(fonts / "DejaVuSans.ttf"),
                str(fonts / "DejaVuSans-Bold.ttf"),
            ],
            font_family="DejaVu Sans",
            sans_serif_family="DejaVu Sans",
        )
    )
