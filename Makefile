# Playlab. `make run` starts it, `make test` tests it; both first set up whatever is not set up yet, in .venv.
#   make run ARGS="--port 8000"     options of app.py; or as environment variables, see README.md
#   make test ARGS="-k link -x"     options of pytest
#   make soak ARGS="--minutes 5"    options of benchmarks/soak.py
PYTHON = python3
VENV := .venv/bin/python
ARGS =
# Where PyTorch comes from: TORCH_INDEX=URL, without CUDA, from that package index; CUDA=1, with CUDA in any case.
TORCH_INDEX =
CUDA =
SETUP = $(PYTHON) scripts/install.py $(if $(TORCH_INDEX),--torch-index '$(TORCH_INDEX)') $(if $(CUDA),--cuda)

.PHONY: help setup run gpu-worker test test-long bench bench-streaming bench-lenet soak attacks docker-check lint format lock clean

help:
	@echo "make run      start the server on http://127.0.0.1:5000"
	@echo "make gpu-worker   train LeNet runs for web servers elsewhere: ARGS=\"--redis URL\" (docs/cluster.md)"
	@echo "make test     run the tests: Python, JavaScript and in a browser"
	@echo "make test-long   and what says the same at greater length: more parameters, examples, browsers"
	@echo "make bench    time training beside plain PyTorch and plain JavaScript (docs/performance.md)"
	@echo "make bench-streaming   many browsers on one server: frame rate, gaps, CPU, latency"
	@echo "make bench-lenet   LeNet-5 beside the exercise's own script: seconds an epoch, time to 98.2 %, accuracy"
	@echo "make soak     30 minutes of 50 browsers joining and leaving: does anything stay behind?"
	@echo "make attacks  attack a server of one's own: what does it cost an honest player?"
	@echo "make docker-check   build the Docker image without Docker, start it and try it (root, Debian)"
	@echo "make setup    only set up, start nothing; TORCH_INDEX=URL or CUDA=1 chooses PyTorch, else the machine does"
	@echo "make lint     check style and types"
	@echo "make format   put all files into the project's format, and write the docs' tables from the code"
	@echo "make lock     renew requirements.lock: the newest release of each package that requirements*.txt allow"
	@echo "make clean    remove what set-up made (.venv, node_modules, static/vendor)"

setup:
	@$(SETUP)

run: setup
	@exec $(VENV) app.py $(ARGS)

gpu-worker: setup
	@exec $(VENV) -m lenet worker $(ARGS)

test:
	@$(SETUP) --dev
	@$(VENV) tests/support/browser.py
	@exec $(VENV) -m pytest -n auto --dist loadfile --no-loadscope-reorder -m "not long" $(ARGS)

test-long:
	@$(SETUP) --dev
	@$(VENV) tests/support/browser.py
	@exec $(VENV) -m pytest -n auto --dist loadfile --no-loadscope-reorder --hypothesis-profile long $(ARGS)

bench:
	@$(SETUP) --dev
	@exec $(VENV) -m benchmarks.training $(ARGS)

bench-streaming:
	@$(SETUP) --dev
	@exec $(VENV) -m benchmarks.streaming $(ARGS)

bench-lenet:
	@$(SETUP) --dev
	@exec $(VENV) -m benchmarks.lenet $(ARGS)

soak:
	@$(SETUP) --dev
	@exec $(VENV) -m benchmarks.soak $(ARGS)

attacks:
	@$(SETUP) --dev
	@exec $(VENV) -m benchmarks.attacks $(ARGS)

docker-check:
	@$(SETUP) --dev
	@exec $(VENV) scripts/docker_check.py $(ARGS)

lint:
	@$(SETUP) --dev
	@$(VENV) -m ruff check .
	@$(VENV) -m ruff format --check .
	@$(VENV) -m mypy
	@.venv/bin/lint-imports --no-cache
	@$(VENV) -m tools.tables --check
	@$(VENV) tools/lint.py

format:
	@$(SETUP) --dev
	@$(VENV) -m ruff check --fix-only .
	@$(VENV) -m ruff format .
	@$(VENV) tools/lint.py --fix
	@$(VENV) -m tools.tables

# For all systems and Pythons at once; it names no host. PyTorch's own packages for CUDA are in it, and are installed
# only where PyTorch itself asks for them: pip takes the file as constraints.
lock:
	@$(SETUP) --dev
	@.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --upgrade --no-annotate --no-emit-index-url \
		--custom-compile-command "make lock" requirements-dev.txt --output-file requirements.lock $(ARGS)

clean:
	rm -rf .venv node_modules tools/node_modules static/vendor build .pytest_cache .ruff_cache .mypy_cache
