"""What a trained network is asked: drawings, feature maps, kernels, by a process of its own that has torch."""
