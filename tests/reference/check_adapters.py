"""Exchanges adapters with PEFT; `npm run test:adapters` runs it.

Usage: python check_adapters.py make FOLDER
       python check_adapters.py check FOLDER

`make` trains an adapter of each case of `lora_cases.py` for some steps and saves it in FOLDER/peft, with the outputs of its
model. `check` loads the adapters in FOLDER/ours, whose outputs lie beside them, and prints for each the largest
difference as it is and merged. It ends with an error where anything departs, is missing or left over.
"""

import json
import sys
import warnings
from pathlib import Path

import torch
import torch_reference
from peft import LoraConfig, PeftModel, get_peft_model

import json_files
from lora_cases import CASES, LoraCase, base_model, batch_of, outputs_of
from written import LIMIT

STEPS, LEARNING_RATE = 4, 1e-2


def loss_of(model: torch.nn.Module, case: LoraCase, step: int) -> torch.Tensor:
    """Returns the loss of a step's batch; of the encoder alone the mean square of its states."""
    inputs, labels = batch_of(case, step).for_head(case.head)
    output = model(**torch_reference.tensors({**inputs, **labels}))
    return output.last_hidden_state.square().mean() if case.head == "model" else output.loss


def make(folder: Path) -> None:
    """Trains and saves an adapter of each case."""
    for name, case in CASES.items():
        torch.manual_seed(1)
        model = get_peft_model(base_model(case), LoraConfig(**case.arguments)).train()
        optimizer = torch.optim.AdamW([weight for weight in model.parameters() if weight.requires_grad], LEARNING_RATE)
        for step in range(STEPS):
            optimizer.zero_grad()
            loss_of(model, case, step).backward()
            optimizer.step()
        model.eval().save_pretrained(folder / "peft" / name)
        outputs = {key: value.numpy() for key, value in outputs_of(model, case).items()}
        json_files.write(folder / "peft" / name / "outputs.json", outputs)


def difference(model: torch.nn.Module, case: LoraCase, wanted: dict[str, list]) -> float:
    """Returns the largest difference between the outputs of a model and those recorded."""
    outputs = outputs_of(model, case)
    assert list(outputs) == list(wanted), f"{list(outputs)} against {list(wanted)}"
    return max(float((value - torch.tensor(wanted[key])).abs().max()) for key, value in outputs.items())


def check(folder: Path) -> bool:
    """Loads the adapters that this package saved; returns whether all of them give its outputs."""
    right = True
    for name, case in CASES.items():
        place = folder / "ours" / name
        wanted = json.loads((place / "outputs.json").read_text(encoding="utf-8"))
        base = base_model(case)
        with warnings.catch_warnings():
            # PEFT warns of keys that are missing.
            warnings.filterwarnings("error", message=".*(missing|unexpected).*key")
            model = PeftModel.from_pretrained(base, place).eval()
        left_over = model.load_adapter(place, adapter_name="default").unexpected_keys
        as_it_is = difference(model, case, wanted)
        merged = difference(model.merge_and_unload(), case, wanted)
        fits = max(as_it_is, merged) <= LIMIT and not left_over
        print(f"here to PEFT: {name} {case.head}: {as_it_is:.1e}, merged {merged:.1e}{'' if fits else ' FAILS'}", flush=True)
        right = right and fits
    return right


if __name__ == "__main__":
    command, target = sys.argv[1], Path(sys.argv[2])
    if command == "make":
        make(target)
    elif not check(target):
        sys.exit("Adapters depart from PEFT.")
