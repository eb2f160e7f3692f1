"""Makes tests/fixtures/gradients with PyTorch: the gradient of each head's loss with respect to every parameter."""

from typing import Any

import torch
from safetensors.torch import save_file

import json_files
import torch_reference
from deterministic import ALL_ONES, CASES, DROPOUT_OFF, HEADS, Case, config_of

CONFIGS = {
    "conv_shared": CASES["conv_kernel_3"],
    "own_token_types": CASES["own_projections_biased_token_types"],
}


def loss_and_gradients(case: Case, head: str) -> tuple[dict[str, Any], dict[str, torch.Tensor]]:
    """Returns the record of a head (inputs, labels, loss) and its gradients by parameter name."""
    # The softmax over positions of question answering also sees padded rows.
    batch = case.batch.but(attention_mask=ALL_ONES) if head == "question_answering" else case.batch
    inputs, labels = batch.for_head(head)
    model = torch_reference.build(head, {**config_of(case, head), **DROPOUT_OFF})
    model.train()
    # Without it the row of the padding token would have no gradient.
    model.get_input_embeddings().padding_idx = None

    output = model(**torch_reference.tensors({**inputs, **labels}), output_hidden_states=True)
    for states in output.hidden_states:
        states.retain_grad()
    output.loss.backward()
    torch_reference.check_padding_is_silent(output.hidden_states, torch.from_numpy(inputs["attention_mask"]))

    gradients = {name: parameter.grad.contiguous() for name, parameter in model.named_parameters()}
    return {"inputs": inputs, **labels, "loss": output.loss.item()}, gradients


def main() -> None:
    """Writes one JSON file for each configuration and one safetensors file for each of its heads."""
    folder = json_files.FIXTURES / "gradients"
    for name, case in CONFIGS.items():
        record = {"reference": torch_reference.NAME, "config": {**case.full_config, **DROPOUT_OFF}}
        (folder / name).mkdir(parents=True, exist_ok=True)
        for head in (head for head in HEADS if HEADS[head].labels):
            record[head], gradients = loss_and_gradients(case, head)
            save_file(gradients, folder / name / f"{head}.safetensors")
        json_files.write(folder / f"{name}.json", record)


if __name__ == "__main__":
    main()
