"""`python -m tfk`: the command line."""

import sys

from tfk_cli import main

if __name__ == "__main__":
    sys.exit(main())
