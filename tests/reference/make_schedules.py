"""Makes tests/fixtures/schedules.json: learning rates of every step by the schedules of transformers."""

import json
import sys
from typing import Any

import json_files

PEAK, STEPS = 2.0, 12
FIXTURE = json_files.FIXTURES / "schedules.json"

# Steps of warm-up and of the whole run.
LENGTHS = [(0, 10), (3, 10), (1, 2), (0, 1)]


def pytorch_cases() -> list[dict[str, Any]]:
    """Asks for the rates of PyTorch's schedules, until the end of the run: beyond it cosines rise again."""
    import torch
    from transformers import optimization

    def rates(name: str, options: dict[str, Any]) -> list[float]:
        optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=PEAK)
        schedule = getattr(optimization, name)(optimizer, **options)
        seen = []
        for _ in range(options.get("num_training_steps", STEPS - 1) + 1):
            seen.append(schedule.get_last_lr()[0])
            optimizer.step()
            schedule.step()
        return seen

    cases = [("get_constant_schedule_with_warmup", {"num_warmup_steps": warmup}) for warmup in (0, 1, 5)]
    for warmup, total in LENGTHS:
        lengths = {"num_warmup_steps": warmup, "num_training_steps": total}
        cases += [
            ("get_linear_schedule_with_warmup", lengths),
            ("get_cosine_schedule_with_warmup", lengths),
            *[
                ("get_cosine_with_hard_restarts_schedule_with_warmup", {**lengths, "num_cycles": cycles})
                for cycles in (1, 2, 3)
            ],
            *[
                ("get_polynomial_decay_schedule_with_warmup", {**lengths, "lr_end": end, "power": power})
                for end, power in ((0.0, 1.0), (0.5, 1.0), (0.25, 2.0), (0.0, 0.5))
            ],
        ]
    return [{"name": name, **options, "rates": rates(name, options)} for name, options in cases]


def tensorflow_cases() -> list[dict[str, Any]]:
    """Asks for the rates of the schedule that `create_optimizer` makes."""
    import tf_environment  # noqa: F401
    from transformers import create_optimizer

    cases = []
    for warmup, total in LENGTHS[:2]:
        for ratio, power in ((0.0, 1.0), (0.1, 1.0), (0.1, 2.0)):
            options = {"num_train_steps": total, "num_warmup_steps": warmup, "min_lr_ratio": ratio, "power": power}
            _, schedule = create_optimizer(init_lr=PEAK, **options)
            rates = [float(schedule(step)) for step in range(STEPS)]
            cases.append({"name": "create_optimizer", **options, "rates": rates})
    return cases


def main() -> None:
    """Writes the cases of the framework named on the command line and keeps those of the other."""
    known = json.loads(FIXTURE.read_text(encoding="utf-8")) if FIXTURE.exists() else {}
    framework = sys.argv[1]
    known[framework] = {"pytorch": pytorch_cases, "tensorflow": tensorflow_cases}[framework]()
    json_files.write(FIXTURE, {"peak": PEAK, **{key: known.get(key, []) for key in ("pytorch", "tensorflow")}})


if __name__ == "__main__":
    main()
