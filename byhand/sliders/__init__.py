"""Figures that follow a slider: numbers in, picture out, the widget last."""
