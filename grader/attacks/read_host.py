"""Reads what tells of the host and its people: accounts, homes, keys."""

from grader.attacks import LOOT, insert

STOCK = "got at /etc/passwd"


def cell(LOOT):
    import glob
    import os
    import sys

    wanted = ["/etc/passwd", "/etc/shadow", "/etc/hostname", "/etc/hosts"]
    wanted += glob.glob("/root/.*") + glob.glob("/home/*/.*")
    wanted += glob.glob("/run/*") + glob.glob("/var/l*") + glob.glob("/sys/*")
    for path in (*wanted, os.path.expanduser("~root/.bashrc")):
        # Python's own installation may lie in a home.
        if os.path.exists(path) and not sys.base_prefix.startswith(path):
            print(LOOT, path)


def attack(nb, folder):
    insert(nb, cell, LOOT=LOOT)
