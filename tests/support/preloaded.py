"""What kept processes load, loaded once: `forked` forks them from a process that has imported this."""

import gc
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # NumPy would start threads, which no forked process has

import torch

import lenet.questions.answerer  # noqa: F401  and all that it needs
import playground.serving.worker  # noqa: F401
from lenet.queue import nursery
from playground.serving import wire

os.setsid()  # what is sent to the group of the tests is not for it
nursery.load()
torch.set_num_threads(1)  # no thread of torch's may run where processes are forked
wire.warm_up()
gc.collect()
gc.freeze()
