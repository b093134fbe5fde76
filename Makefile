# Everything a newcomer needs. The first two set up all they need in .venv, given Python 3.11 or later.
.PHONY: demo test qualify lint install lock clean

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed
WITHOUT_CUDA := torch triton cuda-bindings cuda-pathfinder cuda-toolkit $(addprefix nvidia-, cublas \
  cuda-cupti cuda-nvrtc cuda-runtime cudnn-cu13 cufft cufile curand cusolver cusparse cusparselt-cu13 \
  nccl-cu13 nvjitlink nvshmem-cu13 nvtx)
export DO_NOT_TRACK := 1
export PREFECT_SERVER_ANALYTICS_ENABLED := false
export ORT_DISABLE_TELEMETRY := 1

demo: $(INSTALLED)  ## certify two real models: one conforms, one does not
	$(BIN)/certify demo

# By file: what a module prepares is prepared once. Groups (`loadgroup`) do not hold with pytest 9.2 and xdist 3.8.
test: lint  ## everything that must hold before a change is kept
	$(BIN)/pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

qualify: $(INSTALLED)  ## long campaigns and benchmarks, which print their figures
	HYPOTHESIS_PROFILE=qualify $(BIN)/pytest -m "qualify or benchmark" -s
	HYPOTHESIS_PROFILE=qualify $(BIN)/pytest tests/certify/test_verdict.py

lint: $(INSTALLED)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

install: $(INSTALLED)

# torch comes first and by itself: an unpinned or later torch brings several gigabytes that nobody needs here.
$(INSTALLED): requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet torch==2.13.0
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --no-build-isolation --no-deps --editable .
	touch $(INSTALLED)

lock:  ## resolve again; needs uv
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
	  --generate-hashes --quiet --no-header $(WITHOUT_CUDA:%=--no-emit-package %) -o requirements.lock

clean:
	rm -rf .venv demo-output  # never .certify: it holds the ledger
