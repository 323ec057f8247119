"""Changes the library that grades: byhand, grader, NumPy, start-up files."""

from grader.attacks import LOOT, answer_all, insert

STOCK = "nothing"


def cell(LOOT):
    import os
    import site

    import numpy as np

    import byhand

    home = os.path.expanduser("~")
    for folder in (
        os.path.dirname(byhand.__file__),
        os.path.dirname(np.__file__),
        *site.getsitepackages(),
        f"{home}/.ipython/profile_default/startup",
        f"{home}/.jupyter",
    ):
        try:
            os.makedirs(folder, exist_ok=True)
            with open(f"{folder}/mallory.pth", "w") as file:
                file.write("import os")
            if folder[: len(home)] != home:
                print(LOOT, "wrote into", folder)
        except OSError:
            pass


def attack(nb, folder):
    answer_all(nb, "return None")
    insert(nb, cell, LOOT=LOOT)
