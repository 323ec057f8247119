"""Puts scripts into outputs, errors and the words of a failed check."""

from grader.attacks import insert, paste
from grader.attacks.scripts_in_text import SCRIPTS

STOCK = "nothing"


def cell(text):
    from IPython.display import HTML, SVG, Javascript, Markdown, display

    display(HTML(text), Markdown(text), Javascript("alert(1)"))
    display(SVG(data="<svg onload='alert(1)'></svg>"))
    display({"text/html": text, "image/png": 'A"><script>'}, raw=True)
    display({"application/vnd.jupyter.widget-view+json": {}}, raw=True)
    print(text)
    raise type("<script>alert(1)</script>", (Exception,), {})(text)


def answer():
    def softmax(z, axis=-1):
        print("<script>alert(1)</script>")
        raise type("<script>", (Exception,), {})("</pre><script>alert(1)")


def returned():
    def attention_weights(Q, K):
        return "</pre><script>alert(1)</script>"


def attack(nb, folder):
    paste(nb, "softmax", answer)
    paste(nb, "attention_weights", returned)
    insert(nb, cell, text=SCRIPTS)
