import numpy as np
import pytest

from byhand.sliders import cosine
from tests.sliders.reading import shown


@pytest.mark.parametrize("angle", range(-180, 181, 45))
@pytest.mark.parametrize("length", [0.1, 1.0, 3.0])
def test_the_cosine_notices_no_length(angle, length):
    arrays = cosine.compute(angle, length)
    assert np.hypot(*arrays.b) == pytest.approx(length)
    by_hand = cosine.A @ arrays.b / (np.hypot(*cosine.A) * length)
    assert arrays.cosine == pytest.approx(by_hand, abs=1e-12)
    assert arrays.dot == pytest.approx(by_hand * np.sqrt(5) * length)
    written = shown(cosine.draw(arrays))["cosine"].replace("−", "-")
    assert float(written) == pytest.approx(by_hand, abs=5.1e-5)


def test_no_length_no_direction():
    arrays = cosine.compute(30, 0)
    assert (arrays.dot, arrays.cosine) == (0, 0)


def test_the_summary():
    assert cosine.summary(cosine.compute(60, 1.0)) == (
        "b stands 60° from a and is 1.00 long.\n"
        "Their dot product is 1.1180, their cosine 0.5000."
    )


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ((200, 1), "the angle must be from -180 to 180°, but it is 200"),
        ((0, 4), "the length must be from 0 to 3.0, but it is 4"),
    ],
)
def test_what_cannot_be_drawn(numbers, message):
    with pytest.raises(ValueError, match=message):
        cosine.compute(*numbers)
