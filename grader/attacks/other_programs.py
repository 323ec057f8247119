"""Runs programs: a shell, bwrap, sudo, python."""

from grader.attacks import LOOT, insert

STOCK = "was not graded"


def cell(LOOT):
    import os
    import subprocess

    for command in (["sh", "-c", "id"], ["bwrap", "id"], ["sudo", "-n", "id"]):
        try:
            said = subprocess.check_output(command)
            print(LOOT * bool(said), said)
        except (OSError, subprocess.SubprocessError):
            pass
    if os.system("true") == 0:
        print(LOOT, "a shell")
    get_ipython().run_cell("!id")
    os.execv("/bin/true", ["true"])


def attack(nb, folder):
    insert(nb, cell, LOOT=LOOT)
