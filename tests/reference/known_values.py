"""Values that two implementations (and a third one in float64) agree on, to keep a wrong reference out.

A row is (path in the record, index into the array at that path, expected numbers).
"""

from typing import Any

import numpy as np

Row = tuple[tuple[Any, ...], Any, Any]

KNOWN: dict[str, list[Row]] = {
    "conv_kernel_3": [
        (("model", "hidden_states", 0), np.s_[0, 1, :4], [-0.518079, -0.695406, -0.809033, -0.861284]),
        (("model", "hidden_states", 1), np.s_[0, 1, :4], [-1.549536, 0.181773, -2.399449, -0.646496]),
        (
            ("model", "last_hidden_state"),
            np.s_[0, 0, :6],
            [-0.343101, -0.716389, 1.210427, -1.626478, 1.790398, -0.672578],
        ),
        (
            ("model", "last_hidden_state"),
            np.s_[0, 4, :6],
            [-1.62675, 0.376204, -1.136432, -0.841332, 0.904438, -1.539283],
        ),
        (
            ("model", "last_hidden_state"),
            np.s_[1, 6, :6],
            [-1.618346, 0.505415, -1.501426, -0.539723, 0.418015, -1.450205],
        ),
        (
            ("model", "last_hidden_state"),
            np.s_[0, 5, :6],
            [-1.691701, 0.268618, -1.235594, -0.792939, 0.678047, -1.390434],
        ),
        (("model", "attentions", 0), np.s_[0, 0, 1, :], [0.00154, 0.00032, 0.001577, 0.943879, 0.052685, 0, 0]),
        (
            ("model", "attentions", 1),
            np.s_[1, 1, 3, :],
            [0.000341, 0.000582, 0.134621, 0.062169, 0.387421, 0.062493, 0.352373],
        ),
        (
            ("sequence_classification", "logits"),
            np.s_[:],
            [[0.195049, 0.696299, 1.105494], [0.081045, 0.576034, 0.994659]],
        ),
        (("sequence_classification", "loss"), (), 1.180858),
        (("token_classification", "logits"), np.s_[0, 1], [-1.137614, -1.07531, -0.873936]),
        (("token_classification", "loss"), (), 1.111769),
        (("masked_lm", "logits"), np.s_[0, 1, :6], [0.986454, 1.915712, 2.593865, 2.932634, 2.888149, 2.466629]),
        (("masked_lm", "loss"), (), 6.985682),
        (
            ("question_answering", "start_logits"),
            0,
            [-0.876191, -0.827606, -0.833177, -1.088748, -0.808336, -1.09414, -1.09414],
        ),
        (
            ("question_answering", "start_logits"),
            1,
            [-0.818411, -0.776091, -0.895407, -0.75419, -0.734344, -0.859202, -0.737642],
        ),
        (
            ("question_answering", "end_logits"),
            0,
            [-1.131261, -1.120585, -1.120958, -1.343971, -1.11162, -1.075622, -1.075622],
        ),
        (
            ("question_answering", "end_logits"),
            1,
            [-1.117723, -1.101851, -1.222078, -1.093618, -1.115789, -1.24165, -1.117553],
        ),
        (("question_answering", "loss"), (), np.mean([1.994499, 1.97505])),
        (("multiple_choice", "logits"), np.s_[:], [[0.195049, 0.081045], [0.081045, 0.195049]]),
        (("multiple_choice", "loss"), (), 0.637769),
    ],
    "own_projections_biased_token_types": [
        (("model", "hidden_states", 0), np.s_[0, 1, :4], [-0.517909, -0.695297, -0.80899, -0.861312]),
        (("model", "hidden_states", 1), np.s_[0, 1, :4], [0.407329, 0.154657, -1.580704, 0.603507]),
        (
            ("model", "last_hidden_state"),
            np.s_[0, 0, :6],
            [-0.705292, -0.568869, 0.874463, -1.651249, 1.829138, -0.912093],
        ),
        (
            ("model", "last_hidden_state"),
            np.s_[0, 4, :6],
            [-1.601164, 0.547702, -1.569379, -0.571068, 0.328249, -1.582012],
        ),
        (
            ("model", "last_hidden_state"),
            np.s_[1, 6, :6],
            [-0.824383, 0.539793, -2.276535, 0.606346, -1.818326, -0.548047],
        ),
        (
            ("model", "last_hidden_state"),
            np.s_[0, 5, :6],
            [-1.496443, 0.727041, -1.591462, -0.576092, 0.36407, -1.819825],
        ),
        (("model", "attentions", 0), np.s_[0, 0, 1, :], [0.93496, 0.000952, 0.001409, 0.042744, 0.019934, 0, 0]),
        (
            ("model", "attentions", 1),
            np.s_[1, 1, 3, :],
            [0.166843, 0.266386, 0.193719, 0.084249, 0.143503, 0.048489, 0.096811],
        ),
        (
            ("sequence_classification", "logits"),
            np.s_[:],
            [[-0.054995, 0.425757, 0.849751], [-0.154103, 0.30382, 0.720892]],
        ),
        (("sequence_classification", "loss"), (), np.mean([0.722256, 1.605359])),
        (("token_classification", "logits"), np.s_[0, 1], [-1.392231, -1.193456, -0.840198]),
        (("token_classification", "loss"), (), 1.114256),
        (("masked_lm", "logits"), np.s_[0, 1, :6], [1.334841, 2.192071, 2.762142, 2.970876, 2.791366, 2.247448]),
        (("masked_lm", "loss"), (), 7.155561),
        (("question_answering", "loss"), (), np.mean([2.332828, 1.995048])),
        (("multiple_choice", "logits"), np.s_[:], [[-0.054995, -0.154103], [-0.154103, -0.054995]]),
        (("multiple_choice", "loss"), (), 0.644821),
    ],
}

VALID_SUM = {"conv_kernel_3": 164.746521, "own_projections_biased_token_types": 169.835297}
