"""Books of any seed and size, made once in a run of the tests."""

import atexit
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

DEMO = Path(__file__).parents[2] / "tracker" / "demo"


@cache
def case_dir(seed: int = 1, invoices: int = 240) -> Path:
    """Make the books of a seed and give their folder; nobody may write in it."""
    folder = Path(tempfile.mkdtemp(prefix=f"books-{seed}-{invoices}-"))
    atexit.register(shutil.rmtree, folder)
    make = [sys.executable, Path(__file__).with_name("make_case.py"), folder]
    subprocess.run([*make, "--seed", str(seed), "--invoices", str(invoices)], check=True)
    return folder
