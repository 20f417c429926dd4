"""Commands of `python -m lenet` that are more than a call."""
