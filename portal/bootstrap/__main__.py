"""`python3 -m portal.bootstrap <command>`: the commands of the Makefile.

The version is checked before anything of the package is imported, so that an older Python gets a sentence and no
syntax error.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - this is the check that makes the floor known
    sys.exit(
        "The portal needs Python 3.11 or newer; this is %d.%d. Install one, or name it: make run PYTHON=python3.12"  # noqa: UP031 - an older Python must be able to read this line
        % sys.version_info[:2]
    )

from portal.bootstrap.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
