"""What is adapted for the fixtures of LoRA: the table of cases, and PEFT's model of each."""

from dataclasses import dataclass, field
from typing import Any

import torch
import torch_reference
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import PreTrainedModel

from deterministic import COMMON, DROPOUT_OFF, HEADS, OWN, SHARED, SMALL, Batch, fill
from training_runs import CONFIG, batch

PREFIX = "base_model.model."
OWN_CONFIG = {**COMMON, **OWN, **SMALL, **DROPOUT_OFF}
NO_CONVOLUTION = {**COMMON, **SHARED, **SMALL, **DROPOUT_OFF}


@dataclass(frozen=True)
class LoraCase:
    """One adapter: the head and configuration of its model, what PEFT is told, and how many steps are recorded."""

    about: str
    head: str
    arguments: dict[str, Any]
    config: dict[str, Any] = field(default_factory=lambda: CONFIG)
    max_gradient_norm: float = 1.0
    steps: int = 1

    @property
    def full_config(self) -> dict[str, Any]:
        """The whole configuration of the model."""
        return {**self.config, "num_labels": HEADS[self.head].num_labels}


CASES = {
    "shared": LoraCase(
        "PEFT's defaults for the model, and its head; the relative table is projected by the content's own layers",
        "sequence_classification",
        {"r": 4, "lora_alpha": 8, "task_type": "SEQ_CLS", "modules_to_save": ["pooler"]},
        steps=8,
    ),
    "own_projections": LoraCase(
        "every dense layer of the encoder, projections of the relative table too; rank-stabilized",
        "token_classification",
        {
            "r": 2,
            "lora_alpha": 3,
            "use_rslora": True,
            "task_type": "TOKEN_CLS",
            "target_modules": ["query_proj", "key_proj", "value_proj", "pos_key_proj", "pos_query_proj", "dense"],
        },
        OWN_CONFIG,
        max_gradient_norm=1.5,
        steps=8,
    ),
    "pattern": LoraCase(
        "a pattern that matches the last layer alone",
        "question_answering",
        {
            "r": 3,
            "lora_alpha": 4.5,
            "task_type": "QUESTION_ANS",
            "target_modules": r".*\.layer\.1\..*(query_proj|key_proj|attention\.output\.dense)",
        },
        NO_CONVOLUTION,
    ),
    "classifier": LoraCase(
        "the classifier alone, for no task",
        "sequence_classification",
        {"r": 1, "lora_alpha": 2, "target_modules": ["classifier"]},
    ),
    "masked_lm": LoraCase(
        "the head of a masked language model too, for no task",
        "masked_lm",
        {"r": 2, "lora_alpha": 2, "target_modules": ["value_proj", "transform.dense"]},
        NO_CONVOLUTION,
    ),
    "multiple_choice": LoraCase(
        "chosen layers, for no task",
        "multiple_choice",
        {
            "r": 2,
            "lora_alpha": 4,
            "target_modules": ["query_proj", "key_proj"],
            "layers_to_transform": [0],
            "modules_to_save": ["pooler", "classifier"],
        },
        NO_CONVOLUTION,
    ),
    "model": LoraCase(
        "the encoder without a head",
        "model",
        {"r": 4, "lora_alpha": 8, "task_type": "FEATURE_EXTRACTION", "target_modules": ["value_proj", "query_proj"]},
        NO_CONVOLUTION,
        steps=0,
    ),
}


def file_name(name: str) -> str:
    """Returns the name that PEFT's files have for a parameter of its model."""
    return name.replace("modules_to_save.default.", "").replace(".default.", ".")


def base_model(case: LoraCase) -> PreTrainedModel:
    """Builds the model without adapter."""
    model = torch_reference.build(case.head, case.full_config)
    # Without it the row of the padding token would have no gradient where the embeddings are trained.
    model.get_input_embeddings().padding_idx = None
    return model


def adapted_model(case: LoraCase) -> PeftModel:
    """Puts the adapter on; its matrices are filled by their names, so that they are not without effect."""
    model = get_peft_model(base_model(case), LoraConfig(**case.arguments))
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_" in name:
                parameter.copy_(torch.from_numpy(fill(file_name(name), tuple(parameter.shape))))
    return model.eval()


def batch_of(case: LoraCase, step: int) -> Batch:
    """Returns the batch of a step; the encoder alone takes that of text classification."""
    return batch(case.head if HEADS[case.head].labels else "sequence_classification", step)


@torch.no_grad()
def outputs_of(model: torch.nn.Module, case: LoraCase) -> dict[str, torch.Tensor]:
    """Runs a model on the first batch; where there are numbers for each token, those of padding are 0."""
    inputs, _ = batch_of(case, 0).for_head(case.head)
    result = model(**torch_reference.tensors(inputs))
    mask = torch.from_numpy(inputs["attention_mask"])
    names = ["last_hidden_state"] if case.head == "model" else HEADS[case.head].outputs
    values = {name: result[name] for name in names}
    is_of_tokens = {name: value.ndim == 3 for name, value in values.items()}
    return {name: value * mask[..., None] if is_of_tokens[name] else value for name, value in values.items()}
