"""Puts scripts into texts, raw cells and attachments that a person reads."""

import nbformat

from grader.attacks import LOOT, find

STOCK = "its scripts run in the feedback"
SCRIPTS = f"""
<script>document.title = "{LOOT}"</script>
<img src=x onerror="document.title='{LOOT}'">
<svg onload="document.title='{LOOT}'"></svg>
<iframe srcdoc="<script>parent.document.title='{LOOT}'</script>"></iframe>
<a href="javascript:document.title='{LOOT}'">a</a>
[a](javascript:document.title='{LOOT}')
[a]: javascript:document.title='{LOOT}'
[a] <javascript:alert(1)> ![a](x"onerror="alert(1))
<style>* {{ display: none }}</style><meta http-equiv=refresh content=0>
<form action=https://example.org><input name=marks></form><base href=//a>
$\\href{{javascript:alert(1)}}{{a}}$
```<script>
<script>alert(1)</script>
```
<math><mtext></p><style><a title="</style><img src onerror=alert(1)>">
"""


def attack(nb, folder):
    find(nb, "why-rows").source = SCRIPTS
    nb.cells[0].source += SCRIPTS
    nb.cells[0].attachments = {
        "a.svg": {"image/svg+xml": "<svg onload=alert(1)>"},
        'a.svg"><script>alert(1)</script>': {
            "image/svg+xml": "<svg onload=alert(1)>",
            "text/html": SCRIPTS,
        },
    }
    nb.cells[0].source += "\n![x](attachment:a.svg)\n"
    nb.cells.append(nbformat.v4.new_raw_cell(SCRIPTS))
    nb.cells.append(
        nbformat.v4.new_raw_cell(
            SCRIPTS, metadata={"raw_mimetype": "text/html"}
        )
    )
