"""MNIST and Fashion-MNIST: files, tensors, pictures for the page, and images a little different each time."""
