"""The colours of numbers, as static/js/base/color.js has them for the page in its light theme."""

SCALE = ("#f59322", "#e8eaeb", "#0877bd")  # of -1, 0 and 1
CLASSES = ("#0877bd", "#f59322", "#aa3377", "#00b89c", "#222222", "#8c510a")
MARKERS = ("o", "s", "^", "D", "v", "P")  # of the points of each class, as matplotlib names them
OPACITY = 160 / 255  # of a map over white: points of its colour must stand out from it
TRAIN, TEST = "#5b6b7a", "#0877bd"  # of the curves
