"""The exercise's own training script, written after its document: the baseline of `benchmarks/lenet.py`.

Kept as the exercise has it (DataLoader, ToTensor, the images in file order, ReLU on the output, SGD 0.1, batch 256),
with two differences: it prints a JSON line an epoch with the seconds since the first batch, and it saves nothing.

    python benchmarks/lenet_exercise.py DATA_DIR EPOCHS [IMAGES, all by default]
"""

from __future__ import annotations

import argparse
import json
import time

import numpy as np
import torch
from torch import nn
from torch.nn import CrossEntropyLoss, Module
from torch.optim import SGD
from torch.utils.data import DataLoader, Dataset, Subset
from torchvision.datasets import mnist
from torchvision.transforms import ToTensor


class Model(Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.relu1 = nn.ReLU()
        self.pool1 = nn.MaxPool2d(2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.relu2 = nn.ReLU()
        self.pool2 = nn.MaxPool2d(2)
        self.fc1 = nn.Linear(256, 120)
        self.relu3 = nn.ReLU()
        self.fc2 = nn.Linear(120, 84)
        self.relu4 = nn.ReLU()
        self.fc3 = nn.Linear(84, 10)
        self.relu5 = nn.ReLU()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.pool1(self.relu1(self.conv1(x)))
        y = self.pool2(self.relu2(self.conv2(y)))
        y = y.view(y.shape[0], -1)
        y = self.relu3(self.fc1(y))
        y = self.relu4(self.fc2(y))  # the document forgot to call fc2; without it fc3 does not fit
        return self.relu5(self.fc3(y))


def main(data: str, epochs: int, images: int = 60_000, batch_size: int = 256) -> None:
    device = "cuda" if torch.cuda.is_available() else "cpu"
    train_dataset: Dataset = mnist.MNIST(root=data, train=True, transform=ToTensor())
    if images < 60_000:
        train_dataset = Subset(train_dataset, range(images))
    test_dataset = mnist.MNIST(root=data, train=False, transform=ToTensor())
    train_loader = DataLoader(train_dataset, batch_size=batch_size)
    test_loader = DataLoader(test_dataset, batch_size=batch_size)
    model = Model().to(device)
    sgd = SGD(model.parameters(), lr=1e-1)
    loss_fn = CrossEntropyLoss()
    started = time.perf_counter()
    for epoch in range(1, epochs + 1):
        model.train()
        for train_x, train_label in train_loader:
            train_x = train_x.to(device)
            train_label = train_label.to(device)
            sgd.zero_grad()
            predict_y = model(train_x.float())
            loss = loss_fn(predict_y, train_label.long())
            loss.backward()
            sgd.step()

        all_correct_num = 0
        all_sample_num = 0
        model.eval()
        for test_x, test_label in test_loader:
            test_x = test_x.to(device)
            test_label = test_label.to(device)
            predict_y = model(test_x.float()).detach()
            predict_y = torch.argmax(predict_y, dim=-1)
            current_correct_num = predict_y == test_label
            all_correct_num += np.sum(current_correct_num.to("cpu").numpy(), axis=-1)
            all_sample_num += current_correct_num.shape[0]
        accuracy = float(all_correct_num / all_sample_num)
        print(json.dumps({"epoch": epoch, "accuracy": accuracy, "seconds": time.perf_counter() - started}), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", metavar="DATA_DIR", help="the folder with MNIST")
    parser.add_argument("epochs", type=int)
    parser.add_argument("images", type=int, nargs="?", default=60_000, help="how many; by default all")
    options = parser.parse_args()
    main(options.data, options.epochs, options.images)
