"""What turns this repository into things that people install; runs on the developer's machine, never on a user's."""
