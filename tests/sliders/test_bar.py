from byhand.sliders import bar


def test_a_bar_follows_the_steps(monkeypatch):
    shown = []
    monkeypatch.setattr(bar, "display", shown.append)
    values = []
    for one in bar.followed([0, 1, 2, 4], share=lambda k: k / 4):
        values.append((one, shown[0].value))
    assert values == [(0, 0), (1, 250), (2, 500), (4, 1000)]


def test_it_is_saved_as_a_line_that_never_changes():
    assert repr(bar.Bar(value=3)) == repr(bar.Bar(value=50))
