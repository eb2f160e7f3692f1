"""Selects TensorFlow with Keras 2 for transformers; import it before both, in a process that doesn't use PyTorch."""

import os

os.environ.update(USE_TF="1", TF_USE_LEGACY_KERAS="1", TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="")
