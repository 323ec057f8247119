"""Returns objects that raise, exit or loop when they are looked at."""

from grader.attacks import answer_all, insert

STOCK = "was not graded"


def cell():
    import os

    class Meta(type):
        def __getattribute__(cls, name):
            if name == "__name__":
                raise SystemExit("no name")
            return super().__getattribute__(name)

    class Hostile(metaclass=Meta):
        def __getattribute__(self, name):
            os._exit(0)

        def __repr__(self):
            raise RuntimeError("no repr")

        def __eq__(self, other):
            while True:
                pass

    class Text(str):
        def __len__(self):
            return 10**18

        def __str__(self):
            raise KeyboardInterrupt


def attack(nb, folder):
    answer_all(nb, "return Hostile(), Text('a')")
    insert(nb, cell)
