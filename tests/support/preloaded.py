"""What a Playground's worker loads, loaded once: `forked` forks workers from a process that has imported this."""

import gc
import os

import torch

import playground.serving.worker  # noqa: F401  and all that it needs
from playground.serving import wire

os.setsid()  # what is sent to the group of the tests is not for it
torch.set_num_threads(1)  # no thread of torch's may run where processes are forked
wire.warm_up()
gc.collect()
gc.freeze()
