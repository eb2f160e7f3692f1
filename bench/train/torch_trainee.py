"""PyTorch, run eagerly, as a trainee of the training benchmark.

Speaks the protocol of protocol.ts. Usage: python torch_trainee.py THREADS
"""

import math
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from answer_requests import answer_requests, peak_bytes  # noqa: E402

import torch  # noqa: E402
from transformers import DebertaV2Config, DebertaV2ForSequenceClassification  # noqa: E402

torch.set_num_threads(int(sys.argv[1]))


class Server:
    def open(self, request):
        torch.manual_seed(1)
        self.model = DebertaV2ForSequenceClassification(DebertaV2Config.from_dict(request["config"])).train()
        self.ids, self.labels = torch.tensor(request["ids"]), torch.tensor(request["labels"])
        decayed, others = [], []
        for name, weight in self.model.named_parameters():
            (others if "bias" in name or "LayerNorm" in name else decayed).append(weight)
        groups = [{"params": decayed, "weight_decay": 0.01}, {"params": others, "weight_decay": 0.0}]
        self.optimizer = torch.optim.AdamW(groups, lr=1e-5)
        return {"parameters": sum(weight.numel() for weight in self.model.parameters())}

    def step(self, request):
        start = time.perf_counter()
        loss = self.model(input_ids=self.ids, labels=self.labels).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad()
        value = loss.item()
        milliseconds = 1000 * (time.perf_counter() - start)
        return {"milliseconds": milliseconds, "loss": value if math.isfinite(value) else None}

    def memory(self, request):
        return {"peakBytes": peak_bytes()}


if __name__ == "__main__":
    answer_requests(Server())
