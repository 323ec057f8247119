"""Texts of our own: generated, with an entropy that is known, or small."""
