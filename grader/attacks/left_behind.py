"""Leaves a process behind that would go on after grading."""

from grader.attacks import LOOT, insert

STOCK = "left 1 process behind"


def cell(LOOT):
    import os
    import subprocess
    import sys

    line = "import time\nwhile True: time.sleep(1)"
    made = subprocess.Popen(
        [sys.executable, "-c", line], start_new_session=True
    )
    print(LOOT * bool(made.pid), "process", made.pid)
    if os.fork() == 0:
        os.setsid()
        while True:
            pass


def attack(nb, folder):
    insert(nb, cell, LOOT=LOOT)
