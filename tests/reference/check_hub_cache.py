"""Uses a cache of the Hugging Face hub as Python's huggingface_hub does.

Usage: python check_hub_cache.py find FOLDER MODEL FILE...
       python check_hub_cache.py download FOLDER MODEL FILE...

`find` looks the files up without a request; `download` gets them from the hub that the variable HF_ENDPOINT names. Both
print one JSON object: `files`, the SHA-256 of each file that was found by name, null for the others; `scanned`, the
models, revisions and files that the library sees in the cache; `warnings`, what it takes for damage.
`tests/interop/hub_cache_interop.ts` runs it.
"""

import hashlib
import json
import sys
from pathlib import Path

from huggingface_hub import hf_hub_download, scan_cache_dir, try_to_load_from_cache


def digest(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest() if isinstance(path, str) else None


def main(action, folder, model, *files):
    get = {"find": try_to_load_from_cache, "download": hf_hub_download}[action]
    found = {name: digest(get(model, name, cache_dir=folder)) for name in files}
    info = scan_cache_dir(folder)
    scanned = {
        repository.repo_id: {
            revision.commit_hash: {"refs": sorted(revision.refs), "files": len(revision.files)}
            for revision in repository.revisions
        }
        for repository in info.repos
    }
    print(json.dumps({"files": found, "scanned": scanned, "warnings": [str(warning) for warning in info.warnings]}))


if __name__ == "__main__":
    main(*sys.argv[1:])
