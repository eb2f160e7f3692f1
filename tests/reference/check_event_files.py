"""Reads a folder of event files as TensorBoard does, by each of its two readers.

Usage: python check_event_files.py FOLDER

Prints one JSON object for each reader, on a line of its own, first the one in Python, then the one of the program
`tensorboard`, asked over HTTP. By run: `scalars`, pairs of step and value by tag (values that are not finite as texts);
`histograms`, by tag the steps and for each the number of values; `text`, by tag what is shown.
`tests/interop/event_files_interop.ts` runs it.
"""

import json
import math
import re
import subprocess
import sys
import urllib.parse
import urllib.request

from tensorboard.backend.event_processing.event_multiplexer import EventMultiplexer
from tensorboard.util import tensor_util


def plain(value: float):
    return value if math.isfinite(value) else str(value)


def by_python(folder: str) -> dict[str, object]:
    """What `EventAccumulator` finds."""
    runs = EventMultiplexer().AddRunsFromDirectory(folder).Reload()
    found = {}
    for run in sorted(runs.Runs()):
        tags = runs.GetAccumulator(run).Tags()
        found[run] = {
            "scalars": {tag: [[e.step, plain(e.value)] for e in runs.Scalars(run, tag)] for tag in tags["scalars"]},
            "histograms": {
                tag: [[e.step, e.histogram_value.num] for e in runs.Histograms(run, tag)] for tag in tags["histograms"]
            },
            "text": {
                tag: tensor_util.make_ndarray(runs.Tensors(run, tag)[-1].tensor_proto).item().decode()
                for tag in tags["tensors"]
            },
        }
    return found


def by_program(folder: str) -> dict[str, object]:
    """What the program serves to its own page."""
    command = [sys.executable, "-m", "tensorboard.main", "--logdir", folder, "--port", "0", "--load_fast", "true"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as program:
        try:
            origin = next(
                match[0] for line in program.stderr if (match := re.search(r"http://[\w.]+:\d+", line)) is not None
            )

            def ask(plugin: str, path: str, **query: str):
                url = f"{origin}/data/plugin/{plugin}/{path}?{urllib.parse.urlencode(query)}"
                with urllib.request.urlopen(url) as answer:
                    return json.load(answer)

            def values(plugin: str, path: str, run: str) -> dict[str, list]:
                tags = ask(plugin, "tags").get(run, {})
                return {tag: ask(plugin, path, run=run, tag=tag) for tag in tags}

            found = {}
            for run in sorted(ask("scalars", "tags")):
                scalars = values("scalars", "scalars", run)
                histograms = values("histograms", "histograms", run)
                texts = {tag: ask("text", "text", run=run, tag=tag) for tag in ask("text", "tags").get(run, [])}
                found[run] = {
                    "scalars": {
                        tag: [[step, plain(float(value))] for _, step, value in rows] for tag, rows in scalars.items()
                    },
                    "histograms": {
                        tag: [[step, sum(count for _, _, count in buckets)] for _, step, buckets in rows]
                        for tag, rows in histograms.items()
                    },
                    "text": {tag: rows[-1]["text"] for tag, rows in texts.items()},
                }
            return found
        finally:
            program.terminate()


def main(folder: str) -> None:
    for read in (by_python, by_program):
        print(json.dumps(read(folder)))


if __name__ == "__main__":
    main(*sys.argv[1:])
