"""What is the original's to the last bit and never changes: its arithmetic, its random numbers, its data sets."""
