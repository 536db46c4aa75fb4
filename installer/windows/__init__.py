"""The setup program."""
