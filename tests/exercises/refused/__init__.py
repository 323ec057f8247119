"""Wrong answers by lesson: exercise id → name → answer."""
