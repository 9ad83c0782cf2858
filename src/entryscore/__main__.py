"""`python -m entryscore`."""

from entryscore.cli import main

if __name__ == "__main__":
    main(prog_name="entryscore")
