import numpy as np

from byhand.sliders import draw, sums


def test_a_product_is_written_out():
    lines = sums.of_products([[1.0, 0.5]], [[2.0, 2.4], [-1.0, 0.0]])
    assert lines == [["1·2 + 0.5·2.4", "1·(−1) + 0.5·0"]]
    (line,) = sums.of_products([[1.0, 0.5]], [[2.0, 2.4]], 2, 2.0)
    assert line == ["(1·2 + 0.5·2.4) ÷ 2"]


def test_a_weight_is_a_power_over_the_sum_of_its_row():
    scores = [[1.1, 0.4, -np.inf]]
    assert sums.of_weights(scores) == [
        [
            "e^1.1 ÷ (e^1.1 + e^0.4)",
            "e^0.4 ÷ (e^1.1 + e^0.4)",
            "e^−∞ ÷ (e^1.1 + e^0.4)",
        ]
    ]
    assert sums.of_weights([[0.5, -np.inf]])[0][0] == "e^0.5 ÷ e^0.5"


def test_many_terms_are_added_up():
    (row,) = sums.of_weights([[0.0] * 9])
    assert set(row) == {"e^0 ÷ 9, the sum of its row’s 9 powers of e"}


def test_terms_have_as_many_decimals_as_the_result_needs():
    (few,) = sums.of_weights([[1 / 3, 0.0]], decimals=1)
    (many,) = sums.of_weights([[1 / 3, 0.0]], decimals=4)
    assert few[0] == "e^0.3 ÷ (e^0.3 + e^0)"
    assert many[0] == "e^0.3333 ÷ (e^0.3333 + e^0)"


def test_other_sums():
    assert sums.of_means([[[0.2]], [[0.4]]]) == [["(0.2 + 0.4) ÷ 2"]]
    assert sums.of_parts([3, 1], 4) == ["3 ÷ 4", "1 ÷ 4"]
    assert sums.of_powers(np.array([0.8, 0.2]), 2.0)[0] == (
        "0.8^(1 ÷ 2) ÷ 1.34, the sum of its row’s 2 powers"
    )
    assert sums.of_slopes(np.array([0.75, 0.25]), 4) == [
        ["0.75·(1 − 0.75)", "−0.75·0.25"],
        ["−0.25·0.75", "0.25·(1 − 0.25)"],
    ]


def test_a_still_has_no_sums():
    block = draw.heat_map([[1.0]], "m", ["a"], ["b"], sums=[["2 ÷ 2 < “3”"]])
    assert 'data-sum="a, b: 1.00 = 2 ÷ 2 &lt; “3”"' in block.svg
    plain = draw.heat_map([[1.0]], "m", ["a"], ["b"])
    assert draw.without_sums(block.svg) == plain.svg
