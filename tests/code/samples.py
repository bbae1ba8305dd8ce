"""Runs generated code on many samples.

Standard input is a JSON list of {"expr", "code", "additive", "samples"}. Shapes are read off the docstring; a family has the
axis `N` first. A gradient that is a sum over the samples must be the sum of those of two halves; the others must be finite.
Prints `wrong: …` for each that fails, then `judged N`.
"""
import json
import re
import sys

import numpy as np


def arguments(code, samples, rng):
    """Random arguments in order, and which of them are families."""
    doc = re.search(r"shapes: (.*)\.\"\"\"", code)[1]
    sizes = {"N": samples}
    names = [n.strip() for n in re.search(r"def gradient\((.*)\):", code)[1].split(",")]
    shapes = {m[1]: [s.strip() for s in m[2].split(",") if s.strip()] for m in re.finditer(r"(\w+) \(([^)]*)\)", doc)}
    values, families = [], []
    for name in names:
        if name not in shapes:
            values.append(3)
            families.append(False)
            continue
        shape = [int(s) if s.isdigit() else sizes.setdefault(s, 3 if s in ("m", "p") else 5) for s in shapes[name]]
        value = rng.standard_normal(shape)
        families.append(shapes[name][:1] == ["N"])
        if name == "S":
            value = value @ value.T + 5 * np.eye(5)
        values.append(value)
    return values, families


def judge(job, rng):
    space = {}
    exec(job["code"], space)
    values, families = arguments(job["code"], job["samples"], rng)
    if not any(families):
        return "no argument runs over the samples"
    whole = np.asarray(space["gradient"](*values))
    if not np.all(np.isfinite(whole)):
        return "not finite"
    if not job["additive"]:
        return None
    half = job["samples"] // 2
    parts = [[v[cut] if f else v for v, f in zip(values, families)] for cut in (slice(half), slice(half, None))]
    sum_of_parts = sum(np.asarray(space["gradient"](*part)) for part in parts)
    scale = np.max(np.abs(whole)) + 1
    return None if np.max(np.abs(whole - sum_of_parts)) <= 1e-9 * scale else "not the sum of the two halves"


def main():
    rng = np.random.default_rng(0)
    jobs = json.load(sys.stdin)
    for job in jobs:
        try:
            why = judge(job, rng)
        except Exception as error:
            why = repr(error)
        if why:
            print(f"wrong: {job['expr']}: {why}\n{job['code']}")
    print(f"judged {len(jobs)}")


main()
