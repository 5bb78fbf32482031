"""The set-up's own modules are importable here; they are scripts, no part of the package."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "deploy" / "setup"))
