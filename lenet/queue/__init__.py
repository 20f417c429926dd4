"""Where runs are trained, and whose turn it is: this machine, or others by way of Redis."""
