"""A voice in, a speaking portrait out of a virtual camera."""

__version__ = "0.1.0"
