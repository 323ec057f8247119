"""What an instructor or a contributor runs; no lesson imports it."""
