"""`python -m sync` is the command `tieout`."""

from addin.command import main

if __name__ == "__main__":
    main()
