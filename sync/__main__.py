"""`python -m sync` is the command `tieout`."""

from tieout import main

if __name__ == "__main__":
    main()
