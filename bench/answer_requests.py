"""Answers requests, one JSON object a line on standard input, by one JSON object a line on standard output.

The Python side of line_process.ts. Import it before libraries that print.
"""

import json
import os
import resource
import sys

# Only answers may reach the pipe.
ANSWERS = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def answer_requests(server) -> None:
    """Calls the method that each request names by `do`, until the input ends; an exception goes back as `error`."""
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = getattr(server, request["do"])(request)
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}".splitlines()[0]}
        ANSWERS.write(json.dumps(answer) + "\n")
        ANSWERS.flush()


def peak_bytes() -> int:
    """Largest resident memory of the process so far."""
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
