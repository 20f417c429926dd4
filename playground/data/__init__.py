"""The data sets: the original's, and more of the same form."""
