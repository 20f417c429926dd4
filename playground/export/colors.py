"""The colours of numbers, as static/js/base/color.js has them for the page in its light theme."""

SCALE = ("#f59322", "#e8eaeb", "#0877bd")  # of -1, 0 and 1
OPACITY = 160 / 255  # of a map over white: points of its colour must stand out from it
TRAIN, TEST = "#5b6b7a", "#0877bd"  # of the curves
