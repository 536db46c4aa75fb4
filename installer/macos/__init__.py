"""The app bundle and its disk image."""
