"""Makes tests/fixtures/event_files: what Python writes for TensorBoard.

`run.tfevents` is an event file of TensorBoard's own record writer. `histograms.json` has for each name the float32
`values` and the `message` that PyTorch's SummaryWriter makes of them with its buckets, which are TensorFlow's.
"""

import json
import tempfile

import numpy as np
from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import DATA_CLASS_TENSOR, Summary, SummaryMetadata
from tensorboard.compat.proto.tensor_pb2 import TensorProto
from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto
from tensorboard.compat.proto.types_pb2 import DT_STRING
from tensorboard.summary.writer.record_writer import RecordWriter
from torch.utils.tensorboard.summary import make_histogram
from torch.utils.tensorboard.writer import SummaryWriter

import json_files

FOLDER = json_files.FIXTURES / "event_files"
WALL_TIME = 1_700_000_000.25
TABLE = "| setting | value |\n| --- | --- |\n| learningRate | 0.00002 |\n| note | a \\| b |\n| layers | [1,2] |"

HISTOGRAMS = {
    "both_signs": [-3.5, -0.25, -1e-3, 0.125, 0.125, 7.0, 7.5],
    "one_value": [0.5],
    "zeros": [0.0, 0.0, 0.0],
    "negative": [-2.0, -1.5, -1.25],
    "below_the_least_limit": [1e-13, -1e-13, 1e-20, 0.0],
    "near_the_greatest_limit": [1e19, 2.5e19, 9e19],
    "over_many_buckets": [float(sign * 1.7**power) for sign in (-1, 1) for power in range(-15, 16, 3)],
    "waves": [float(np.sin(index) * 0.02) for index in range(100)],
}


def histogram(values: list[float], limits: list[float]):
    """PyTorch's message for numbers that were rounded to float32, with sums in float64."""
    return make_histogram(np.array(values, np.float32).astype(np.float64), limits)


def fields(message) -> dict[str, object]:
    """A message's fields by name, those that are zero included."""
    values = {field.name: getattr(message, field.name) for field in message.DESCRIPTOR.fields}
    return {name: value if isinstance(value, float) else list(value) for name, value in values.items()}


def text(tag: str, content: str) -> Summary.Value:
    """A value of TensorBoard's text plugin."""
    tensor = TensorProto(dtype=DT_STRING, tensor_shape=TensorShapeProto(), string_val=[content.encode()])
    plugin = SummaryMetadata.PluginData(plugin_name="text")
    return Summary.Value(
        tag=tag, tensor=tensor, metadata=SummaryMetadata(plugin_data=plugin, data_class=DATA_CLASS_TENSOR)
    )


def scalar(tag: str, value: float) -> Summary.Value:
    return Summary.Value(tag=tag, simple_value=value)


def events(limits: list[float]) -> list[Event]:
    """What a run writes that has settings, one record of training with a histogram and one of an evaluation."""
    train = [
        scalar("train/loss", 0.75),
        scalar("train/gradient_norm", float("nan")),
        Summary.Value(tag="kernel", histo=histogram([-2.0, 0.5, 0.5, 3.0], limits)),
    ]
    return [
        Event(file_version="brain.Event:2"),
        Event(summary=Summary(value=[text("settings", TABLE)])),
        Event(step=10, session_log=SessionLog(status=SessionLog.START)),
        Event(step=10, summary=Summary(value=train)),
        Event(step=2**40, summary=Summary(value=[scalar("eval/f1", 0.0)])),
    ]


def main() -> None:
    """Writes the event file and the table of histograms."""
    with tempfile.TemporaryDirectory() as folder, SummaryWriter(folder) as writer:
        limits = writer.default_bins
    FOLDER.mkdir(parents=True, exist_ok=True)
    with open(FOLDER / "run.tfevents", "wb") as file:
        records = RecordWriter(file)
        for event in events(limits):
            event.wall_time = WALL_TIME
            records.write(event.SerializeToString())
    rows = {
        name: {"values": [float(np.float32(value)) for value in values], "message": fields(histogram(values, limits))}
        for name, values in HISTOGRAMS.items()
    }
    # All digits: the limits are compared exactly.
    lines = [f'  "{name}": {json.dumps(row)}' for name, row in rows.items()]
    (FOLDER / "histograms.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
