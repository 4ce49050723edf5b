"""Files that the code reads: rules, lists, fonts, the API's description."""

from pathlib import Path

DATA = Path(__file__).parent
