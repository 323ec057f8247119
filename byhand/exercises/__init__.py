"""The exercises, one file a lesson: LESSON names it, EXERCISES lists them."""
