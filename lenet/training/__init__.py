"""One training run and its folder: what a trainer does and what it leaves behind."""
