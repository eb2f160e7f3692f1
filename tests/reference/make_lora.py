"""Makes tests/fixtures/lora with PEFT: adapters, their outputs, gradients, and up to eight optimizer steps of each."""

import json
import shutil
from pathlib import Path
from typing import Any

import torch
import torch_reference
from peft import PeftModel
from peft import __version__ as peft_version
from safetensors.torch import save_file

import json_files
from lora_cases import CASES, LoraCase, adapted_model, batch_of, file_name, outputs_of
from make_training import is_decayed
from training_runs import BETAS, LEARNING_RATE, WARMUP_STEPS, WEIGHT_DECAY, STEPS
from transformers import get_linear_schedule_with_warmup

FOLDER = json_files.FIXTURES / "lora"


def trained(model: torch.nn.Module) -> dict[str, torch.nn.Parameter]:
    """Returns the trained parameters by the names of PEFT's files."""
    return {file_name(name): weight for name, weight in model.named_parameters() if weight.requires_grad}


def train(case: LoraCase, dtype: torch.dtype) -> tuple[list[dict[str, Any]], list[dict[str, torch.Tensor]]]:
    """Trains the steps of a case; returns their records, and the gradients of the first step and the final weights."""
    model = adapted_model(case).to(dtype).train()
    weights = trained(model)
    groups = [
        {"params": [weight], "weight_decay": WEIGHT_DECAY if is_decayed(name) else 0.0}
        for name, weight in weights.items()
    ]
    optimizer = torch.optim.AdamW(groups, lr=LEARNING_RATE, betas=BETAS, eps=1e-8)
    schedule = get_linear_schedule_with_warmup(optimizer, WARMUP_STEPS, STEPS)
    records, first = [], {}
    for step in range(case.steps):
        inputs, labels = batch_of(case, step).for_head(case.head)
        output = model(**torch_reference.tensors({**inputs, **labels}))
        optimizer.zero_grad()
        output.loss.backward()
        if step == 0:
            first = {name: weight.grad.clone().contiguous() for name, weight in weights.items()}
        norm = torch.nn.utils.clip_grad_norm_(list(weights.values()), case.max_gradient_norm)
        rate = schedule.get_last_lr()[0]
        records.append(
            {"inputs": inputs, **labels, "loss": output.loss.item(), "gradient_norm": norm.item(), "learning_rate": rate}
        )
        optimizer.step()
        schedule.step()
    return records, [first, {name: weight.detach().contiguous() for name, weight in weights.items()}]


def undetermined(case: LoraCase, weights: dict[str, torch.Tensor]) -> list[str]:
    """Names the weights that two precisions of the reference leave apart."""
    _, (_, exact) = train(case, torch.float64)
    return [name for name in weights if (weights[name] - exact[name]).abs().max() > 1e-5]


def save(model: PeftModel, folder: Path, safe_serialization: bool = True) -> None:
    """Saves an adapter as PEFT does, and puts the names that it keeps as a set in order."""
    shutil.rmtree(folder, ignore_errors=True)
    model.save_pretrained(folder, safe_serialization=safe_serialization)
    (folder / "README.md").unlink()
    path = folder / "adapter_config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    if isinstance(config["target_modules"], list):
        config["target_modules"].sort()
    path.write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    """Writes a folder for each case, as `save_pretrained` of PEFT does, with what is expected beside it."""
    for name, case in CASES.items():
        folder = FOLDER / name
        model = adapted_model(case)
        save(model, folder)
        steps, (gradients, weights) = train(case, torch.float32)
        inputs, _ = batch_of(case, 0).for_head(case.head)
        record = {
            "about": case.about,
            "reference": f"PEFT {peft_version}, {torch_reference.NAME} {torch.__version__}",
            "head": case.head,
            "config": case.full_config,
            "inputs": inputs,
            "outputs": {key: value.numpy() for key, value in outputs_of(model, case).items()},
            "optimizer": {
                "learning_rate": LEARNING_RATE,
                "total_steps": STEPS,
                "warmup_steps": WARMUP_STEPS,
                "weight_decay": WEIGHT_DECAY,
                "max_gradient_norm": case.max_gradient_norm,
            },
            "undetermined": undetermined(case, weights) if case.steps > 1 else [],
            "steps": steps,
        }
        json_files.write(folder / "expected.json", record)
        if case.steps > 0:
            save_file(gradients, folder / "gradients.safetensors")
        if case.steps > 1:
            save_file(weights, folder / "trained.safetensors")
            norms = [step["gradient_norm"] for step in steps]
            assert min(norms) < case.max_gradient_norm < max(norms), f"{name}: clipping must matter: {norms}"
    save(adapted_model(CASES["classifier"]), FOLDER / "pickled", safe_serialization=False)


if __name__ == "__main__":
    main()
