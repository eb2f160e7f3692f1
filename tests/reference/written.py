"""Checkpoints that this package writes, for the scripts that load them with the reference."""

import subprocess
from pathlib import Path

from checkpoints import CHECKPOINTS, OWN, SHARD_BYTES, SHARED, TOKEN_TYPES, Checkpoint

ROOT = Path(__file__).resolve().parent.parent.parent
CONVERT = ["npx", "ts-node", "--swc", "tools/convert_tf_checkpoint.ts"]
LIMIT = 1e-5


def sources() -> list[Checkpoint]:
    """One checkpoint in float32 of every head and configuration, whichever framework wrote it."""
    chosen = {
        (item.head, item.case): item
        for item in CHECKPOINTS
        if item.dtype == "float32" and item.case in (SHARED, OWN, TOKEN_TYPES) and item.format != "original"
    }
    return list(chosen.values())


def convert(item: Checkpoint, to: str, folder: Path, sharded: bool = False, dtype: str = "float32") -> None:
    """Writes a checkpoint by the command line."""
    shards = ["--max-shard-size", str(SHARD_BYTES)] if sharded else []
    command = [*CONVERT, str(item.path), str(folder), "--to", to, "--dtype", dtype, *shards]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
