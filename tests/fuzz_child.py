"""Reading mutated files one after the other, as a process of its own: a crash or a hang ends it.

``python -m tests.fuzz_child FOLDER SEED FILES`` prints a line before each file and one after it.
"""

from __future__ import annotations

import json
import random
import shutil
import sys
import traceback
import warnings
from pathlib import Path

from geo.errors import PlainError
from tests.mutations import mutated
from tests.sample_files import Sample, samples


def outcome(sample: Sample, content: bytes, folder: Path) -> dict[str, object]:
    """Read a file in a folder of its own; return what became of it."""
    folder.mkdir()
    path = folder / sample.name
    path.write_bytes(content)
    try:
        accepted, rejected = sample.read(path)
    except PlainError as problem:
        return {"refused": str(problem)}
    except Exception as problem:
        return {"fault": type(problem).__name__, "trace": traceback.format_exc()}
    finally:
        shutil.rmtree(folder)
    return {"accepted": accepted, "rejected": rejected}


def main() -> None:
    """Read `FILES` mutated files, each format in its turn, from the seed."""
    folder, seed, files = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    only = sys.argv[4:]
    warnings.simplefilter("ignore")
    every = samples(folder / "samples")
    names = [name for name in every if not only or name in only]
    for number in range(files):
        sample = every[names[number % len(names)]]
        rng = random.Random(f"{seed} {number}")
        content = mutated(sample.content, rng)
        told: dict[str, object] = {"number": number, "sample": sample.name}
        print(json.dumps(told | {"begun": True}), flush=True)  # noqa: T201
        told |= outcome(sample, content, folder / "case")
        print(json.dumps(told), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
