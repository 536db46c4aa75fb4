"""What a plugin imports: `hookimpl`, and the types of what its hooks give."""

from osa_cam.hooks.specs import AudioFeatures, Finding, hookimpl

__all__ = ["AudioFeatures", "Finding", "hookimpl"]
