"""What the exercises of several lessons use."""
