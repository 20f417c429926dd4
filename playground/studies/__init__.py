"""Many runs at once: what one lucky seed does not show."""
