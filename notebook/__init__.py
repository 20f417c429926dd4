"""The notebook: what was seen in the other tabs is pinned, written about, and taken home. It knows neither tab."""
