# Each goal makes .venv if there is none, installs what it needs there and runs.
# PYTHON=/path/to/python3 chooses the interpreter .venv is made with.
.PHONY: demo test bench ecosystem lint examples notebooks conformance docs gallery fuzz clean

# Another release of TensorFlow, in an environment for it: make test TF=2.16
VENV := .venv$(if $(TF),-tf$(TF))
RUN := $(VENV)/bin/python
# One file for each set of packages that is installed, renewed when pyproject.toml changes.
READY := $(VENV)/.ready
EXAMPLES := $(sort $(wildcard examples/*.py))

export TF_CPP_MIN_LOG_LEVEL ?= 2

demo: $(READY)-plot
	@$(VENV)/bin/tfk demo --plot out/digits_history.png

test: $(READY)-test
	@$(RUN) -m pytest -n 2 $(ARGS)

# Also what takes too long for `make test`: all applications by numbers, one at a time as the largest fill 16 GB.
conformance: $(READY)-test
	@$(RUN) -m pytest -n 2 tests/conformance $(ARGS)
	@$(RUN) -m pytest -m conformance $(ARGS)

# Loads damaged files of every format: make fuzz ARGS="--mutations 20000 --seed 1"
fuzz: $(READY)-test
	@$(RUN) -m tests.security.fuzz $(ARGS)

lint: $(READY)-test
	@$(RUN) -m ruff format --check .
	@$(RUN) -m ruff check .
	@$(RUN) scripts/check_wording.py
	@$(RUN) -m pyright

bench: $(READY)-test
	@$(RUN) -m benchmarks $(ARGS)

# Packages of the Keras 2 ecosystem under Keras 2 and under tfk, in an environment of their own
# (.ecosystem, several GB). One package: make ecosystem ARGS="--only keras-tuner".
ecosystem: $(READY)-test
	@$(RUN) scripts/ecosystem/run.py $(ARGS)

examples: $(READY)-plot
	@for file in $(EXAMPLES) examples/distributed/train.py; do echo "== $$file"; $(RUN) $$file || exit 1; done
	@echo "== examples/distributed/train.py, two processes"
	@$(RUN) examples/distributed/launch.py --workers 2 examples/distributed/train.py --strategy multiworker

# Runs the notebooks and stores their outputs in them: make notebooks ARGS="05_convnets"
notebooks: $(READY)-notebooks
	@$(RUN) scripts/site/notebooks.py $(ARGS)

# The site of the documentation, in out/site; a broken link is an error.
docs: $(READY)-docs
	@NO_MKDOCS_2_WARNING=1 $(RUN) -m mkdocs build --strict --quiet $(ARGS)
	@echo "out/site/index.html"

# Runs the examples again and renews their results and pictures: make gallery ARGS="gan siamese"
gallery: $(READY)-plot
	@$(RUN) scripts/site/record.py $(ARGS)

$(READY)-%: pyproject.toml scripts/prepare
	@TF=$(TF) scripts/prepare $*
	@touch $@

clean:
	rm -rf .venv .venv-tf* build dist *.egg-info out
