"""`python -m osa_cam` is the command `osa-cam`."""

from osa_cam.cli import main

if __name__ == "__main__":
    main()
