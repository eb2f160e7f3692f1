"""Saves the weights of a safetensors checkpoint as pytorch_model.bin: python make_pickle.py <from> <to>."""

import shutil
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file

source, target = map(Path, sys.argv[1:])
target.mkdir(parents=True, exist_ok=True)
shutil.copy(source / "config.json", target)
torch.save(load_file(source / "model.safetensors"), target / "pytorch_model.bin")
