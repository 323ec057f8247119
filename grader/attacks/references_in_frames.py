"""Walks up the frames of every thread, to whoever judges the answer."""

from grader.attacks import answer_all, insert

STOCK = "9 marks, 0 earned"


def cell():
    import sys

    def stolen(inputs):
        for frame in sys._current_frames().values():
            while frame := frame.f_back:
                exercise = frame.f_locals.get("exercise")
                if hasattr(exercise, "reference"):
                    return exercise.reference(*inputs)


def attack(nb, folder):
    answer_all(nb, "return stolen(inputs)")
    insert(nb, cell)
