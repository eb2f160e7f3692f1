"""The reference as a participant of the prediction benchmark: PyTorch run eagerly, or TensorFlow as a graph.

Speaks the protocol of protocol.ts.
Usage: python python_participant.py pytorch|tensorflow THREADS
"""

import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from answer_requests import answer_requests, peak_bytes  # noqa: E402

FRAMEWORK, THREADS = sys.argv[1], int(sys.argv[2])


class PyTorch:
    def __init__(self):
        os.environ.update(USE_TORCH="1", USE_TF="0")
        import numpy
        import torch
        from transformers import DebertaV2Model

        torch.set_num_threads(THREADS)
        self.numpy, self.torch, self.model_class = numpy, torch, DebertaV2Model

    def open(self, folder):
        self.model = self.model_class.from_pretrained(folder).eval()

    def prepare(self, rows):
        return self.numpy.array(rows, dtype="int64")

    def run(self, ids, mask):
        with self.torch.inference_mode():
            outputs = self.model(self.torch.from_numpy(ids), attention_mask=self.torch.from_numpy(mask))
        return outputs.last_hidden_state.numpy()


class TensorFlow:
    def __init__(self):
        os.environ.update(USE_TORCH="0", USE_TF="1", TF_USE_LEGACY_KERAS="1", TF_CPP_MIN_LOG_LEVEL="3")
        os.environ["CUDA_VISIBLE_DEVICES"] = ""
        import numpy
        import tensorflow
        from transformers import TFDebertaV2Model

        tensorflow.config.threading.set_intra_op_parallelism_threads(THREADS)
        tensorflow.config.threading.set_inter_op_parallelism_threads(THREADS)
        self.numpy, self.tensorflow, self.model_class = numpy, tensorflow, TFDebertaV2Model

    def open(self, folder):
        from safetensors.numpy import load_file
        from transformers import DebertaV2Config
        from transformers.modeling_tf_pytorch_utils import load_pytorch_state_dict_in_tf2_model

        model = self.model_class(DebertaV2Config.from_pretrained(folder))
        some = {"input_ids": self.tensorflow.zeros((1, 16), self.tensorflow.int32)}
        # from_pretrained itself does not get along with current versions of safetensors.
        load_pytorch_state_dict_in_tf2_model(model, load_file(f"{folder}/model.safetensors"), tf_inputs=some)
        self.graph = self.tensorflow.function(
            lambda ids, mask: model(input_ids=ids, attention_mask=mask, training=False).last_hidden_state
        )

    def prepare(self, rows):
        return self.numpy.array(rows, dtype="int32")

    def run(self, ids, mask):
        return self.graph(self.tensorflow.constant(ids), self.tensorflow.constant(mask)).numpy()


class Server:
    def __init__(self):
        self.engine = None
        self.prepared = {}

    def open(self, request):
        start = time.perf_counter()
        self.engine = {"pytorch": PyTorch, "tensorflow": TensorFlow}[FRAMEWORK]()
        # Which framework transformers looks for is decided when it is imported first.
        from transformers.utils import logging

        logging.set_verbosity_error()
        self.engine.open(request["model"])
        return {"milliseconds": 1000 * (time.perf_counter() - start)}

    def prepare(self, request):
        batches = zip(request["workload"]["batches"], request["inputs"])
        self.prepared[request["workload"]["name"]] = [
            [self.engine.prepare(inputs[name]).reshape(batch["batch"], batch["length"]) for name in ("ids", "mask")]
            for batch, inputs in batches
        ]
        return {}

    def warmUp(self, request):
        return {"isCompiled": False}

    def call(self, request):
        batches = self.prepared[request["workload"]]
        start = time.perf_counter()
        results = [self.engine.run(ids, mask) for ids, mask in batches]
        milliseconds = 1000 * (time.perf_counter() - start)
        if "output" in request:
            with open(request["output"], "wb") as file:
                file.writelines(result.astype("<f4").tobytes() for result in results)
        return {"milliseconds": [milliseconds]}

    def memory(self, request):
        return {"peakBytes": peak_bytes()}


if __name__ == "__main__":
    answer_requests(Server())
