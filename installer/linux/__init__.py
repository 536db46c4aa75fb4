"""Debian's package, and what runs on other distributions."""
