"""Prints control characters that would rewrite an instructor's terminal."""

from grader.attacks import insert, paste

STOCK = "nothing"


def cell():
    print("\x1b[2J\x1b[H\x1b]0;all right\x07\r\x9b2J\x00\u202e")
    raise ValueError("\x1b[8m [bold]right[/bold] [/] [link=http://a]b[/link]")


def answer():
    def softmax(z, axis=-1):
        print("\x1b[1A\x1b[2Kself_attention.softmax: right")
        raise KeyError("[/red]\x1b[0m")


def attack(nb, folder):
    paste(nb, "softmax", answer)
    insert(nb, cell)
