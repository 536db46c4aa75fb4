"""Synthesisers that say when each phone sounds, and the folders of speech made with them."""
