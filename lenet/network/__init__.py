"""LeNet-5 itself: its layers, in every form that the settings allow."""
