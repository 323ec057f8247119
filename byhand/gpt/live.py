"""A training to watch in a notebook: start it, see it learn, stop it."""

import dataclasses
import threading
import time
from pathlib import Path
from typing import Any

import ipywidgets

from byhand.gpt import data, pace, train
from byhand.sliders import training
from byhand.sliders.controls import FULL, LABEL, stops
from byhand.sliders.picture import Picture
from byhand.sliders.training import Curve
from byhand.text import letters

RATES = (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1)
STEPS = (100, 2000, 100)  # least, most, between
WIDE = {"width": "400px", "max_width": FULL}
SAMPLE = training.LETTERS * training.LINES  # more has no room


class Live:
    """Controls, a progress bar and a picture that follows a training.

    profile: of byhand.gpt.train. text: a file to train on, or None for our
    stories. `run` is the training itself, once it has been started: its
    `model` can be used from other cells. `learned` is what it had learned when
    it last wrote, for the figure looking_back. A training goes on in the
    background; `wait()` waits for its end.
    """

    def __init__(
        self, profile: str = "tiny", text: Path | None = None
    ) -> None:
        self.recipe = train.PROFILES[profile]
        self.path = text
        self.run: train.Run | None = None
        self.learned: letters.Model | None = None
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self.rate = stops("learning rate", self.recipe.peak, RATES)
        self.steps = ipywidgets.IntSlider(
            value=self.recipe.steps,
            min=STEPS[0],
            max=STEPS[1],
            step=STEPS[2],
            description="steps",
            style={"description_width": LABEL},
            layout=WIDE,
        )
        self.start_button = ipywidgets.Button(
            description="Train", button_style="primary"
        )
        self.stop_button = ipywidgets.Button(description="Stop", disabled=True)
        self.bar = ipywidgets.IntProgress(max=self.recipe.steps, layout=WIDE)
        self.said = ipywidgets.Label("not started")
        self.speed = ipywidgets.Label()
        self.picture = Picture()
        self.start_button.on_click(lambda _: self.start())
        self.stop_button.on_click(lambda _: self.stop())
        self._show(Curve(0, self.recipe.steps, None, [], [], [], [], ""))
        self.widget = ipywidgets.VBox(
            [
                self.rate,
                self.steps,
                ipywidgets.HBox([self.start_button, self.stop_button]),
                ipywidgets.HBox(
                    [self.bar, self.said, self.speed],
                    layout={"flex_flow": "row wrap"},
                ),
                self.picture,
            ]
        )

    def start(self) -> None:
        """Begin a new training, with what the controls say."""
        if self.is_training:
            return
        self._stop.clear()
        self._busy(True)
        self.bar.value, self.bar.max = 0, self.steps.value
        self.said.value = "getting the text ready …"
        self._thread = threading.Thread(target=self._train, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop at the next report, every tenth step."""
        if self.is_training:
            self.said.value = "stopping …"
            self._stop.set()

    def wait(self) -> None:
        """Wait until it has ended by itself or been stopped."""
        if self._thread is not None:
            self._thread.join()

    @property
    def is_training(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    @property
    def summary(self) -> str:
        return training.summary(self._curve)

    def _busy(self, busy: bool) -> None:
        self.start_button.disabled = busy
        self.stop_button.disabled = not busy
        self.rate.disabled = self.steps.disabled = busy

    def _show(self, curve: Curve) -> None:
        self._curve = curve
        self.picture.value = training.draw(curve)

    def _train(self) -> None:
        try:
            self._follow()
        except Exception as error:
            # Nobody would see it: it is not in a cell.
            self.said.value = f"{type(error).__name__}: {error}"
        finally:
            self._busy(False)

    def _follow(self) -> None:
        rate, steps = self.rate.value, self.steps.value
        recipe = dataclasses.replace(
            self.recipe,
            steps=steps,
            peak=rate,
            floor=rate / 10,
            evaluate_every=training.EVERY,
        )
        text = data.load(self.path, recipe.block_size)
        setup = train.best_setup(train.device_named("auto"), compiled=False)
        self.run = run = train.Run(text, recipe, setup)
        curve = Curve(0, steps, text.floor, [], [], [], [], "")
        clock = pace.Pace(training.EVERY)
        clock.report(0, time.monotonic())
        for report in train.train(run):
            curve = curve._replace(
                step=report.step,
                steps=[*curve.steps, report.step],
                losses=[*curve.losses, report.loss],
            )
            if report.held_out is not None:
                curve = curve._replace(
                    measured=[*curve.measured, report.step],
                    held_out=[*curve.held_out, report.held_out],
                    sample=run.sample(SAMPLE, recipe.seed, temperature=0.8),
                )
                self.learned = run.learned()
            self._show(curve)
            self.bar.value = report.step
            clock.report(report.step, time.monotonic())
            time_left = pace.left(clock.seconds(steps - report.step))
            self.said.value = f"step {report.step} of {steps}, {time_left}"
            self.speed.value = f"{report.tokens_per_second:,.0f} tokens/s"
            if self._stop.is_set():
                self.said.value = f"stopped after step {report.step}"
                return
        self.said.value = f"done: {steps} steps"

    def __repr__(self) -> str:
        return "A training to start with its button."

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None
    ) -> dict[str, Any]:
        view = "application/vnd.jupyter.widget-view+json"
        return {
            view: self.widget._repr_mimebundle_()[view],
            "text/plain": repr(self),
        }
