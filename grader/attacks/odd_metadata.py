"""Fills nbgrader's metadata with what it never has."""

from grader.attacks import ANSWERS, answer_all, find

STOCK = "was not graded"


def attack(nb, folder):
    answer_all(nb, "return None")
    odd = (None, [], {"grade_id": ["a"]}, 7, "x" * 100_000)
    tests = [find(nb, f"{name}-check") for name in ANSWERS]
    find(nb, "softmax").metadata["nbgrader"] = {
        "grade_id": {"a": []},
        "schema_version": 99,
        "points": "many",
        "checksum": None,
    }
    for cell, value in zip(tests, odd, strict=True):
        cell.metadata["nbgrader"] = value
    nb.metadata["kernelspec"] = {"name": "../../bash", "language": "sh"}
