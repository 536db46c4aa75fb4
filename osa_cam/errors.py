"""Every error that OSA Cam raises on purpose.

OsaCamError
├── InputError        what the user gave can't be used (exit code 2)
│   ├── AudioError    no such file, not audio, empty, unknown microphone
│   ├── AvatarError   unknown avatar, unreadable picture or pack
│   └── ConfigError   a setting is out of range
├── CameraError       no virtual camera, busy, refused (exit code 3)
├── EngineError       a network can't be loaded or run (exit code 4)
│   └── ShapeError    an array of another shape or type than the network takes
├── ModelError        weights or manifest missing, truncated or of another size (exit code 4)
└── TrainingError     data, checkpoints or packages for training are missing (exit code 5)

A message names what was given, what was expected, and what to do next.
"""


class OsaCamError(Exception):
    """The root: the command line prints the message alone and ends with `exit_code`."""

    exit_code = 1


class InputError(OsaCamError):
    exit_code = 2


class AudioError(InputError):
    pass


class AvatarError(InputError):
    pass


class ConfigError(InputError):
    pass


class CameraError(OsaCamError):
    exit_code = 3


class EngineError(OsaCamError):
    exit_code = 4


class ShapeError(EngineError):
    pass


class ModelError(OsaCamError):
    exit_code = 4


class TrainingError(OsaCamError):
    exit_code = 5
