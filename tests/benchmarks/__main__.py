"""Runs every benchmark of this folder, each in a process of its own: `make bench`."""

import subprocess
import sys
from pathlib import Path


def main() -> int:
    """Run them in the order of their names; return 1 if any failed."""
    failed = []
    for path in sorted(Path(__file__).parent.glob("[a-z]*.py")):
        print(f"── {path.stem} ──", flush=True)
        if subprocess.run([sys.executable, "-m", f"tests.benchmarks.{path.stem}"], check=False).returncode:
            failed.append(path.stem)
    print(f"Failed: {', '.join(failed)}" if failed else "All benchmarks ran.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
